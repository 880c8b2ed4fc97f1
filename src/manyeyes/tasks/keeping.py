"""Named queries of what is kept of ended tasks, and for how long → frozen values (docs/decisions/0050)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.tasks.store import SQL


class KeepOver(msgspec.Struct, frozen=True):
    """An account of which tasks that ended in ``[forgotten_until, before)`` are past its keep."""

    account_id: int
    forgotten_until: datetime
    before: datetime


class PastTask(msgspec.Struct, frozen=True):
    """A task that ended so long ago that it may be forgotten."""

    task_id: int
    ended_at: datetime


async def keeps_over(
    tx: asyncpg.Connection, now: datetime, cell: int, at_latest: datetime, limit: int
) -> list[KeepOver]:
    """Return accounts of which something is to be forgotten, locked; what ended from ``at_latest`` on never is."""
    return read(KeepOver, await tx.fetch(SQL.keeps_over, cell, now, at_latest, limit))


async def ended_between(tx: asyncpg.Connection, cell: int, over: KeepOver, limit: int) -> list[PastTask]:
    """Return the oldest ``limit`` tasks that are past the keep, and all that ended in the last one's instant."""
    rows = await tx.fetch(SQL.ended_between, cell, over.account_id, over.forgotten_until, over.before, limit)
    return read(PastTask, rows)


async def set_forgotten(tx: asyncpg.Connection, cell: int, until: Mapping[int, datetime]) -> None:
    """Remember until when each account's tasks were looked through; the accounts are locked."""
    if until:
        await tx.execute(SQL.set_forgotten, cell, list(until), list(until.values()))


async def take_kept_longer(tx: asyncpg.Connection, now: datetime, cell: int, limit: int) -> list[int]:
    """Return tasks that were kept longer and are to be looked at again; they are in no list any more."""
    return [row["task_id"] for row in await tx.fetch(SQL.take_kept_longer, cell, now, limit)]


async def keep_longer(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int], look_at: datetime) -> None:
    """Keep the tasks until they are looked at again."""
    if task_ids:
        await tx.execute(SQL.keep_longer, cell, task_ids, look_at)


async def forget(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Forget answers, right answers, pictures and words of ended tasks; all figures about them stay."""
    if not task_ids:
        return
    pictures: defaultdict[date, list[int]] = defaultdict(list)
    for row in await tx.fetch(SQL.forget_answers, cell, task_ids):
        if row["media"]:
            pictures[row["day"]].append(row["task_id"])
    await tx.execute(SQL.forget_words, cell, task_ids)
    await tx.execute(SQL.delete_truths, cell, task_ids)
    for day, ids in sorted(pictures.items()):
        await tx.execute(SQL.delete_blobs, cell, day, ids)
