"""Results as text, some rows at a time: a JSON object a line, or CSV as spreadsheets open it without harm. Pure."""

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from manyeyes.job_files.result_rows import ResultRow, column_names
from manyeyes.values.money import text as money

# What a spreadsheet may take for the beginning of a formula (OWASP, "CSV injection"), full-width twins too.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
BOM = "\ufeff"


def json_lines(rows: Sequence[ResultRow], names: list[str]) -> bytes:
    """Return the rows as JSON objects, one a line.

    ``names``: of the answer's columns, where it has several: then ``value`` is an object. Numbers have the digits that
    were typed. What is not there is null.
    """
    return _encoder.encode_lines([_members(row, names) for row in rows])


def _members(row: ResultRow, names: list[str]) -> dict[str, object]:
    is_answered = bool(row.source)
    value = row.cells[0] if not names else dict(zip(names, row.cells, strict=True)) if is_answered else None
    return {
        "line": row.line,
        "external_id": row.external_id,
        "state": row.state,
        "value": value,
        "text": row.text or None,
        "answers": row.answers,
        "from": row.source or None,
        "failure": row.failure or None,
        "cost": money(row.cost_micros),
        "refunded": money(row.refunded_micros),
        "ended_at": row.ended_at,
        "task_id": row.task_id,
    }


def csv_head(names: list[str]) -> str:
    """Return the first line, behind a byte order mark, without which spreadsheets read UTF-8 as something else."""
    return BOM + _lines([[guarded(name) for name in column_names(names)]])


def csv_lines(rows: Sequence[ResultRow]) -> str:
    """Return the rows as CSV (RFC 4180: comma, CRLF)."""
    return _lines([_cells(row) for row in rows])


def guarded(text: str) -> str:
    """Return the text with an apostrophe before what a spreadsheet would run as a formula; numbers stay numbers."""
    return f"'{text}" if text.startswith(FORMULA) and not _PLAIN_NUMBER.fullmatch(text) else text


def _cells(row: ResultRow) -> list[str | int]:
    return [
        row.line,
        guarded(row.external_id),
        row.state,
        *[_cell(value) for value in row.cells],
        guarded(row.text),
        row.answers,
        row.source,
        row.failure,
        money(row.cost_micros),
        money(row.refunded_micros),
        row.ended_at.isoformat() if row.ended_at else "",
        row.task_id,
    ]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return guarded(value if isinstance(value, str) else msgspec.json.encode(value).decode())


def _lines(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


_encoder = msgspec.json.Encoder(decimal_format="number")
