"""Take the next lines of jobs: for one process, while it fetches their pictures."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.jobs import lines as job_lines
from manyeyes.jobs import store as jobs
from manyeyes.jobs.lines import Line
from manyeyes.jobs.rules import CLAIM_SECONDS, OPEN_AT_ONCE, Job, may_be_fed


class ClaimJob(msgspec.Struct, frozen=True):
    """``limit``: at most so many lines."""

    cell: int
    job_id: int
    limit: int


class ClaimedJob(msgspec.Struct, frozen=True):
    """A job that is this process's until its claim is over, ``job.claim`` being its number; its next lines."""

    job: Job
    lines: tuple[Line, ...]


async def claim_jobs(tx: asyncpg.Connection, now: datetime, commands: Sequence[ClaimJob]) -> list[ClaimedJob | None]:
    """Return each job with the next lines that may enter; None for one that is somebody else's, or rests, or is full.

    A claim that is not used in time is free again: whoever had it died. Its number fences them off.
    """
    # 1. Load: the jobs, locked.
    cell = commands[0].cell
    found = await jobs.lock_jobs(tx, cell, sorted({c.job_id for c in commands}))
    # 2. Decide: the first who asks has a job.
    outcomes: list[ClaimedJob | None] = []
    for command in commands:
        job = found.get(command.job_id)
        if job is None or not may_be_fed(job, now):
            outcomes.append(None)
            continue
        until = now + timedelta(seconds=CLAIM_SECONDS)
        job = msgspec.structs.replace(job, claim=job.claim + 1, claimed_until=until)
        limit = min(command.limit, OPEN_AT_ONCE - job.open)
        lines = await job_lines.next_lines(tx, cell, job.job_id, job.entered, limit)
        found[command.job_id] = job
        outcomes.append(ClaimedJob(job, tuple(lines)))
    # 3. Save the claims.
    await jobs.save_jobs(tx, cell, [outcome.job for outcome in outcomes if outcome])
    return outcomes
