"""Answers of examples as a customer types them: labels parted by |; of several fields a line each, in their order."""

from collections.abc import Sequence

from manyeyes.tasks.choices import compact
from manyeyes.tasks.options import PictureOptions, value_of
from manyeyes.tasks.question_rules import AnyQuestion
from manyeyes.tasks.questions import ChoicesOptions, FieldOptions, FieldsOptions

BETWEEN = "|"


def answer_typed(options: AnyQuestion, typed: str) -> str:
    """Return a typed example's answer as the one text that it is; `canonical` is next. What is too much stays in it."""
    if isinstance(options, FieldsOptions):
        lines = typed.replace("\r\n", "\n").rstrip("\n").split("\n")
        named = {field.name: _of_field(field, lines[n : n + 1]) for n, field in enumerate(options.fields)}
        spare = "\n".join(lines[len(options.fields) :]).strip()
        return compact(named | ({"": spare} if spare else {}))
    return _chosen(typed) if isinstance(options, ChoicesOptions) else typed.strip()


def typed_answer(options: PictureOptions, text: str) -> str:
    """Return a stored answer as it is typed into the form."""
    if isinstance(options, FieldsOptions):
        value = value_of(options, text)
        assert isinstance(value, dict)
        return "\n".join(_shown(each) for each in value.values())
    return _shown(value_of(options, text)) if isinstance(options, ChoicesOptions) else text


def _of_field(field: FieldOptions, line: Sequence[str]) -> str:
    typed = line[0].strip() if line else ""
    return _chosen(typed) if isinstance(field, ChoicesOptions) and typed else typed


def _chosen(typed: str) -> str:
    names = [name.strip() for name in typed.replace("\n", BETWEEN).split(BETWEEN)]
    return compact([name for name in names if name])


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f" {BETWEEN} ".join(value)
    return "" if value is None else format(value, "f") if hasattr(value, "as_tuple") else str(value)
