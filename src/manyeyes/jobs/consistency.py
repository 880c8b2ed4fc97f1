"""What tasks, results and refunds say of jobs, to be compared with what jobs counted → plain figures by job."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.rows import read
from manyeyes.jobs.store import SQL


class ResultTally(msgspec.Struct, frozen=True, kw_only=True):
    """How many items of a job ended in which way, and what they were charged."""

    job_id: int
    solved: int = 0
    unsolvable: int = 0
    unanswered: int = 0
    failed: int = 0
    cancelled: int = 0
    charged_micros: int = 0


async def result_tallies(db: asyncpg.Connection, cell: int, job_ids: Sequence[int] | None) -> dict[int, ResultTally]:
    """Return how the ended items of these jobs ended, by their results; None: of all."""
    rows = read(ResultTally, await db.fetch(SQL.result_tallies, cell, job_ids, timeout=PROOF_SECONDS))
    return {tally.job_id: tally for tally in rows}


async def item_tallies(db: asyncpg.Connection, cell: int, job_ids: Sequence[int] | None) -> dict[int, int]:
    """Return how many items these jobs have, by their tasks; None: all."""
    return dict(await db.fetch(SQL.item_tallies, cell, job_ids, timeout=PROOF_SECONDS))


async def refund_tallies(db: asyncpg.Connection, cell: int, job_ids: Sequence[int] | None) -> dict[int, int]:
    """Return the micros that were given back of tasks of these jobs; None: of all."""
    return dict(await db.fetch(SQL.refund_tallies, cell, job_ids, timeout=PROOF_SECONDS))


async def refunded_since(db: asyncpg.Connection, cell: int, since: datetime) -> set[int]:
    """Return the jobs of whose tasks something was given back since an instant."""
    return {row["job_id"] for row in await db.fetch(SQL.refunded_since, cell, since, timeout=PROOF_SECONDS)}


async def ends_without_hold(db: asyncpg.Connection, cell: int, since: datetime) -> list[int]:
    """Return items that were answered since an instant though nothing was held for them: always empty."""
    return [row["task_id"] for row in await db.fetch(SQL.ends_without_hold, cell, since, timeout=PROOF_SECONDS)]
