"""A job's results, row by row."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from manyeyes_client.requests import decode

FORMS = frozenset({".csv", ".jsonl", ".parquet"})


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one line of a job.

    ``state`` as a task's; ``value`` what a task's ``result.value`` is: text, number, list, or for ``fields`` an object;
    None where there is none (yet), and ``failure`` then says why if it has ended. Money in USD.
    """

    line: int
    external_id: str = ""
    state: str
    value: Any = None
    text: str | None = None
    answers: int | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    failure: str | None = None
    cost: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    ended_at: datetime | None = None
    task_id: int | None = None


def row_of(line: bytes) -> Row:
    """Return the row that a line of results.jsonl says. Raises msgspec.DecodeError."""
    return decode(line, Row)
