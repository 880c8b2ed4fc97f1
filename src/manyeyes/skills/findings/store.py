"""Named queries of who answers as somebody else does: a night's findings, for the operator (docs/decisions/0066)."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.skills.alike import FoundAlike

SQL = Queries(__package__)
_AT_ONCE = 2_000  # rows that are read ahead


class KnownAlike(FoundAlike, frozen=True, kw_only=True):
    """A finding as it is kept; ``found_at``: when a night found it first, and every one since."""

    queue_id: int
    found_at: datetime


class CheckedGiven(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that gold or a reviewer judged; ``truth`` and ``given`` are keys, ``labels`` 0 where it is typed.

    ``model``: the recogniser's label of a review, None of other tasks.
    """

    task_id: int
    worker_id: int
    truth: str
    given: str
    labels: int
    at: datetime
    kind: str
    model: int | None


async def checked_of_queue(
    tx: asyncpg.Connection, cell: int, queue_id: int, since: datetime
) -> AsyncIterator[CheckedGiven]:
    """Yield what gold and reviewers said of a queue's people, task by task, a piece at a time; in a transaction."""
    async for row in tx.cursor(SQL.checked_of_queue, cell, queue_id, since, prefetch=_AT_ONCE):
        yield read(CheckedGiven, [row])[0]


async def save_alike(
    tx: asyncpg.Connection, now: datetime, cell: int, queue_id: int, found: Sequence[FoundAlike]
) -> None:
    """Keep what this night found of a queue's people in the place of what the last one found."""
    keys = columns(found, "worker_id", "kind", "other_id")
    await tx.execute(SQL.delete_alike, cell, queue_id, *keys)
    if found:
        rows = columns(found, "worker_id", "kind", "other_id", "tasks", "alike", "expected", "first_at")
        await tx.execute(SQL.save_alike, cell, queue_id, now, *rows)


async def alike_in_queue(db: asyncpg.Connection, cell: int, queue_id: int) -> list[KnownAlike]:
    """Return what nights found of a queue's people, the newest first."""
    return read(KnownAlike, await db.fetch(SQL.alike_in_queue, cell, queue_id))


async def alike_of_worker(db: asyncpg.Connection, cell: int, worker_id: int) -> list[KnownAlike]:
    """Return what nights found of somebody, alone or with others."""
    return read(KnownAlike, await db.fetch(SQL.alike_of_worker, cell, worker_id))
