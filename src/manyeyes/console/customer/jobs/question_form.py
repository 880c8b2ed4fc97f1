"""The form in which a customer puts a question: what stands in it, as they typed it."""

import base64
import binascii
from collections.abc import Mapping

import msgspec
from starlette.datastructures import FormData, UploadFile

from manyeyes.console.customer.jobs.example_answers import typed_answer
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.tasks.numbers import plain_number
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.question_rules import MOST_EXAMPLES, MOST_FIELDS
from manyeyes.tasks.question_store import AskedQuestion
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
from manyeyes.values.integers import whole_number

KINDS = (TEXT, NUMBER, LABEL, LABELS, FIELDS)
WHOLE = "q"  # the prefix of the question itself; of a field f0, f1, …; of an example x0, x1, …
LONGEST_FILE = 1_000_000  # bytes of an example's picture that are read; a picture has fewer


class PartForm(msgspec.Struct, frozen=True, kw_only=True):
    """A question, or one of its fields, as it stands in the form: texts are as they were typed."""

    kind: str = TEXT
    name: str = ""
    words: str = ""
    numeric: str = "0"
    min_length: str = ""
    max_length: str = ""
    phrase: bool = False
    case: bool = False
    math: bool = False
    unit: str = ""
    decimals: str = ""
    min: str = ""
    max: str = ""
    tolerance: str = ""
    labels: str = ""
    at_least: str = ""
    optional: bool = False


class ExampleForm(msgspec.Struct, frozen=True, kw_only=True):
    """An example as it stands in the form.

    ``kept``: its stored picture, as question and place (``17.0``); ``data``: one that is not stored yet, in base64.
    """

    answer: str = ""
    words: str = ""
    kept: str = ""
    data: str = ""


class QuestionForm(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form of a question."""

    whole: PartForm = PartForm()
    fields: tuple[PartForm, ...] = (PartForm(),)
    instructions: str = ""
    examples: tuple[ExampleForm, ...] = ()


async def read_form(form: FormData) -> QuestionForm:
    """Return what stands in a form that was sent."""
    fields = [_part(form, f"f{n}") for n in range(MOST_FIELDS + 1) if f"f{n}-kind" in form]
    return QuestionForm(
        whole=_part(form, WHOLE),
        fields=tuple(fields) or (PartForm(),),
        instructions=typed_in(form, "instructions"),
        examples=tuple([await _example(form, n) for n in range(MOST_EXAMPLES + 1) if f"x{n}-answer" in form]),
    )


def form_of(question: AskedQuestion) -> QuestionForm:
    """Return a stored question as it stands in the form."""
    options = picture_options(question.kind, question.options)
    examples = tuple(
        ExampleForm(
            answer=typed_answer(options, each.answer),
            words=each.words,
            kept=f"{question.question_id}.{n}" if each.picture else "",
        )
        for n, each in enumerate(question.examples)
    )
    form = QuestionForm(instructions=question.instructions, examples=examples)
    if isinstance(options, FieldsOptions):
        fields = [
            msgspec.structs.replace(_stored(each), optional=each.name in options.optional) for each in options.fields
        ]
        whole = PartForm(kind=FIELDS, words=options.comment)
        return msgspec.structs.replace(form, whole=whole, fields=tuple(fields))
    assert isinstance(options, ImageOptions | NumberOptions | ChoiceOptions | ChoicesOptions)
    return msgspec.structs.replace(form, whole=_stored(options))


def changed_by(form: QuestionForm, deed: str) -> tuple[QuestionForm, str]:
    """Return the form after a press of one of its buttons, and the name of the control that has the focus then."""
    verb, _, place = deed.rpartition("-")
    n = whole_number(place, 3) or 0
    if deed == "add-field":
        return msgspec.structs.replace(form, fields=(*form.fields, PartForm())), f"f{len(form.fields)}-name"
    if deed == "add-example":
        added = (*form.examples, ExampleForm())[:MOST_EXAMPLES]
        return msgspec.structs.replace(form, examples=added), f"x{len(added) - 1}-answer"
    if verb in ("up", "down", "remove") and n < len(form.fields):
        fields, focus = _moved(list(form.fields), verb, n)
        return msgspec.structs.replace(form, fields=tuple(fields)), focus
    if verb == "drop-example" and n < len(form.examples):
        left = form.examples[:n] + form.examples[n + 1 :]
        return msgspec.structs.replace(form, examples=left), "add-example"
    if verb == "drop-picture" and n < len(form.examples):
        bare = msgspec.structs.replace(form.examples[n], kept="", data="")
        examples = (*form.examples[:n], bare, *form.examples[n + 1 :])
        return msgspec.structs.replace(form, examples=examples), f"x{n}-picture"
    return form, ""


def _moved(fields: list[PartForm], verb: str, n: int) -> tuple[list[PartForm], str]:
    if verb == "remove":
        left = fields[:n] + fields[n + 1 :] or [PartForm()]
        return left, f"f{min(n, len(left) - 1)}-name"
    to = max(0, n - 1) if verb == "up" else min(len(fields) - 1, n + 1)
    fields.insert(to, fields.pop(n))
    # A field that has come to an end has no button left for that way.
    at_end = to == 0 if verb == "up" else to == len(fields) - 1
    return fields, f"{({'up': 'down', 'down': 'up'}[verb]) if at_end else verb}-{to}"


def _part(form: FormData, prefix: str) -> PartForm:
    def text(name: str) -> str:
        return text_of(form, f"{prefix}-{name}")

    kind = text("kind")
    return PartForm(
        kind=kind if kind in KINDS and (prefix == WHOLE or kind != FIELDS) else TEXT,
        name=typed_in(form, f"{prefix}-name"),
        words=typed_in(form, f"{prefix}-words"),
        numeric=text("numeric") or "0",
        min_length=text("min_length"),
        max_length=text("max_length"),
        phrase=bool(text("phrase")),
        case=bool(text("case")),
        math=bool(text("math")),
        unit=typed_in(form, f"{prefix}-unit"),
        decimals=text("decimals"),
        min=text("min"),
        max=text("max"),
        tolerance=text("tolerance"),
        labels=typed_in(form, f"{prefix}-labels"),
        at_least=text("at_least"),
        optional=bool(text("optional")),
    )


async def _example(form: FormData, n: int) -> ExampleForm:
    file = form.get(f"x{n}-picture")
    sent = await file.read(LONGEST_FILE) if isinstance(file, UploadFile) else b""
    data = base64.b64encode(sent).decode() if sent else text_of(form, f"x{n}-data")
    return ExampleForm(
        answer=typed_in(form, f"x{n}-answer"),
        words=typed_in(form, f"x{n}-words"),
        kept="" if data else text_of(form, f"x{n}-kept"),
        data=data,
    )


def _stored(options: ImageOptions | FieldOptions) -> PartForm:
    """Return a stored question that is no list of fields, or one of these, as it stands in the form."""
    name = "" if isinstance(options, ImageOptions) else options.name
    part = PartForm(name=name, words=options.comment)
    if isinstance(options, NumberOptions):
        told = {name: getattr(options, name) for name in ("min", "max", "tolerance")}
        bounds = {name: plain_number(bound) for name, bound in told.items() if bound is not None}
        decimals = "" if options.decimals is None else str(options.decimals)
        return msgspec.structs.replace(part, kind=NUMBER, unit=options.unit, decimals=decimals, **bounds)
    if isinstance(options, ChoiceOptions):
        return msgspec.structs.replace(part, kind=LABEL, labels="\n".join(options.labels))
    if isinstance(options, ChoicesOptions):
        least = str(options.at_least or "")
        return msgspec.structs.replace(part, kind=LABELS, labels="\n".join(options.labels), at_least=least)
    return msgspec.structs.replace(
        part,
        numeric=str(options.numeric),
        min_length=str(options.min_length or ""),
        max_length=str(options.max_length or ""),
        phrase=options.phrase,
        case=options.case,
        math=options.math,
    )


def picture_bytes(example: ExampleForm) -> bytes:
    """Return the picture that came with an example and is not stored yet; empty for none, and for what is no base64."""
    try:
        return base64.b64decode(example.data, validate=True)
    except (binascii.Error, ValueError):
        return b""


Faults = list[tuple[str, str]]  # JSON pointers into the question, and why that cannot be
Stored = Mapping[str, bytes]  # examples' stored pictures by question and place
