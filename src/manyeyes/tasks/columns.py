"""Answers as cells of a table: one column of most kinds, a column for each of the fields. Pure."""

from manyeyes.tasks.options import AnyOptions, value_of
from manyeyes.tasks.questions import FieldsOptions

VALUE = "value"


def columns_of(options: AnyOptions) -> list[str]:
    """Return the names of the columns that an answer to the question takes, in their order."""
    return [field.name for field in options.fields] if isinstance(options, FieldsOptions) else [VALUE]


def cells_of(options: AnyOptions, text: str) -> list[object]:
    """Return a fitting answer's value for each of `columns_of`: str, Decimal, list, None. Of no answer all are None."""
    if not text:
        return [None] * len(columns_of(options))
    value = value_of(options, text)
    return list(value.values()) if isinstance(value, dict) else [value]
