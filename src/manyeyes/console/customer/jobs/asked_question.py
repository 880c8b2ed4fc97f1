"""The question that a form holds, judged: as it is stored, or all that is wrong with it by the places in the form."""

from decimal import Decimal

import msgspec

from manyeyes.actions.shared.asked_questions import NewExample
from manyeyes.console.customer.jobs.example_answers import answer_typed
from manyeyes.console.customer.jobs.question_form import (
    ExampleForm,
    Faults,
    PartForm,
    QuestionForm,
    Stored,
    picture_bytes,
)
from manyeyes.roles.customer.questions import GivenQuestion, judged
from manyeyes.tasks.numbers import canonical_number
from manyeyes.tasks.pictures import Picture, inspect
from manyeyes.tasks.question_rules import AnyQuestion, tidied
from manyeyes.tasks.questions import (
    FIELDS,
    LABEL,
    LABELS,
    NUMBER,
    ChoiceOptions,
    ChoicesOptions,
    FieldOptions,
    FieldsOptions,
    NumberOptions,
    TextOptions,
)
from manyeyes.tasks.rules import ImageOptions
from manyeyes.values.integers import whole_number
from manyeyes.values.text.rules import normalised


def question_in(form: QuestionForm, stored: Stored) -> GivenQuestion | Faults:
    """Return the question, or its faults; ``stored``: the pictures of examples that the form only names."""
    options, faults = options_in(form)
    examples: list[NewExample] = []
    for n, each in enumerate(form.examples):
        picture = _picture(each, stored)
        if isinstance(picture, str):
            faults.append((f"/examples/{n}/picture", picture))
        else:
            examples.append(NewExample(answer_typed(tidied(options), each.answer), each.words, picture))
    if faults:
        return faults
    return judged(GivenQuestion(options=options, instructions=form.instructions, examples=tuple(examples)))


def options_in(form: QuestionForm) -> tuple[AnyQuestion, Faults]:
    """Return what the form asks, and what of it is no number; whether it can be asked at all is another step."""
    faults: Faults = []
    whole = form.whole
    if whole.kind == FIELDS:
        parts = [_part(each, f"/fields/{n}", faults) for n, each in enumerate(form.fields)]
        optional = dict.fromkeys(normalised(each.name) for each in form.fields if each.optional)
        return FieldsOptions(comment=whole.words, fields=tuple(parts), optional=tuple(optional)), faults
    part = _part(msgspec.structs.replace(whole, name=""), "", faults)
    if not isinstance(part, TextOptions):
        return part, faults
    values = {name: getattr(part, name) for name in ImageOptions.__struct_fields__}
    return ImageOptions(**values), faults


def _part(part: PartForm, pointer: str, faults: Faults) -> FieldOptions:
    def whole(name: str) -> int | None:
        typed = getattr(part, name)
        number = whole_number(typed, 6)
        if typed and number is None:
            faults.append((f"{pointer}/{name}", "a whole number"))
        return number

    def bound(name: str) -> Decimal | None:
        typed = canonical_number(getattr(part, name))
        if not typed:
            return None
        if not typed.lstrip("-").replace(".", "", 1).isdigit() or not typed.isascii():
            faults.append((f"{pointer}/{name}", "a number"))
            return None
        return Decimal(typed)

    said = {"comment": part.words, "name": part.name}
    labels = tuple(line for line in map(str.strip, part.labels.splitlines()) if line)
    if part.kind == NUMBER:
        return NumberOptions(
            **said,
            unit=part.unit,
            decimals=whole("decimals"),
            min=bound("min"),
            max=bound("max"),
            tolerance=bound("tolerance"),
        )
    if part.kind == LABEL:
        return ChoiceOptions(**said, labels=labels)
    if part.kind == LABELS:
        return ChoicesOptions(**said, labels=labels, at_least=whole("at_least") or 0)
    return TextOptions(
        **said,
        phrase=part.phrase,
        case=part.case,
        numeric=whole("numeric") or 0,
        math=part.math,
        min_length=whole("min_length") or 0,
        max_length=whole("max_length") or 0,
    )


def _picture(example: ExampleForm, stored: Stored) -> Picture | str | None:
    """Return an example's picture, None for none, or why it is none."""
    data = picture_bytes(example) if example.data else stored.get(example.kept, b"")
    if not data:
        return "it is not there any more" if example.data or example.kept else None
    found = inspect(data)
    return found if isinstance(found, Picture) else found.detail
