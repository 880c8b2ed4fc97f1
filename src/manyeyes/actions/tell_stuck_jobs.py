"""Tell customers of jobs that nobody works on: their tasks wait, and nothing has changed for an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.job_progress import tell
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import JOB_STUCK, STUCK_SECONDS

LARGEST_SWEEP = 500


class TellStuckJobs(msgspec.Struct, frozen=True):
    cell: int


async def tell_stuck_jobs(tx: asyncpg.Connection, now: datetime, commands: Sequence[TellStuckJobs]) -> list[int]:
    """Return how many jobs are stuck by now that were not told of before."""
    cell = commands[0].cell
    news = await jobs.take_stuck(tx, now, cell, now - timedelta(seconds=STUCK_SECONDS), LARGEST_SWEEP)
    await tell(tx, now, cell, [(job, JOB_STUCK) for job in news])
    return [len(news) for _ in commands]
