"""Fields and labels taken apart and put together: nothing of an answer is lost or made up."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.consensus.likeness import groups, likeness
from manyeyes.consensus.parts import NO, YES, fields_given, labels_given, labels_together, parts_of, put_together
from manyeyes.consensus.rules import Given, Shape, ShapeKind
from manyeyes.tasks.labels import Choice, LabelOptions
from manyeyes.tasks.options import answer_obstacle, canonical
from manyeyes.tasks.question_rules import tidied
from manyeyes.tasks.questions import ChoicesOptions, FieldsOptions, NumberOptions, TextOptions
from manyeyes.tasks.rules import ImageOptions
from manyeyes.tasks.shapes import shape_of
from support.given_answers import RECEIPT
from support.typed_answers import ANYTHING

SHAPE = shape_of(RECEIPT)
COLOURS = ChoicesOptions(labels=("red", 'a "b"', "blue"))
WANTED = ChoicesOptions(labels=("red", "blue"), at_least=1)
LONG = f"{'9' * 20}.{'1' * 20}"

chosen = st.lists(st.sampled_from(COLOURS.labels), unique=True)
digits = st.from_regex(r"-?[1-9][0-9]{0,18}(\.[0-9]{1,20})?", fullmatch=True) | st.just(LONG)


@given(ANYTHING, digits, st.none() | chosen, st.booleans())
def test_fields_taken_apart_and_put_together_are_as_they_were(typed: str, number: str, names, empty: bool):
    fields = (
        TextOptions(name="shop"),
        NumberOptions(name='the "total"'),
        ChoicesOptions(name="c", labels=COLOURS.labels),
    )
    options = tidied(FieldsOptions(fields=fields, optional=tuple(field.name for field in fields)))
    answer = {"shop": typed, 'the "total"': "" if empty else number, "c": names}
    text = canonical(options, json.dumps(answer))
    if answer_obstacle(options, text) is not None:
        return
    shape = shape_of(options)
    parts = parts_of(shape, text)
    assert put_together(shape, parts) == text
    assert parts['the "total"'] == ("" if empty else number)
    assert canonical(options, put_together(shape, parts)) == text
    assert likeness(shape, likeness(shape, text)) == likeness(shape, text)


def test_each_field_is_given_by_each_person_in_its_own_form():
    one = canonical(RECEIPT, '{"shop":"","total":"12,50","currency":"EUR","paid by":["card"]}')
    other = canonical(RECEIPT, '{"shop":"A & B","total":12.5,"currency":"EUR","paid by":["card"]}')
    found = fields_given(SHAPE, [Given(7, one), Given(3, other)])
    assert list(found) == ["shop", "total", "currency", "paid by"]
    assert found["shop"] == [Given(7, ""), Given(3, "A & B")]
    assert found["total"] == [Given(7, "12.50"), Given(3, "12.5")]
    assert found["currency"] == [Given(7, "EUR"), Given(3, "EUR")]
    assert found["paid by"] == [Given(7, '["card"]'), Given(3, '["card"]')]
    assert [group.value for group in groups(SHAPE.fields["total"], found["total"])] == ["12.5"]


def test_whole_forms_are_alike_when_each_field_is():
    one, other = (
        canonical(RECEIPT, json.dumps({"shop": shop, "total": total, "currency": "EUR", "paid by": ["card"]}))
        for shop, total in (("Café", "12.50"), ("Cafe\u0301", "12.5"))
    )
    assert one != other
    (group,) = groups(SHAPE, [Given(1, one), Given(2, other)])
    assert group.value == min(one, other)


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{}", '{"shop":"a"}', '{"shop":1,"total":1,"currency":"EUR","paid by":[]}']
)
def test_a_text_that_is_no_answer_of_the_fields_is_said(text: str):
    with pytest.raises(ValueError, match="an answer"):
        parts_of(SHAPE, text)


@given(chosen)
def test_labels_taken_apart_and_put_together_are_as_they_were(names: list[str]):
    text = canonical(COLOURS, json.dumps(names))
    shape = shape_of(COLOURS)
    found = labels_given(shape, [Given(1, text)])
    assert list(found) == list(COLOURS.labels)
    decided = {label: each.text for label, (each,) in found.items()}
    assert {label for label, said in decided.items() if said == YES} == set(names)
    assert labels_together(shape, decided) == text


def test_no_label_of_a_question_that_wants_one_is_an_empty_answer():
    shape = shape_of(WANTED)
    assert labels_given(shape, [Given(1, ""), Given(2, '["red"]')]) == {
        "red": [Given(1, NO), Given(2, YES)],
        "blue": [Given(1, NO), Given(2, NO)],
    }
    assert labels_together(shape, {"red": NO, "blue": NO}) == ""
    assert labels_together(shape_of(COLOURS), dict.fromkeys(COLOURS.labels, NO)) == "[]"


@pytest.mark.parametrize("text", ["red", '["green"]', "[1]", '{"red":1}'])
def test_a_text_that_is_no_choice_of_the_labels_is_said(text: str):
    with pytest.raises(ValueError, match="an answer"):
        labels_given(shape_of(WANTED), [Given(1, text)])


def test_shapes_of_every_kind_of_question():
    assert shape_of(ImageOptions()) == Shape(kind=ShapeKind.TEXT, case=True)
    assert shape_of(ImageOptions(case=False)) == Shape(kind=ShapeKind.TEXT)
    review = LabelOptions((Choice(4, "cat"), Choice(0, "dog")))
    assert shape_of(review) == Shape(kind=ShapeKind.LABEL, labels=("4", "0"))
    assert shape_of(NumberOptions()).tolerance == 0
    assert shape_of(WANTED) == Shape(kind=ShapeKind.LABELS, labels=("red", "blue"), at_least=1)
    assert [(name, shape.kind) for name, shape in SHAPE.fields.items()] == [
        ("shop", ShapeKind.TEXT),
        ("total", ShapeKind.NUMBER),
        ("currency", ShapeKind.LABEL),
        ("paid by", ShapeKind.LABELS),
    ]
