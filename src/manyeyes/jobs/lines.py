"""Named queries of a job's items on their way into its queue → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.jobs.store import SQL


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a job; ``options`` is JSON text. ``media`` is empty while its picture lies at ``picture_url``."""

    task_id: int
    job_id: int
    line: int
    account_id: int
    queue_id: int
    kind: str
    options: str
    media: str
    soft_id: int
    ip: str
    callback_url: str
    question_id: int
    picture_url: str
    created_at: datetime
    marks: int = 0


async def next_lines(db: asyncpg.Connection, cell: int, job_id: int, after: int, limit: int) -> list[Line]:
    """Return the lines of a job behind one that have not ended, in their order, at most ``limit``."""
    return read(Line, await db.fetch(SQL.next_lines, cell, job_id, after, limit))


async def lines(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Line]:
    """Return items that have not ended, by their tasks."""
    return {line.task_id: line for line in read(Line, await tx.fetch(SQL.lines, cell, task_ids))}


class Between(msgspec.Struct, frozen=True):
    """Lines of a job that lie behind one and before another one, at most ``limit`` of them."""

    after: int
    before: int
    limit: int


async def end_lines(
    tx: asyncpg.Connection, now: datetime, cell: int, job_id: int, ending: int, bounds: Between
) -> tuple[int, int]:
    """End lines of a job that never entered in this way (tasks/rules.py: Ending); return how many, and the last one.

    (0, ``after``) when none is left.
    The job's row is locked: nobody lets lines enter meanwhile.
    """
    rows = await tx.fetch(SQL.end_lines, cell, now, job_id, bounds.after, ending, bounds.before, bounds.limit)
    ended = [row["task_id"] for row in rows]
    return len(ended), int(await tx.fetchval(SQL.last_line, cell, ended)) if ended else bounds.after


async def set_media(tx: asyncpg.Connection, cell: int, fetched: Sequence[tuple[int, str]]) -> None:
    """Keep what fetched pictures are: (task, media) each."""
    if fetched:
        await tx.execute(SQL.set_media, cell, *zip(*fetched, strict=True))
