"""Answers and questions of a customer's tasks as people read them, in parts that a template draws."""

from decimal import Decimal

import msgspec
from babel.support import Translations

from manyeyes.console.shared.task_wording import WORDS, filled, question, rules, words_for
from manyeyes.tasks.labels import LabelOptions
from manyeyes.tasks.options import AnyOptions, value_of
from manyeyes.tasks.questions import ChoiceOptions, FieldOptions, FieldsOptions, NumberOptions
from manyeyes.tasks.tokens import TokenOptions


class ShownAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, or a field of one. ``kind``: text, number, labels, fields, or empty where nothing was given."""

    kind: str
    text: str = ""
    unit: str = ""
    labels: tuple[str, ...] = ()
    fields: tuple[tuple[str, "ShownAnswer"], ...] = ()


def shown_answer(options: AnyOptions, text: str) -> ShownAnswer:
    """Return a fitting answer as people read it."""
    value = value_of(options, text)
    if isinstance(options, FieldsOptions) and isinstance(value, dict):
        parts = tuple((field.name, _of_value(field, value.get(field.name))) for field in options.fields)
        return ShownAnswer(kind="fields", fields=parts)
    return _of_value(options, value)


def asked_words(translations: Translations, options: AnyOptions) -> str:
    """Return the question's own words, else what a worker's screen asks for such a picture."""
    if isinstance(options, TokenOptions):
        return filled(words_for(translations, _WIDGET), "ask.widget", {"site": options.host})
    return options.comment or translations.ugettext(str(WORDS[question(options)]))


def rules_of(translations: Translations, options: AnyOptions) -> list[str]:
    """Return what an answer had to be like, as a worker's screen says it."""
    if isinstance(options, TokenOptions):
        return []
    words = words_for(translations)
    return [filled(words, key, values) for key, values in rules(options)]


def fields_asked(translations: Translations, options: AnyOptions) -> list[tuple[str, str, list[str]]]:
    """Return (name, words, rules) of each field of a question that asks for several."""
    if not isinstance(options, FieldsOptions):
        return []
    words = words_for(translations)
    return [(f.name, f.comment, [filled(words, key, values) for key, values in rules(f)]) for f in options.fields]


def _of_value(options: AnyOptions | FieldOptions, value: object) -> ShownAnswer:
    if value is None:
        return ShownAnswer(kind="empty")
    if isinstance(value, list):
        return ShownAnswer(kind="labels", labels=tuple(map(str, value)))
    if isinstance(value, Decimal):
        unit = options.unit if isinstance(options, NumberOptions) else ""
        return ShownAnswer(kind="number", text=format(value, "f"), unit=unit)
    if isinstance(options, (ChoiceOptions, LabelOptions)):
        return ShownAnswer(kind="labels", labels=(str(value),))
    return ShownAnswer(kind="text", text=str(value))


_WIDGET = {"ask.widget": WORDS["ask.widget"]}
