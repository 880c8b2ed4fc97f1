"""Questions as /v1 takes and shows them."""

import base64
import json
from typing import Any

import msgspec
import pytest

from manyeyes.roles.customer.questions import GivenQuestion
from manyeyes.tasks.labels import Choice, LabelOptions
from manyeyes.tasks.rules import ImageOptions
from manyeyes.tasks.tokens import TokenOptions
from manyeyes.v1.question_views import QuestionBody, question_view, read_question
from support import factories
from support.given_answers import RECEIPT

NUMBER = {"kind": "number", "words": "What does it read?", "unit": "m³", "decimals": 3, "min": 0, "max": 99999.5}
PICTURE = base64.b64encode(factories.picture_bytes("7")).decode()


def read(body: dict[str, Any]) -> Any:
    return read_question(msgspec.json.decode(json.dumps(body), type=QuestionBody))


def written(question: GivenQuestion) -> dict[str, Any]:
    encoder = msgspec.json.Encoder(decimal_format="number")
    return json.loads(encoder.encode(question_view(question.kind, question.options)))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"kind": "text", "words": "Street?", "phrase": True, "min_length": 3}, "image_to_text"),
        (NUMBER, "number"),
        (NUMBER | {"tolerance": 0.25}, "number"),
        ({"kind": "label", "words": "Which?", "labels": ["cat", "dog"]}, "label"),
        ({"kind": "labels", "words": "Which?", "labels": ["cat", "dog"], "at_least": 1}, "labels"),
    ],
)
def test_what_was_asked_is_shown_as_it_was_asked(body: dict[str, Any], kind: str):
    question = read(body)
    assert question.kind == kind
    assert body.items() <= written(question).items()
    assert read(written(question)) == question


def test_fields_are_shown_with_their_members():
    body = {"kind": "fields", "fields": json.loads(msgspec.json.encode(RECEIPT.fields)), "optional": ["shop"]}
    question = read(body)
    assert question.options.fields == RECEIPT.fields
    assert [field["name"] for field in written(question)["fields"]] == ["shop", "total", "currency", "paid by"]


def test_tasks_of_the_compatible_contracts_are_shown_in_the_same_words():
    assert question_view("image_to_text", ImageOptions(comment="Street?", numeric=2))["kind"] == "text"
    review = LabelOptions((Choice(4, "cat"), Choice(0, "dog")), "Which?")
    assert question_view("label_picture", review) == {"kind": "label", "words": "Which?", "labels": ["cat", "dog"]}
    token = TokenOptions(website_url="https://shop.example/", website_key="k", host="shop.example")
    assert question_view("hcaptcha", token) == {"kind": "hcaptcha", "words": "", "site": "shop.example"}


def test_examples_are_read_with_their_pictures_and_every_digit():
    example = {"answer": 12.50, "picture": PICTURE, "words": "the red digit\r\ndoes not count "}
    body = json.dumps(NUMBER | {"instructions": "Look well", "examples": [example]}).replace("12.5,", "12.50,")
    question = read_question(msgspec.json.decode(body, type=QuestionBody))
    assert isinstance(question, GivenQuestion)
    (found,) = question.examples
    assert (found.answer, found.words) == ("12.50", "the red digit\ndoes not count")
    assert found.picture
    assert found.picture.media == "png"


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"min": 3, "max": 2}, ["/max"]),
        ({"tolerance": -0.5}, ["/tolerance"]),
        ({"tolerance": "1e99"}, ["/tolerance"]),
        ({"words": "w" * 1_001, "decimals": 99}, ["/words", "/decimals"]),
        ({"instructions": "i" * 10_001}, ["/instructions"]),
        ({"examples": [{"answer": 1, "words": "w" * 1_001}]}, ["/examples/0/words"]),
        (
            {"examples": [{"answer": 1}, {"answer": "x"}, {"answer": 1.2345}]},
            ["/examples/1/answer", "/examples/2/answer"],
        ),
        (
            {"examples": [{"answer": 1, "picture": "?"}, {"answer": 1, "picture": "AAAA"}]},
            ["/examples/0/picture", "/examples/1/picture"],
        ),
        ({"examples": [{"answer": 1}] * 11}, ["/examples"]),
    ],
)
def test_what_is_wrong_with_a_question_is_told_with_its_place(change: dict[str, Any], pointers: list[str]):
    assert [pointer for pointer, _ in read(NUMBER | change)] == pointers


@pytest.mark.parametrize("change", [{"kind": "essay"}, {"label": ["x"]}, {"decimals": "two"}, {"examples": [{}]}])
def test_what_is_no_question_is_refused_as_a_whole(change: dict[str, Any]):
    with pytest.raises(msgspec.ValidationError):
        read(NUMBER | change)
