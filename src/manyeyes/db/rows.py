"""Rows by name, both ways: records of PostgreSQL as structs, and structs as the columns or values of a statement."""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import asyncpg
import msgspec

Row = TypeVar("Row", bound=msgspec.Struct)
Made = Callable[[Any], object]


def read(kind: type[Row], records: Sequence[asyncpg.Record], **made: Made) -> list[Row]:
    """Return the records as structs of a kind, each field from the column of its name.

    Numbers become enumerations, arrays tuples or sets, as the fields are annotated. ``made``: what makes a field of its
    column's value where the annotation does not tell (JSON). Columns that are no field are left.

    Raises TypeError when a field has no column, msgspec.ValidationError for a value that is not of its field's type.
    """
    if not records:
        return []
    names = tuple(records[0].keys())
    _check_columns(kind, names)
    # Records of one statement have the same columns; `dict(record)` and a conversion per row take half as long again.
    rows = [dict(zip(names, record)) for record in records]  # noqa: B905
    for name, make in made.items():
        for fields in rows:
            fields[name] = make(fields[name])
    found: list[Row] = msgspec.convert(rows, _list_of(kind))
    return found


def read_one(kind: type[Row], record: asyncpg.Record | None, **made: Made) -> Row | None:
    """Return a record as `read` does; None when there is none."""
    return read(kind, [record], **made)[0] if record is not None else None


def columns(rows: Sequence[msgspec.Struct], *names: str, **made: Made) -> list[Sequence[Any]]:
    """Return a column of values per name, in this order, as ``unnest`` takes them: ``columns(tasks, "task_id", "ip")``.

    The names are the fields', and stand in the statement behind ``unnest`` in the same order (tests/tidy/test_rows.py).
    ``made``: what makes a column's value of the whole row where it is no field or another type (JSON).
    """
    plain = tuple(name for name in names if name not in made)
    taken = zip(*map(_getter(plain), rows), strict=True) if rows else [()] * len(plain)
    found: dict[str, Sequence[Any]] = dict(zip(plain, taken, strict=True))
    found.update({name: [make(row) for row in rows] for name, make in made.items()})
    return [found[name] for name in names]


def values(row: msgspec.Struct, *names: str, **made: Made) -> list[Any]:
    """Return one row's values in the order of the names, as the parameters of a statement about one row."""
    return [value for (value,) in columns([row], *names, **made)]


@cache
def _list_of(kind: type[msgspec.Struct]) -> Any:
    return list[kind]  # type: ignore[valid-type]


@cache
def _check_columns(kind: type[msgspec.Struct], found: tuple[str, ...]) -> None:
    """Raise TypeError when a field has no column, though it have a default: that would hide a misspelt name."""
    missing = [name for name in kind.__struct_fields__ if name not in found]
    if missing:
        raise TypeError(f"{kind.__name__} wants the columns {', '.join(missing)}; the statement gives {found}")


@cache
def _getter(names: tuple[str, ...]) -> Callable[[msgspec.Struct], tuple[Any, ...]]:
    """Return what reads these fields of a row as a tuple; attrgetter gives one field bare and takes no less."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda row: tuple(getattr(row, name) for name in names)
