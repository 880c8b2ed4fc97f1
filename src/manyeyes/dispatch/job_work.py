"""Named queries of the open tasks of jobs, which rest, wait and end with them → frozen values."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.rows import read
from manyeyes.dispatch.store import SQL, Work


class OpenStates(msgspec.Struct, frozen=True):
    """Whether a job has tasks that wait, rest, or lie on desks unseen."""

    job_id: int
    waiting: bool = False
    resting: bool = False
    queued: bool = False

    @property
    def is_idle(self) -> bool:
        """Tell whether any task is there that nobody has seen."""
        return self.waiting or self.resting or self.queued


class HeldByJob(msgspec.Struct, frozen=True):
    """How many tasks of a job are open, and what is held for them."""

    job_id: int
    tasks: int
    held_micros: int


async def states(db: asyncpg.Connection, cell: int, job_ids: Sequence[int]) -> dict[int, OpenStates]:
    """Return what of each of the jobs is open."""
    return {each.job_id: each for each in read(OpenStates, await db.fetch(SQL.job_states, cell, job_ids))}


async def holders(tx: asyncpg.Connection, cell: int, job_ids: Sequence[int]) -> list[int]:
    """Return on whose desks tasks of the jobs lie unseen."""
    return [row["worker_id"] for row in await tx.fetch(SQL.job_holders, cell, job_ids)]


async def let_rest(tx: asyncpg.Connection, cell: int, job_ids: Sequence[int], limit: int) -> int:
    """Let waiting tasks of the jobs rest; return how many, at most ``limit``."""
    return len(await tx.fetch(SQL.let_rest, cell, job_ids, limit))


async def let_wait(
    tx: asyncpg.Connection, now: datetime, cell: int, lives: Mapping[int, int], limit: int
) -> tuple[int, set[int]]:
    """Let resting tasks of jobs wait again, for so many seconds by job; return how many, and in which queues."""
    rows = await tx.fetch(SQL.let_wait, cell, now, list(lives), list(lives.values()), limit)
    return len(rows), {row["queue_id"] for row in rows}


async def lock_idle(tx: asyncpg.Connection, cell: int, job_ids: Sequence[int], limit: int) -> list[Work]:
    """Return up to ``limit`` tasks of the jobs that wait or rest, locked; rows that are locked are left."""
    return read(Work, await tx.fetch(SQL.lock_idle, cell, job_ids, limit))


async def held_by_jobs(db: asyncpg.Connection, cell: int) -> list[HeldByJob]:
    """Return how many tasks of each job are open and what they cost."""
    return read(HeldByJob, await db.fetch(SQL.job_prices, cell, timeout=PROOF_SECONDS))
