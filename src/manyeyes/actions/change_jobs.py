"""Change jobs: their names and bounds; start, pause, go on, cancel."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.actions.shared.job_progress import job_news, tell
from manyeyes.actions.shared.repeated_calls import open_calls
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import JOB_FINISHED, Job, JobChange, JobState, JobVerb, changed
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal

# What of a job is the customer's to change; the rest follows from its tasks.
TOLD = ("state", "name", "deadline", "budget_micros", "price_at_most_micros", "callback_url", "terms")


class ChangeJob(msgspec.Struct, frozen=True, kw_only=True):
    """``price_micros``: of an answer in its queue, now; a start is refused when a task would cost more than its bound.

    ``key``: how the caller names the call, which then changes something once; None when they do not.
    """

    cell: int
    job_id: int
    account_id: int
    change: JobChange
    price_micros: int
    key: CallKey | None = None
    actor: Actor = BY_ITSELF


async def change_jobs(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeJob]) -> list[Job | Refusal]:
    """Return each job as it then is, or why it cannot be so.

    Refusals: KEY_REUSED, UNKNOWN_JOB (of another account too), JOB_ENDED, JOB_EMPTY, UPLOAD_OPEN, JOB_NOT_STARTED,
    PRICE_TOO_HIGH, TASK_PROPERTIES. What tasks wait, rest or go back follows from the state (`settle_jobs`): a
    change is one row.
    """
    # 1. Load: the calls' keys; the jobs, locked; of those that may start, whether a file is half there.
    cell, ids = commands[0].cell, sorted({c.job_id for c in commands})
    calls = await open_calls(tx, now, cell, [(c.account_id, c.key, c.job_id) for c in commands])
    found = await jobs.lock_jobs(tx, cell, ids)
    open_files = {upload.job_id for upload in await jobs.uploads(tx, cell, ids) if not upload.complete}
    # 2. Decide: each change finds what those before it left.
    before, entries = dict(found), []
    outcomes: list[Job | Refusal] = []
    for c in commands:
        job = found.get(c.job_id)
        called = calls.before(c.account_id, c.key)
        if called is None:
            outcome = _decide(c, job, now, has_open_file=c.job_id in open_files)
        else:
            outcome = found[called] if isinstance(called, int) else called
        if isinstance(outcome, Job) and job is not None and called is None:
            sides = {n: getattr(job, n) for n in TOLD}, {n: getattr(outcome, n) for n in TOLD}
            entries.append(change_of(c.actor, Deed.JOB_SET, f"job:{c.job_id}", *sides))
            found[c.job_id] = outcome
            calls.keep(c.account_id, c.key, c.job_id)
        outcomes.append(outcome)
    # 3. Save what is not as it was; one of which nothing is left to do ends here, and its customer is told.
    moved = [job for job_id, job in sorted(found.items()) if job != before[job_id]]
    await jobs.save_jobs(tx, cell, moved)
    over = [job for job in moved if job.is_over and not before[job.job_id].is_over]
    await tell(tx, now, cell, [(job_news(job), JOB_FINISHED) for job in over])
    await calls.save(tx, cell)
    await trail.record(tx, now, cell, entries)
    return outcomes


def _decide(command: ChangeJob, job: Job | None, now: datetime, *, has_open_file: bool) -> Job | Refusal:
    if job is None or job.account_id != command.account_id:
        return Refusal(Reason.UNKNOWN_JOB, f"there is no job {command.job_id}")
    if has_open_file and command.change.verb is JobVerb.START and job.state is JobState.DRAFT:
        return Refusal(Reason.UPLOAD_OPEN, "a file is only half there; send the rest of it, or drop it")
    return changed(job, command.change, now, command.price_micros)
