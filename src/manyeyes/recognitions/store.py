"""Named queries of recognitions and their counters → frozen values."""

from datetime import date

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.recognitions.rules import Label, Recognition

SQL = Queries(__package__)
_labels = msgspec.json.Decoder(tuple[Label, ...])


class DayCount(msgspec.Struct, frozen=True):
    """Results of one day and label; ``label`` -1 counts what failed. People's part is ``reviewed``, ``overturned``."""

    day: date
    label: int
    total: int
    review: int
    reviewed: int
    overturned: int


async def recognitions_of(db: asyncpg.Connection, secret_id: str) -> list[Recognition]:
    """Return an app's recognitions, closed ones too, the oldest first."""
    return [_recognition(row) for row in await db.fetch(SQL.recognitions_of, secret_id)]


async def recognition(db: asyncpg.Connection, task_id: str) -> Recognition | None:
    """Return a recognition by the wire's taskId; None when there is none."""
    row = await db.fetchrow(SQL.recognition, task_id)
    return _recognition(row) if row else None


async def days(db: asyncpg.Connection, cell: int, recognition_id: int, first: date, last: date) -> list[DayCount]:
    """Return the counts of the days from ``first`` to ``last``, both included, by day and label."""
    return [DayCount(*row) for row in await db.fetch(SQL.days, cell, recognition_id, first, last)]


def _recognition(row: asyncpg.Record) -> Recognition:
    return Recognition(**{**row, "labels": _labels.decode(row["labels"])})
