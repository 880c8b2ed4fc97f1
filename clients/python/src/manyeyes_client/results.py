"""A job's results, row by row."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from manyeyes_client.requests import decode

FORMS = frozenset({".csv", ".jsonl", ".parquet"})


class GivenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one person gave; ``person`` is a made-up name, the same one in all of your jobs."""

    person: str
    value: Any = None
    at: datetime


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one line of a job.

    ``state`` as a task's; ``value`` what a task's ``result.value`` is: text, number, list, or for ``fields`` an object;
    None where there is none (yet), and ``failure`` then says why if it has ended. ``confidence`` from 0 to 1, None
    where one person's word is all; ``proven``: audits prove what the terms promise; ``given``: each person's answer.
    Money in USD.
    """

    line: int
    external_id: str = ""
    state: str
    value: Any = None
    text: str | None = None
    answers: int | None = None
    confidence: float | None = None
    proven: bool = False
    uncertain: bool = False
    from_: str | None = msgspec.field(default=None, name="from")
    failure: str | None = None
    cost: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    ended_at: datetime | None = None
    task_id: int | None = None
    given: list[GivenAnswer] = []


def row_of(line: bytes) -> Row:
    """Return the row that a line of results.jsonl says. Raises msgspec.DecodeError."""
    return decode(line, Row)
