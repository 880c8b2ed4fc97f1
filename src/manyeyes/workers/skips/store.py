"""Named queries of what people passed on, counted by day (docs/decisions/0089)."""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.workers.rules import SkipReason

SQL = Queries(__package__)


class CountedSkip(msgspec.Struct, frozen=True):
    """A skip that nobody takes back any more: whose it is, of which queue's task, and why."""

    worker_id: int
    queue_id: int
    reason: SkipReason


class SkipCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often somebody passed a queue's tasks on for a reason."""

    queue_id: int
    reason: SkipReason
    skips: int


async def count(tx: asyncpg.Connection, now: datetime, cell: int, skips: Sequence[CountedSkip]) -> None:
    """Add skips to their day, which is now; the presences of whose they are are locked."""
    if skips:
        await tx.execute(SQL.count_skips, cell, *columns(skips, "worker_id", "queue_id", "reason"), now)


async def of_worker(db: asyncpg.Connection, cell: int, worker_id: int, since: date) -> list[SkipCount]:
    """Return what somebody passed on from a day in UTC on."""
    return read(SkipCount, await db.fetch(SQL.skips_of, cell, worker_id, since))


async def forget(tx: asyncpg.Connection, cell: int, before: date) -> None:
    """Forget the skips of days before this one."""
    await tx.execute(SQL.forget_skips, cell, before)
