"""What several people gave to the same items, for saying how far they agree."""

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.panels.store import SQL

LOTS = 1024  # items are drawn by so many in 1,024


class SeatAnswer(msgspec.Struct, frozen=True):
    """What one person gave to one task, in its kind's one form."""

    task_id: int
    worker_id: int
    text: str


class RecentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The same, with the question: its kind, and its options as JSON text."""

    task_id: int
    worker_id: int
    text: str
    kind: str
    options: str


async def number_of_answers(db: asyncpg.Connection, cell: int, job_id: int) -> int:
    """Return how many answers several people gave to a job's items whose results stand."""
    return int(await db.fetchval(SQL.jobs_answers, cell, job_id))


async def several_answers(
    db: asyncpg.Connection, cell: int, job_id: int, *, after: int, until: int, of_1024: int
) -> list[SeatAnswer]:
    """Return what several people gave on the lines behind ``after`` up to ``until``, of so many in 1,024 by lot."""
    return read(SeatAnswer, await db.fetch(SQL.several_answers, cell, job_id, after, until, of_1024))


async def recent_answers(db: asyncpg.Connection, cell: int, queue_id: int, limit: int) -> list[RecentAnswer]:
    """Return the last ``limit`` answers of several people in a queue; tasks at the edge may be there in part."""
    return read(RecentAnswer, await db.fetch(SQL.recent_answers, cell, queue_id, limit))
