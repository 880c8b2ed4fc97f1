"""Answers of several named fields about one picture, each of a kind of its own. Pure.

An answer is a JSON object: field name → what was typed as a string, or the value itself (a number, an array of labels);
null, an empty string or an absent name where an optional field is left empty.
"""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from manyeyes.tasks.choices import canonical_choices, choice_obstacle, choices_obstacle, chosen, compact
from manyeyes.tasks.numbers import canonical_number, number_obstacle
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, FieldOptions, FieldsOptions, NumberOptions
from manyeyes.tasks.rules import Obstacle, obstacle
from manyeyes.values.text.rules import normalised


def canonical_field(options: FieldOptions, text: str) -> str:
    """Return one answer of a text, number, label or labels in its one form."""
    if isinstance(options, NumberOptions):
        return canonical_number(text)
    return canonical_choices(options, text) if isinstance(options, ChoicesOptions) else normalised(text)


def field_obstacle(options: FieldOptions, text: str) -> Obstacle | None:
    """Return the first rule that keeps ``text`` from being one field's answer; None when it fits."""
    if isinstance(options, NumberOptions):
        return number_obstacle(options, text)
    if isinstance(options, ChoiceOptions):
        return choice_obstacle(options, text)
    return choices_obstacle(options, text) if isinstance(options, ChoicesOptions) else obstacle(options, text)


def field_value(options: FieldOptions, text: str) -> object:
    """Return a fitting answer as its JSON value: a Decimal for a number, a list for labels, else a str."""
    text = canonical_field(options, text)
    if isinstance(options, NumberOptions):
        return Decimal(text)
    if isinstance(options, ChoicesOptions):
        names = chosen(text) or set()
        return [label for label in options.labels if label in names]
    return text


def canonical_fields(options: FieldsOptions, text: str) -> str:
    """Return an object's answers as compact JSON in the question's order, null where one is left empty.

    A text that does not fit stays `normalised`.
    """
    if fields_obstacle(options, text) is not None:
        return normalised(text)
    return compact(fields_value(options, text))


def fields_obstacle(options: FieldsOptions, text: str) -> Obstacle | None:
    """Return the first rule that keeps ``text`` from being the answer, with its field; None when it fits."""
    given = given_texts(text)
    if given is None or not set(given) <= {field.name for field in options.fields}:
        return Obstacle("fields")
    for field in options.fields:
        typed = given.get(field.name, "")
        if is_left_empty(options, field, typed):
            continue
        if found := field_obstacle(field, typed):
            return msgspec.structs.replace(found, field=field.name)
    return None


def fields_value(options: FieldsOptions, text: str) -> dict[str, object]:
    """Return a fitting answer's value of each field by its name, in the question's order; None where left empty."""
    given = given_texts(text) or {}
    return {
        field.name: None if is_left_empty(options, field, typed) else field_value(field, typed)
        for field in options.fields
        for typed in [given.get(field.name, "")]
    }


def is_left_empty(options: FieldsOptions, field: FieldOptions, text: str) -> bool:
    """Tell whether an optional field was left empty; labels are when none is chosen of those that want some."""
    if field.name not in options.optional:
        return False
    return not normalised(text) or (isinstance(field, ChoicesOptions) and field.at_least > 0 and chosen(text) == set())


def given_texts(text: str) -> Mapping[str, str] | None:
    """Return what a JSON object gives to each name, as texts; None for any other text."""
    try:
        return {normalised(name): text_of_value(value) for name, value in _objects.decode(text).items()}
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def text_of_value(value: object) -> str:
    """Return the text that a JSON value is as an answer: a string as it is, null empty, all else as compact JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else plain(value) if isinstance(value, Decimal) else compact(value)


def plain(number: Decimal) -> str:
    """Return a number as it would be typed; one with a huge exponent as it came, which no question takes."""
    exponent = number.as_tuple().exponent
    return format(number, "f") if isinstance(exponent, int) and abs(exponent) < _HUGE else str(number)


_HUGE = 100
_objects = msgspec.json.Decoder(dict[str, object], float_hook=Decimal)
