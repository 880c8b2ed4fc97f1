"""A question as /v1 takes and shows it: its kind's members, with instructions and examples."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from manyeyes.actions.shared.asked_questions import NewExample
from manyeyes.roles.customer.questions import GivenQuestion, judged
from manyeyes.roles.instructions import Instructions
from manyeyes.runtime.context import Context
from manyeyes.tasks.labels import LabelOptions
from manyeyes.tasks.options import AnyOptions, answer_text
from manyeyes.tasks.pictures import Picture, inspect
from manyeyes.tasks.question_rules import MOST_EXAMPLES, AnyQuestion, QuestionFault
from manyeyes.tasks.questions import (
    FIELDS,
    LABEL,
    LABELS,
    NUMBER,
    TEXT,
    ChoiceOptions,
    ChoicesOptions,
    FieldOptions,
    FieldsOptions,
    NumberOptions,
)
from manyeyes.tasks.rules import ImageOptions
from manyeyes.tasks.tokens import TokenOptions
from manyeyes.values.base64_text import base64_bytes
from manyeyes.values.refusals import MemberFault, Reason, Refusal, Refused
from manyeyes.values.signed_links import ExampleId

LARGEST_ASKED = 8 * 1024 * 1024  # bytes of a body with a question: a picture and ten examples with theirs, as base64
BOUND = {"anyOf": [{"type": "number"}, {"type": "null"}]}
Bound = Annotated[Decimal | None, msgspec.Meta(extra_json_schema=BOUND)]
AnyJson = Annotated[msgspec.Raw, msgspec.Meta(extra_json_schema={"description": "a value of the question's kind"})]


class ExampleBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``answer``: a value as results have it; ``picture``: base64, as createTask takes it; ``words``: why."""

    answer: AnyJson
    picture: str = ""
    words: str = ""


class AskedBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every question has: its words, and what people read before its first task."""

    words: str = ""
    instructions: str = ""
    examples: list[ExampleBody] = []


class TextQuestion(AskedBody, tag_field="kind", tag=TEXT, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``numeric``: 0 none, 1 only digits, 2 no digits; lengths 0: any."""

    phrase: bool = False
    case: bool = True
    numeric: int = 0
    math: bool = False
    min_length: int = 0
    max_length: int = 0


class NumberQuestion(AskedBody, tag_field="kind", tag=NUMBER, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``decimals``: digits behind the point at most, null: any; ``tolerance``: by how much alike answers may differ."""

    unit: str = ""
    decimals: int | None = None
    min: Bound = None
    max: Bound = None
    tolerance: Bound = None


class LabelQuestion(AskedBody, tag_field="kind", tag=LABEL, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of ``labels``."""

    labels: list[str]


class LabelsQuestion(AskedBody, tag_field="kind", tag=LABELS, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any of ``labels``."""

    labels: list[str]
    at_least: int = 0


class FieldsQuestion(AskedBody, tag_field="kind", tag=FIELDS, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several named answers; ``optional``: names of those that may be left empty."""

    fields: list[FieldOptions]
    optional: list[str] = []


QuestionBody = TextQuestion | NumberQuestion | LabelQuestion | LabelsQuestion | FieldsQuestion


def read_question(body: QuestionBody) -> GivenQuestion | list[QuestionFault]:
    """Return the question in its one form, or all that is wrong with it: (JSON pointer into ``body``, why) each.

    Whether the examples' pictures have pixels is another step: `roles.customer.questions.picture_faults`.
    """
    if len(body.examples) > MOST_EXAMPLES:
        return [("/examples", f"there are at most {MOST_EXAMPLES} examples")]
    faults: list[QuestionFault] = []
    examples: list[NewExample] = []
    for n, each in enumerate(body.examples):
        picture = _picture(each.picture) if each.picture else None
        if isinstance(picture, str):
            faults.append((f"/examples/{n}/picture", picture))
            continue
        answer = json_value(each.answer, f"/question/examples/{n}/answer")
        examples.append(NewExample(answer_text(answer), each.words, picture))
    if faults:
        return faults
    return judged(GivenQuestion(options=_options(body), instructions=body.instructions, examples=tuple(examples)))


class FieldAnswer(msgspec.Struct, frozen=True):
    name: str
    text: str


class ExampleView(msgspec.Struct, frozen=True):
    """``text``: the answer as people read it; ``words``: why; ``image_url``: empty when it has no picture.

    ``fields``: of a question of fields, each as people read it; no member of others.
    """

    text: str
    words: str
    image_url: str
    fields: list[FieldAnswer] | msgspec.UnsetType = msgspec.UNSET


class QuestionView(msgspec.Struct, frozen=True):
    """What is said about a question before its first task."""

    id: str
    words: str
    instructions: str
    examples: list[ExampleView]


def instructions_view(context: Context, found: Instructions) -> QuestionView:
    """Return instructions with the addresses of their examples' pictures."""
    key, today = found.key, datetime.now(UTC).date()
    places = [ExampleId(key.cell, key.question_id, n) for n in range(len(found.examples))]
    examples = [
        ExampleView(
            each.shown,
            each.words,
            context.examples.path(place, today, each.media) if each.media else "",
            [FieldAnswer(name, text) for name, text in each.parts] or msgspec.UNSET,
        )
        for place, each in zip(places, found.examples, strict=True)
    ]
    return QuestionView(str(key), found.options.comment, found.text, examples)


def json_value(raw: msgspec.Raw | bytes, pointer: str) -> object:
    """Return the value of a member that was sent as JSON, its numbers with their digits; ``pointer``: where it stands.

    Raises `Refused` for what nobody answers, such as a number of thousands of digits, which is JSON all the same.
    """
    try:
        return _values.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        said = f"{pointer}: {error}"
        raise Refused(Refusal(Reason.UNREADABLE, said, (MemberFault(str(error), pointer),))) from error


def question_view(kind: str, options: AnyOptions) -> dict[str, object]:
    """Return what was asked, as /v1 writes it; encode it with ``decimal_format="number"``.

    A task of createTask has kind ``text``, a recognition's review kind ``label`` with the labels' names, a token task
    its own kind and site.
    """
    if isinstance(options, ImageOptions):
        members = msgspec.to_builtins(options)
        return {"kind": TEXT, "words": members.pop("comment"), **members}
    if isinstance(options, LabelOptions):
        return {"kind": LABEL, "words": options.comment, "labels": [choice.name for choice in options.labels]}
    if isinstance(options, TokenOptions):
        return {"kind": kind, "words": "", "site": options.host}
    members = _without_name(msgspec.to_builtins(options, builtin_types=(Decimal,)))
    return {"kind": members.pop("kind"), **members}


def _without_name(members: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if name != "name" or value}


def _options(body: QuestionBody) -> AnyQuestion:
    if isinstance(body, TextQuestion):
        return ImageOptions(
            phrase=body.phrase,
            case=body.case,
            numeric=body.numeric,
            math=body.math,
            min_length=body.min_length,
            max_length=body.max_length,
            comment=body.words,
        )
    if isinstance(body, NumberQuestion):
        return NumberOptions(
            comment=body.words,
            unit=body.unit,
            decimals=body.decimals,
            min=body.min,
            max=body.max,
            tolerance=body.tolerance,
        )
    if isinstance(body, LabelQuestion):
        return ChoiceOptions(comment=body.words, labels=tuple(body.labels))
    if isinstance(body, LabelsQuestion):
        return ChoicesOptions(comment=body.words, labels=tuple(body.labels), at_least=body.at_least)
    return FieldsOptions(comment=body.words, fields=tuple(body.fields), optional=tuple(body.optional))


def _picture(text: str) -> Picture | str:
    """Return an example's picture, or why it is none."""
    try:
        found = inspect(base64_bytes(text))
    except ValueError as error:
        return f"it is no base64: {error}"
    return found.detail if isinstance(found, Refusal) else found


_values = msgspec.json.Decoder(float_hook=Decimal)
