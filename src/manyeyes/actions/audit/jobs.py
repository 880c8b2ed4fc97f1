"""Prove that what jobs counted is what their tasks, results, holds and refunds say, in the snapshot of the books."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.dispatch import job_work
from manyeyes.dispatch.job_work import HeldByJob
from manyeyes.jobs import consistency
from manyeyes.jobs import store as jobs
from manyeyes.jobs.consistency import ResultTally
from manyeyes.jobs.rules import Job, JobState


class JobBooks(msgspec.Struct, frozen=True):
    """``difference``: how much is wrong, counts and micros together. ``findings``: where, one sentence each."""

    difference: int
    findings: list[str]


class _Told(msgspec.Struct, frozen=True):
    """What everything but the jobs says of them, by job."""

    items: Mapping[int, int]
    open: Mapping[int, HeldByJob]
    results: Mapping[int, ResultTally]
    refunds: Mapping[int, int]


async def read_job_books(db: asyncpg.Connection, cell: int, since: datetime, *, is_whole: bool) -> JobBooks:
    """Return where jobs that live, or ended or gave something back since an instant, differ from what they should.

    ``is_whole``: all of them.

    Counts and charges are those of their results, ``open`` and ``held`` those of their work, ``items`` their lines; no
    item was answered without a hold; what has ended has nothing left.
    """
    found = await jobs.all_jobs(db, cell)
    if not is_whole:
        refunded = await consistency.refunded_since(db, cell, since)
        found = [j for j in found if j.ended_at is None or j.ended_at >= since or j.job_id in refunded]
    ids = None if is_whole else [job.job_id for job in found]
    told = _Told(
        await consistency.item_tallies(db, cell, ids),
        {each.job_id: each for each in await job_work.held_by_jobs(db, cell)},
        await consistency.result_tallies(db, cell, ids),
        await consistency.refund_tallies(db, cell, ids),
    )
    gaps = [(job.job_id, what, gap) for job in found for what, gap in _gaps(job, told) if gap]
    unknown = sorted((told.open.keys() | told.results.keys()) - {job.job_id for job in found})
    wrong = [
        *(f"there is no job {job_id}, but it has tasks" for job_id in unknown),
        *(f"task {task} was answered without a hold" for task in await consistency.ends_without_hold(db, cell, since)),
        *(f"job {job.job_id} has ended and has lines left" for job in found if job.is_over and job.held_back),
        *(f"job {job.job_id} is {job.state.name.lower()} and has not ended" for job in found if _is_undead(job)),
    ]
    findings = [f"{what} of job {job_id} is off by {gap}" for job_id, what, gap in gaps]
    return JobBooks(sum(abs(gap) for _, _, gap in gaps) + len(wrong), [*findings, *wrong])


def _gaps(job: Job, told: _Told) -> Iterator[tuple[str, int]]:
    """Yield what a job says of itself less what others say of it."""
    work = told.open.get(job.job_id) or HeldByJob(job.job_id, 0, 0)
    ended = told.results.get(job.job_id) or ResultTally(job_id=job.job_id)
    yield "items", job.items - told.items.get(job.job_id, 0)
    yield "open", job.open - work.tasks
    yield "held", job.held_micros - work.held_micros
    for name in ("solved", "unsolvable", "unanswered", "failed", "cancelled"):
        yield name, getattr(job, name) - getattr(ended, name)
    yield "charged", job.charged_micros - ended.charged_micros
    yield "refunded", job.refunded_micros - told.refunds.get(job.job_id, 0)


def _is_undead(job: Job) -> bool:
    """Tell whether a job should have ended: it is finished, or nothing of it is left to do."""
    is_done = job.state is not JobState.DRAFT and not job.open and not job.held_back
    return not job.is_over and (is_done or job.state is JobState.FINISHED)
