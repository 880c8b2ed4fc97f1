"""Work that is laid on one person's desk and waits for nobody else: gold and practice; what a number is about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.db.rows import columns
from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import SQL, Work


class Laid(msgspec.Struct, frozen=True, kw_only=True):
    """What is laid on one person's desk and waits for nobody else: gold, practice. ``of_task``: what it is about."""

    task_id: int
    queue_id: int
    worker_id: int
    of_task: int
    purpose: Purpose
    pay_micros: int
    lease_seconds: int
    lease_until: datetime
    kind: str
    options: str
    media: str
    question_id: int


def laid_until(now: datetime, lease_seconds: int, before: Iterable[Work]) -> datetime:
    """Return until when what is laid behind other work may lie there unseen: until all of that has had its time.

    ``before``: what lies on the desk already, each of which may take a whole lease of its own queue's; and then one
    more lease of ``lease_seconds``, so that it is never taken away before it could be seen (docs/decisions/0072).
    """
    return now + timedelta(seconds=lease_seconds + sum(work.lease_seconds for work in before))


async def lay_down(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[Laid]) -> None:
    """Lay what is for single people on their desks, unseen; their presences are locked."""
    found = columns(
        rows,
        *("task_id", "queue_id", "pay_micros", "lease_seconds", "kind", "options", "media", "worker_id"),
        *("lease_until", "question_id", "of_task", "purpose"),
    )
    await tx.execute(SQL.lay_down, cell, now, *found)


async def lie_on(tx: asyncpg.Connection, cell: int, until: Mapping[int, datetime]) -> None:
    """Let what is for single people lie on their desks unseen until then; it is locked."""
    if until:
        await tx.execute(SQL.lie_on, cell, list(until), list(until.values()))


async def mark_unseen(tx: asyncpg.Connection, cell: int, marks: Mapping[int, int]) -> None:
    """Add each queue's marks to what of it lies on desks unseen."""
    await tx.execute(SQL.mark_unseen, cell, list(marks), list(marks.values()))


async def subject(db: asyncpg.Connection, cell: int, number: int) -> tuple[int, datetime] | None:
    """Return the task that work of this number is about, and when it came; None where there is no such work."""
    row = await db.fetchrow(SQL.subject, cell, number)
    return (row["task_id"], row["created_at"]) if row else None
