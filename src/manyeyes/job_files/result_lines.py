"""Results, and each person's answers, as text, some rows at a time: JSON lines, or CSV that is safe to open. Pure."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from manyeyes.job_files.result_rows import OUTCOMES, FileRow, Layout, PersonsAnswer, ResultRow, column_names
from manyeyes.values.money import text as money
from manyeyes.values.spreadsheet import csv_text

BOM = "\ufeff"


def json_lines(rows: Sequence[ResultRow], names: list[str]) -> bytes:
    """Return the rows as JSON objects, one a line.

    ``names``: of the answer's columns, where it has several: then ``value`` is an object. Numbers have the digits that
    were typed. What is not there is null.
    """
    return _encoder.encode_lines([_members(row, names) for row in rows])


def answer_lines(rows: Sequence[PersonsAnswer], names: list[str]) -> bytes:
    """Return what each person gave as JSON objects, one a line; ``names`` as of results."""
    said = [{"line": row.line, "external_id": row.external_id, **_given(row, names)} for row in rows]
    return _encoder.encode_lines([{**members, "task_id": row.task_id} for members, row in zip(said, rows, strict=True)])


def _members(row: ResultRow, names: list[str]) -> dict[str, object]:
    return {
        "line": row.line,
        "external_id": row.external_id,
        "state": row.state,
        "value": _value(row.cells, names) if row.source else None,
        "text": row.text or None,
        "answers": row.answers,
        "confidence": row.confidence,
        "proven": row.is_proven,
        "uncertain": row.is_uncertain,
        "from": row.source or None,
        "failure": row.failure or None,
        "cost": money(row.cost_micros),
        "refunded": money(row.refunded_micros),
        "ended_at": row.ended_at,
        "task_id": row.task_id,
        "given": [_given(each, names) for each in row.given],
    }


def _given(row: PersonsAnswer, names: list[str]) -> dict[str, object]:
    return {"person": row.person, "value": _value(row.cells, names), "at": row.at}


def _value(cells: list[object], names: list[str]) -> object:
    return dict(zip(names, cells, strict=True)) if names else cells[0]


def csv_head(names: list[str], layout: Layout = OUTCOMES) -> str:
    """Return the first line, behind a byte order mark, without which spreadsheets read UTF-8 as something else."""
    return BOM + csv_text([column_names(names, layout)])


def csv_lines(rows: Sequence[FileRow]) -> str:
    """Return the rows as CSV (RFC 4180: comma, CRLF)."""
    return csv_text([[_cell(value) for value in (*row.leading, *row.cells, *row.trailing)] for row in rows])


def _cell(value: object) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime) else msgspec.json.encode(value).decode()


_encoder = msgspec.json.Encoder(decimal_format="number")
