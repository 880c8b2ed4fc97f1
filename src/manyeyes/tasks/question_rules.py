"""Whether a question can be asked at all, judged where it comes in; and its one form. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

import msgspec

from manyeyes.tasks.numbers import MOST_DIGITS, plain_number
from manyeyes.tasks.options import answer_obstacle, canonical
from manyeyes.tasks.questions import (
    ChoiceOptions,
    ChoicesOptions,
    FieldOptions,
    FieldsOptions,
    NumberOptions,
    OwnOptions,
    TextOptions,
)
from manyeyes.tasks.rules import LONGEST_ANSWER, ImageOptions, sentence
from manyeyes.values.text.rules import LONGEST_NAME, fault, is_too_long, kept_words, normalised

MOST_LABELS = 1_000
LONGEST_LABEL = 200
MOST_LABEL_CHARACTERS = 20_000  # of a question in all: every task carries its question
MOST_FIELDS = 50
MOST_DECIMALS = 12
LONGEST_UNIT = 30
LONGEST_WORDS = 1_000
LONGEST_INSTRUCTIONS = 10_000
MOST_EXAMPLES = 10
LONGEST_WHY = 1_000

AnyQuestion = ImageOptions | OwnOptions
Field = TypeVar("Field", bound=FieldOptions)
QuestionFault = tuple[str, str]  # a JSON pointer into the question, and why that cannot be


def tidied(options: AnyQuestion) -> AnyQuestion:
    """Return a question in its one form: its words as `kept_words`, its names, labels and unit `normalised`."""
    if isinstance(options, FieldsOptions):
        fields = tuple(_tidied_field(field) for field in options.fields)
        optional = tuple(map(normalised, options.optional))
        return msgspec.structs.replace(options, comment=kept_words(options.comment), fields=fields, optional=optional)
    if isinstance(options, ImageOptions):
        return msgspec.structs.replace(options, comment=kept_words(options.comment))
    return _tidied_field(options)


def _tidied_field(options: Field) -> Field:
    changes: dict[str, object] = {"comment": kept_words(options.comment), "name": normalised(options.name)}
    if isinstance(options, (ChoiceOptions, ChoicesOptions)):
        changes["labels"] = tuple(map(normalised, options.labels))
    if isinstance(options, NumberOptions):
        changes |= {
            "unit": normalised(options.unit),
            "min": _written_out(options.min),
            "max": _written_out(options.max),
            "tolerance": _written_out(options.tolerance),
        }
    return msgspec.structs.replace(options, **changes)


def check_question(options: AnyQuestion) -> list[QuestionFault]:
    """Return what is wrong with a `tidied` question: (JSON pointer into it, why) each; nothing when it can be asked."""
    if isinstance(options, FieldsOptions):
        return list(_words_faults(options.comment)) + list(_fields_faults(options))
    faults = list(_words_faults(options.comment)) + list(_kind_faults(options))
    if not isinstance(options, ImageOptions) and options.name:
        faults.append(("/name", "only one of several fields has a name"))
    return faults


def check_examples(options: AnyQuestion, answers: Sequence[str]) -> list[QuestionFault]:
    """Return which examples' answers are none, by pointers into the list; or that there are too many."""
    if len(answers) > MOST_EXAMPLES:
        return [("", f"there are at most {MOST_EXAMPLES} examples")]
    found = [(n, answer_obstacle(options, canonical(options, text))) for n, text in enumerate(answers)]
    return [(f"/{n}/answer", sentence(why)) for n, why in found if why]


def _kind_faults(options: ImageOptions | FieldOptions) -> Iterator[QuestionFault]:
    if isinstance(options, (ImageOptions, TextOptions)):
        return _text_faults(options)
    return _number_faults(options) if isinstance(options, NumberOptions) else _label_faults(options)


def _words_faults(words: str) -> Iterator[QuestionFault]:
    if is_too_long(words, LONGEST_WORDS):
        yield "/words", f"there are at most {LONGEST_WORDS} characters"


def _text_faults(options: ImageOptions | TextOptions) -> Iterator[QuestionFault]:
    if options.numeric not in (0, 1, 2):
        yield "/numeric", "0, 1 (only digits) or 2 (no digits)"
    for name, length in (("min_length", options.min_length), ("max_length", options.max_length)):
        if not 0 <= length <= LONGEST_ANSWER:
            yield f"/{name}", f"0 to {LONGEST_ANSWER}"
    if 0 < options.max_length < options.min_length:
        yield "/max_length", "0 or at least min_length"


def _number_faults(options: NumberOptions) -> Iterator[QuestionFault]:
    if options.unit and (why := _name_fault(options.unit, LONGEST_UNIT)):
        yield "/unit", why
    if options.decimals is not None and not 0 <= options.decimals <= MOST_DECIMALS:
        yield "/decimals", f"0 to {MOST_DECIMALS}"
    bounds = (("min", options.min), ("max", options.max))
    unfit = [name for name, bound in bounds if bound is not None and not _is_short(bound)]
    for name in unfit:
        yield f"/{name}", f"a number of at most {MOST_DIGITS} digits"
    if not unfit and options.min is not None and options.max is not None and options.min > options.max:
        yield "/max", "at least min"
    if options.tolerance is not None and not (_is_short(options.tolerance) and options.tolerance >= 0):
        yield "/tolerance", f"a number from 0, of at most {MOST_DIGITS} digits"


def _written_out(bound: Decimal | None) -> Decimal | None:
    """Return a bound without an exponent; one that no question has stays as it is."""
    return Decimal(plain_number(bound)) if bound is not None and _is_short(bound) else bound


def _is_short(number: Decimal) -> bool:
    """Tell whether a number can be written with so many digits; NaN and infinities cannot."""
    _, digits, exponent = number.as_tuple()
    return isinstance(exponent, int) and len(digits) + abs(exponent) <= MOST_DIGITS


def _label_faults(options: ChoiceOptions | ChoicesOptions) -> Iterator[QuestionFault]:
    labels = options.labels
    if not labels:
        yield "/labels", "at least one label is needed"
    if len(labels) > MOST_LABELS or sum(map(len, labels)) > MOST_LABEL_CHARACTERS:
        yield "/labels", f"there are at most {MOST_LABELS} labels, of {MOST_LABEL_CHARACTERS} characters together"
        return
    for n, label in enumerate(labels):
        if why := _name_fault(label, LONGEST_LABEL):
            yield f"/labels/{n}", why
    yield from ((f"/labels/{n}", "it is there twice") for n in _doubles(labels))
    if isinstance(options, ChoicesOptions) and not 0 <= options.at_least <= len(labels):
        yield "/at_least", "0 to the number of labels"


def _fields_faults(options: FieldsOptions) -> Iterator[QuestionFault]:
    if options.name:
        yield "/name", "only one of several fields has a name"
    if not 1 <= len(options.fields) <= MOST_FIELDS:
        yield "/fields", f"there are 1 to {MOST_FIELDS} fields"
        return
    names = [field.name for field in options.fields]
    for n, field in enumerate(options.fields):
        if why := _name_fault(field.name, LONGEST_NAME):
            yield f"/fields/{n}/name", why
        found = [*_words_faults(field.comment), *_kind_faults(field)]
        yield from ((f"/fields/{n}{pointer}", why) for pointer, why in found)
    yield from ((f"/fields/{n}/name", "it is there twice") for n in _doubles(names))
    labels = [label for f in options.fields if isinstance(f, (ChoiceOptions, ChoicesOptions)) for label in f.labels]
    if sum(map(len, labels)) > MOST_LABEL_CHARACTERS:
        yield "/fields", f"their labels have at most {MOST_LABEL_CHARACTERS} characters together"
    for n, name in enumerate(options.optional):
        if name not in names:
            yield f"/optional/{n}", "no field is called so"


def _name_fault(name: str, longest: int) -> str:
    """Return why a name cannot be shown: it is empty, unfit, or too long; else empty."""
    why = fault(name)
    return _UNFIT[why] if why else f"at most {longest} characters" if len(name) > longest else ""


def _doubles(names: Iterable[str]) -> list[int]:
    """Return the places of names that stood before."""
    seen: set[str] = set()
    found = []
    for n, name in enumerate(names):
        if name in seen:
            found.append(n)
        seen.add(name)
    return found


_UNFIT = {
    "empty": "must not be empty",
    "control": "holds control characters, or some that change the writing direction",
    "unknown": "holds characters that are unassigned or private",
    "marks": "has too many marks on one letter",
}
