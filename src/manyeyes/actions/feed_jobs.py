"""Let lines of jobs enter their queues: in their order, as far as budget, balance and queue allow (decision 0046)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

import asyncpg
import msgspec

from manyeyes.actions.shared.job_progress import job_news, tell
from manyeyes.actions.shared.task_admission import NewTask, Purses, enter, open_purses, save_work
from manyeyes.dispatch.store import Entering
from manyeyes.jobs import lines as job_lines
from manyeyes.jobs import store as jobs
from manyeyes.jobs.lines import Line
from manyeyes.jobs.rules import (
    CLAIM_SECONDS,
    JOB_FINISHED,
    JOB_STUCK,
    STUCK_FOR,
    Job,
    JobState,
    LineRoom,
    WaitsFor,
    closed,
    is_ending,
    life,
    queue_room,
    room,
)
from manyeyes.jobs.store import JobNews
from manyeyes.skills.gold_items import admit_gold
from manyeyes.tasks import store as tasks
from manyeyes.tasks.pictures import Picture
from manyeyes.tasks.rules import Contract, Ending, ImageOptions, QueueTerms
from manyeyes.tasks.store import TaskResult
from manyeyes.values.refusals import Refusal


class FedLine(msgspec.Struct, frozen=True):
    """A line whose turn came. ``picture``: as it was fetched, None when it came with the file; ``fault``: why it cannot
    be had, which ends the line."""

    task_id: int
    picture: Picture | None = None
    fault: str = ""


class FeedJob(msgspec.Struct, frozen=True, kw_only=True):
    """The next lines of a claimed job, in their order; ``queue``: its terms as they are now, which its tasks keep.

    ``life_seconds``: how long a task of the queue waits, unless the job says otherwise. ``is_late``: pictures of lines
    behind these could not be had yet. ``goes_on``: more is to come under this claim; without lines that is all that is
    said. Without both it is only seen what the next line waits for.
    """

    cell: int
    job_id: int
    account_id: int
    claim: int
    queue: QueueTerms
    life_seconds: int
    lines: tuple[FedLine, ...]
    is_late: bool = False
    goes_on: bool = False

    @property
    def only_goes_on(self) -> bool:
        """Tell whether nothing is said but that the claim is still used: pictures take their time."""
        return self.goes_on and not self.lines and not self.is_late


class FedJob(msgspec.Struct, frozen=True):
    """How many lines entered the queue, and what the next one waits for; ``is_ours``: the claim was good until now."""

    queue_id: int
    entered: int
    is_ours: bool
    waits_for: WaitsFor = WaitsFor.NOTHING


class _Books(msgspec.Struct, kw_only=True):
    """What the batch's decisions move, and what they leave to be saved."""

    jobs: dict[int, Job]
    lines: dict[int, Line]
    purses: Purses
    entering: list[Entering] = []
    ended: list[tuple[Job, Line, str]] = []
    fetched: list[tuple[Line, Picture]] = []
    news: list[tuple[JobNews, str]] = []


async def feed_jobs(tx: asyncpg.Connection, now: datetime, commands: Sequence[FeedJob]) -> list[FedJob]:
    """Let the lines enter one by one until something is used up; what keeps the next one out is the job's `waits_for`.

    A line that entered or ended before is passed over, so a repeated command does nothing twice; so is another job's,
    which is another customer's money. A job whose last lines end here is finished.
    """
    # 1. Load: balances and depths, then the jobs, the last of all that is locked; the lines.
    cell = commands[0].cell
    purses = await open_purses(tx, cell, [c.account_id for c in commands], [c.queue for c in commands])
    before = await jobs.lock_jobs(tx, cell, sorted({c.job_id for c in commands}))
    lines = await job_lines.lines(tx, cell, [line.task_id for c in commands for line in c.lines])
    books = _Books(jobs=dict(before), lines=lines, purses=purses)
    # 2. Decide.
    outcomes = [_feed(command, books, now) for command in commands]
    # 3. Save: pictures, queue entries with their holds, ends, and the jobs with whom they are told.
    await _save_pictures(tx, cell, books.fetched)
    await save_work(tx, now, cell, books.entering, purses)
    await admit_gold(tx, now, cell, [row.task_id for row in books.entering])
    await tasks.insert_results(tx, now, cell, [_ended(*each) for each in books.ended])
    changed = [job for job_id, job in sorted(books.jobs.items()) if job != before[job_id]]
    await jobs.save_jobs(tx, cell, changed)
    await tell(tx, now, cell, books.news)
    return outcomes


def _feed(command: FeedJob, books: _Books, now: datetime) -> FedJob:
    job = books.jobs.get(command.job_id)
    if job is None or job.claim != command.claim or job.state is not JobState.RUNNING or is_ending(job, now):
        return FedJob(command.queue.queue_id, 0, False)
    waits_for = WaitsFor.PICTURES if command.is_late else WaitsFor.NOTHING
    entered = len(books.entering)
    for fed in command.lines:
        line = books.lines.get(fed.task_id)
        if line is None or line.job_id != job.job_id or line.line <= job.entered:
            continue
        if fed.fault:
            books.ended.append((job, line, fed.fault))
            job = msgspec.structs.replace(job, entered=line.line, failed=job.failed + 1)
            continue
        found = _room(command, job, books.purses)
        if not found.lines:
            waits_for = found.waits_for
            break
        job = _enter(command, job, line, fed.picture, books, now)
    if command.only_goes_on:
        waits_for = job.waits_for
    elif not command.lines:
        waits_for = _room(command, job, books.purses).waits_for or waits_for
    waits_for = waits_for if job.held_back else WaitsFor.NOTHING
    moved = job != books.jobs[command.job_id] or waits_for != job.waits_for
    is_kept = command.goes_on and waits_for in _COMING
    if command.only_goes_on:
        is_kept = job.claimed_until is not None  # else it was given back meanwhile
    job = msgspec.structs.replace(
        job,
        waits_for=waits_for,
        claimed_until=now + timedelta(seconds=CLAIM_SECONDS) if is_kept else None,
        changed_at=now if moved else job.changed_at,
    )
    job = closed(job, now)
    books.news += [(job_news(job), event) for event in _events(books.jobs[command.job_id], job)]
    books.jobs[command.job_id] = job
    return FedJob(command.queue.queue_id, len(books.entering) - entered, True, waits_for)


def _room(command: FeedJob, job: Job, purses: Purses) -> LineRoom:
    """Return whether one line more may enter; a suspended account waits as one without money."""
    if isinstance(purses.holder(command.account_id), Refusal):
        return LineRoom(0, WaitsFor.BALANCE)
    queue = command.queue
    return room(
        job,
        price_micros=queue.price_micros,
        available_micros=purses.balances[command.account_id],
        queue_room=queue_room(queue.capacity, purses.depths[queue.queue_id].waiting),
        wanted=1,
    )


def _enter(command: FeedJob, job: Job, line: Line, picture: Picture | None, books: _Books, now: datetime) -> Job:
    terms, price = books.purses.terms[command.account_id], command.queue.price_micros
    new = NewTask(
        task_id=line.task_id,
        account_id=line.account_id,
        queue=command.queue,
        options=ImageOptions(),
        picture=picture,
        life_seconds=life(job, command.life_seconds, now),
        kind=line.kind,
        soft_id=line.soft_id,
        ip=line.ip,
        callback_url=line.callback_url,
        base_url=job.base_url if line.callback_url else "",
        contract=Contract.OWN,
        question_id=line.question_id,
        terms=job.people(price),
        marks=line.marks,
    )
    row = enter(books.purses, terms, new, price)
    media = picture.media if picture else line.media
    books.entering.append(
        msgspec.structs.replace(row, options=line.options, media=media, job_id=job.job_id, created_at=line.created_at)
    )
    if picture:
        books.fetched.append((line, picture))
    return msgspec.structs.replace(
        job, entered=line.line, open=job.open + 1, held_micros=job.held_micros + row.held_micros
    )


async def _save_pictures(tx: asyncpg.Connection, cell: int, fetched: Sequence[tuple[Line, Picture]]) -> None:
    """Store fetched pictures under the day of their task, as if they had come with it."""
    if not fetched:
        return
    by_day = sorted(fetched, key=lambda one: _day(one[0]))
    for day, some in groupby(by_day, key=lambda one: _day(one[0])):
        await tasks.insert_blobs(tx, cell, day, [(line.task_id, p.media, p.data) for line, p in some])
    await job_lines.set_media(tx, cell, [(line.task_id, picture.media) for line, picture in fetched])


def _day(line: Line) -> date:
    return line.created_at.date()


def _ended(job: Job, line: Line, why: str) -> TaskResult:
    return TaskResult(
        task_id=line.task_id,
        account_id=line.account_id,
        queue_id=line.queue_id,
        soft_id=line.soft_id,
        ip=line.ip,
        created_at=line.created_at,
        ending=Ending.NO_PICTURE,
        text="",
        media="",
        worker_id=0,
        lease=0,
        solve_count=0,
        charged_micros=0,
        pay_micros=0,
        share_micros=0,
        job_id=job.job_id,
        why=why,
    )


def _events(before: Job, job: Job) -> list[str]:
    """Return what a customer is told: that the job has ended, or begins to wait for what they must look after."""
    if job.ended_at is not None and before.ended_at is None:
        return [JOB_FINISHED]
    return [JOB_STUCK] if job.waits_for in STUCK_FOR and before.waits_for not in STUCK_FOR else []


_COMING = (WaitsFor.NOTHING, WaitsFor.PICTURES)
