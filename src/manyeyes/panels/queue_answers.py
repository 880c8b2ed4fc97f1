"""Named queries of all that people of a queue gave, for who looks at who answers as somebody else → frozen values."""

from collections.abc import AsyncIterator
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.panels.store import SQL

_AT_ONCE = 2_000  # rows that are read ahead


class GivenAtOnce(msgspec.Struct, frozen=True, kw_only=True):
    """What one of those gave who were asked at once; ``options`` is JSON text, ``model`` the recogniser's label."""

    task_id: int
    worker_id: int
    text: str
    answered_at: datetime
    kind: str
    options: str
    model: int | None


class AnswerPace(msgspec.Struct, frozen=True):
    """How many answers somebody gave, of how many it is known how long they took, and how many were too quick."""

    worker_id: int
    answers: int
    timed: int
    quick: int


async def given_at_once(
    tx: asyncpg.Connection, cell: int, queue_id: int, since: datetime
) -> AsyncIterator[GivenAtOnce]:
    """Yield what those gave who were asked at once, task by task, an answer at a time; in a transaction.

    Only where three at least were asked, and neither gold nor a reviewer said what is right.
    """
    async for row in tx.cursor(SQL.given_at_once, cell, queue_id, since, prefetch=_AT_ONCE):
        yield read(GivenAtOnce, [row])[0]


async def paces(db: asyncpg.Connection, cell: int, queue_id: int, since: datetime, quick_ms: int) -> list[AnswerPace]:
    """Return how quick people of a queue are, who gave most first; ``quick_ms``: below it is too quick."""
    return read(AnswerPace, await db.fetch(SQL.paces, cell, queue_id, since, quick_ms))
