"""Named queries of what is open in a cell, as its operator and customers are told, or take back → values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import SQL, Work


async def answering(db: asyncpg.Connection, cell: int) -> dict[int, int]:
    """Return how many tasks are being answered, by queue; queues without any are left out."""
    return {row["queue_id"]: row["tasks"] for row in await db.fetch(SQL.answering, cell)}


async def oldest_waiting(db: asyncpg.Connection, cell: int) -> datetime | None:
    """Return when the oldest waiting task was submitted; None when none waits."""
    oldest: datetime | None = await db.fetchval(SQL.oldest_waiting, cell)
    return oldest


class OpenWork(msgspec.Struct, frozen=True, kw_only=True):
    """A task that is open, or a seat of one: ``worker_id`` has it (0: nobody), ``tried`` had it before.

    ``lease`` counts how often it was handed out.
    """

    task_id: int
    of_task: int
    state: WorkState
    worker_id: int
    lease: int
    lease_until: datetime | None
    tried: tuple[int, ...]
    entered_at: datetime | None
    desk_since: datetime | None
    expires_at: datetime


async def works_of(db: asyncpg.Connection, cell: int, task_id: int) -> list[OpenWork]:
    """Return what is open of a task; nothing when it has ended."""
    return read(OpenWork, await db.fetch(SQL.works_of, cell, task_id))


async def states(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, tuple[int, WorkState]]:
    """Return (queue_id, state) of those of the tasks that have not ended."""
    rows = await db.fetch(SQL.states, cell, task_ids)
    return {row["task_id"]: (row["queue_id"], WorkState(row["state"])) for row in rows}


async def lock_works(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> list[Work]:
    """Return those of the tasks that have not ended, and open seats of those that take several answers, locked."""
    return read(Work, await tx.fetch(SQL.lock_works, cell, task_ids))
