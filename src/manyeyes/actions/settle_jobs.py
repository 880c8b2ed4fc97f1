"""Put tasks of jobs where the jobs' states want them: resting, waiting again, or ended (docs/decisions/0046).

What a customer asks for is one row (`change_jobs`). This follows it in portions, and is repeated until nothing is left.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.actions.shared.job_progress import job_news, tell
from manyeyes.actions.shared.panel_ends import ClosedSeat, end_works, seats_of
from manyeyes.actions.shared.task_endings import EndedWork
from manyeyes.actions.shared.worker_desks import load_desks
from manyeyes.dispatch import job_work
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import TURN_UNIT, WorkState
from manyeyes.dispatch.store import Returning, Work
from manyeyes.jobs import lines as job_lines
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import JOB_FINISHED, Job, JobState, closed, is_ending, life
from manyeyes.panels.rules import SeatEnd
from manyeyes.tasks.rules import Ending
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange

LARGEST_PORTION = 500  # of tasks
LARGEST_LINES = 5_000  # that never entered: no money moves
_BEHIND_ALL = 2**31 - 1
_SEAT_ENDS = {Ending.CANCELLED: SeatEnd.CANCELLED, Ending.UNANSWERED: SeatEnd.OVERDUE}


class SettleJob(msgspec.Struct, frozen=True):
    """``life_seconds``: how long a task of its queue waits, unless the job says otherwise."""

    cell: int
    job_id: int
    life_seconds: int


class SettledJobs(msgspec.Struct, frozen=True):
    """What the batch did, for all who asked: queues in which tasks wait again; ``again``: more may be left."""

    queue_ids: frozenset[int]
    again: bool


async def settle_jobs(tx: asyncpg.Connection, now: datetime, commands: Sequence[SettleJob]) -> list[SettledJobs]:
    """Return what was done. Of a paused job what nobody has seen rests, of a running one what rests waits again; of one
    that is cancelled or whose deadline is over all that nobody is looking at ends, free of charge.
    """
    # 1. Load: the jobs, unlocked: what they become meanwhile is seen to by the next look.
    cell, lives = commands[0].cell, {c.job_id: c.life_seconds for c in commands}
    found = await jobs.jobs(tx, cell, sorted(lives))
    asked = [found[job_id] for job_id in lives if job_id in found]
    live = [job for job in asked if job.state is not JobState.DRAFT and not job.is_over]
    ending = [job for job in live if is_ending(job, now)]
    going = [job for job in live if not is_ending(job, now)]
    resting = [job.job_id for job in going if job.state is JobState.PAUSED]
    waking = {j.job_id: life(j, lives[j.job_id], now) for j in going if j.state is JobState.RUNNING}
    # 2. Save: what nobody has seen comes back from desks; then tasks rest, wait again or end.
    await _take_back(tx, now, cell, [*resting, *(job.job_id for job in ending)])
    rested = await job_work.let_rest(tx, cell, resting, LARGEST_PORTION) if resting else 0
    woken, queue_ids = await job_work.let_wait(tx, now, cell, waking, LARGEST_PORTION) if waking else (0, set())
    idle = await _end_idle(tx, now, cell, ending)
    lines = await _end_lines(tx, now, cell, ending)
    again = max(rested, woken, idle) == LARGEST_PORTION or lines == LARGEST_LINES
    return [SettledJobs(frozenset(queue_ids), again) for _ in commands]


async def _take_back(tx: asyncpg.Connection, now: datetime, cell: int, job_ids: Sequence[int]) -> None:
    """Put what lies on desks unseen back into the queues; what somebody looks at is theirs to finish."""
    holders = await job_work.holders(tx, cell, job_ids) if job_ids else []
    if not holders:
        return
    desks = await load_desks(tx, cell, holders)
    back = [work for work in desks.works() if work.job_id in job_ids and work.state is WorkState.QUEUED]
    await dispatch.put_back(tx, cell, [Returning(work.task_id, work.failures) for work in back])
    counts = Counter(work.worker_id for work in back)
    await workers.change_desks(tx, now, cell, {w: SessionChange(held=-n) for w, n in sorted(counts.items())})


async def _end_idle(tx: asyncpg.Connection, now: datetime, cell: int, ending: Sequence[Job]) -> int:
    """End what waits or rests of jobs that end, and lock these, the last of all; return how many tasks."""
    if not ending:
        return 0
    works = await job_work.lock_idle(tx, cell, [job.job_id for job in ending], LARGEST_PORTION)
    own, seats = seats_of(works)
    how = {job.job_id: _ending_of(job) for job in ending}
    own.sort(key=lambda work: (list(how).index(work.job_id), work.task_id))
    ended = [EndedWork(work, how[work.job_id]) for work in own]
    closed_seats = [ClosedSeat(work, _SEAT_ENDS[how[work.job_id]]) for work in seats]
    await end_works(tx, now, cell, ended, closed_seats, job_ids=list(how))
    await _turn_back(tx, cell, works)
    return len(works)


async def _end_lines(tx: asyncpg.Connection, now: datetime, cell: int, ending: Sequence[Job]) -> int:
    """End lines that never entered, of jobs that are locked; return the largest number of them of one job."""
    wanted = [job.job_id for job in ending if job.held_back]
    if not wanted:
        return 0
    held = await jobs.lock_jobs(tx, cell, wanted)
    half = {upload.job_id: upload.first_line for upload in await jobs.uploads(tx, cell, wanted) if not upload.complete}
    changed: list[Job] = []
    most = 0
    for job in (held[job_id] for job_id in wanted if job_id in held):
        if job.is_over or not is_ending(job, now):
            continue
        bounds = job_lines.Between(job.entered, half.get(job.job_id, _BEHIND_ALL), LARGEST_LINES)
        count, last = await job_lines.end_lines(tx, now, cell, job.job_id, _ending_of(job), bounds)
        most = max(most, count)
        changed.append(closed(_counted(job, count, last, now), now))
    await jobs.save_jobs(tx, cell, changed)
    await tell(tx, now, cell, [(job_news(job), JOB_FINISHED) for job in changed if job.is_over])
    return most


def _ending_of(job: Job) -> Ending:
    return Ending.CANCELLED if job.state is JobState.CANCELLED else Ending.UNANSWERED


def _counted(job: Job, count: int, last: int, now: datetime) -> Job:
    values = {"cancelled": job.cancelled + count} if job.state is JobState.CANCELLED else {}
    values = values or {"unanswered": job.unanswered + count}
    return msgspec.structs.replace(job, entered=last, changed_at=now, **values)


async def _turn_back(tx: asyncpg.Connection, cell: int, ended: Sequence[Work]) -> None:
    """Give back the turns of tasks that nobody took."""
    if not ended:
        return
    terms: Mapping[int, accounts.Terms] = await accounts.terms(tx, cell, sorted({work.account_id for work in ended}))
    counts = Counter((work.account_id, work.queue_id) for work in ended)
    await dispatch.turn_back(tx, cell, {key: n * (TURN_UNIT // terms[key[0]].weight) for key, n in counts.items()})
