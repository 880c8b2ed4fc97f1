"""Keeps jobs going: settles what was paused, resumed or cancelled, fetches pictures, lets lines enter their queues.

Every process does it for every cell; a claim gives a job to one of them at a time, and one whose process died is free
again when its claim is over. What is done is done by actions, so a kill at any moment leaves nothing half.
"""

import asyncio
import contextvars
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg
import msgspec
import structlog

from manyeyes.accounts import store as accounts
from manyeyes.actions.claim_jobs import ClaimedJob, ClaimJob, claim_jobs
from manyeyes.actions.feed_jobs import FedJob, FedLine, FeedJob, feed_jobs
from manyeyes.actions.settle_jobs import SettleJob, settle_jobs
from manyeyes.dispatch import job_work
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.dispatch.job_work import OpenStates
from manyeyes.jobs import store as jobs
from manyeyes.jobs.lines import Line
from manyeyes.jobs.rules import CLAIM_SECONDS, Job, LineRoom, WaitsFor, may_be_fed, needs_settling, queue_room, room
from manyeyes.ledger import store as ledger
from manyeyes.runtime.batching import Batcher, read_patiently
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import heard
from manyeyes.tasks.pictures import Picture
from manyeyes.tasks.rules import QueueTerms, life_of
from manyeyes.values.refusals import Refusal

LOOK_SECONDS = 1.0
BUSY_SECONDS = 0.2  # after a look at which lines entered
LINES_AT_ONCE = 200
PICTURES_AT_ONCE = 24  # of one job: half a megabyte each, in memory together
JOBS_FETCHED_AT_ONCE = 8  # by this process: however many jobs there are, no more pictures lie in memory
FETCHES_AT_ONCE = 12  # of this process
TRY_AGAIN_SECONDS = (2.0, 8.0)  # after a fault that may pass; then it counts as one that does not
log = structlog.get_logger()
Fetched = Picture | Refusal
Fetch = Callable[[int, int, str], Awaitable[Fetched]]  # cell, account, address
IsPassing = Callable[[Refusal], bool]


class LiveJobs(msgspec.Struct, frozen=True):
    """The jobs of a cell of which something is left to do, and what of them is open, at one instant.

    ``available``: micros that accounts may spend, 0 for suspended ones; ``waiting``: tasks by queue, as measured.
    """

    now: datetime
    jobs: list[Job]
    states: dict[int, OpenStates]
    available: dict[int, int]
    waiting: dict[int, int]


class JobFeeder:
    """One per process. ``fetch`` (cell, account, address) brings a picture; ``is_passing`` tells which refusals may."""

    def __init__(self, context: Context, fetch: Fetch, is_passing: IsPassing) -> None:
        self._context, self._fetch, self._is_passing = context, fetch, is_passing
        self._batcher: Batcher = context.batcher
        self._job_places, self._places = asyncio.Semaphore(JOBS_FETCHED_AT_ONCE), asyncio.Semaphore(FETCHES_AT_ONCE)
        self._feeding: dict[tuple[int, int], asyncio.Task[int]] = {}

    async def run(self, cell: int) -> None:
        """Look after a cell's jobs until this is cancelled: every second, sooner when a job changed or lines enter."""
        while True:
            pause, bell = LOOK_SECONDS * random.uniform(0.8, 1.2), self._context.job_bell.listen()
            try:
                pause = BUSY_SECONDS if await self.look(cell) else pause
            except Exception as error:
                log.warning("jobs_failed", cell=cell, error=repr(error))
            await heard(bell, pause)

    async def look(self, cell: int) -> int:
        """Settle and feed all jobs of a cell that want it; return how many lines entered.

        What waits for pictures goes on behind this: a slow address holds up no other job.
        """
        live = await read_patiently(self._context.cells.pool(cell), lambda db: _live_jobs(db, cell))
        queues = await self._context.lookups.queues()
        for job in live.jobs:
            states = live.states[job.job_id]
            if needs_settling(job, states.waiting, states.resting, states.queued, now=live.now):
                await self._settle_apart(cell, job)
        fed = () if self._context.disk_room.refusal() else live.jobs  # lines in queues are new work
        for job in fed:
            now_room = _room(job, live, queues[job.queue_id])
            is_told = not now_room.lines and now_room.waits_for == job.waits_for
            if may_be_fed(job, live.now) and not is_told and (cell, job.job_id) not in self._feeding:
                self._begin(cell, job, now_room.lines)
        mine = [task for (where, _), task in self._feeding.items() if where == cell]
        done, _ = await asyncio.wait(mine, timeout=BUSY_SECONDS) if mine else (set(), set())
        return sum(task.result() for task in done if not task.cancelled() and task.exception() is None)

    async def settle(self, cell: int, job: Job) -> None:
        """Bring a job's tasks to where its state wants them, until nothing is left to do."""
        command = SettleJob(cell, job.job_id, await self._life(job))
        while True:
            settled = await self._batcher.ask(settle_jobs, command)
            self._context.dispatcher.wake(cell, settled.queue_ids, became_idle=False)
            if not settled.again:
                return

    async def _settle_apart(self, cell: int, job: Job) -> None:
        """Settle a job; what goes wrong with it is logged, tried again with the next look, and none of the others'."""
        try:
            await self.settle(cell, job)
        except Exception as error:
            log.warning("job_not_settled", cell=cell, job_id=job.job_id, error=repr(error))

    async def stop(self) -> None:
        """Break off what is under way; others go on with it when its claims are over."""
        tasks = list(self._feeding.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, cell: int, job: Job, lines: int) -> None:
        key = (cell, job.job_id)
        task = self._feeding[key] = asyncio.create_task(self._feed(cell, job, lines), context=contextvars.Context())
        task.add_done_callback(lambda done: self._fed(key, done))

    def _fed(self, key: tuple[int, int], task: asyncio.Task[int]) -> None:
        self._feeding.pop(key, None)
        if not task.cancelled() and task.exception() is not None:
            log.warning("job_not_fed", cell=key[0], job_id=key[1], error=repr(task.exception()))

    async def _feed(self, cell: int, job: Job, most: int) -> int:
        """Let the next lines of a job enter, at most so many; return how many did. None: say what it waits for."""
        claimed = await self._batcher.ask(claim_jobs, ClaimJob(cell, job.job_id, min(most, LINES_AT_ONCE)))
        if claimed is None:
            return 0
        if not claimed.lines:
            return (await self._ask(cell, claimed, (), {})).entered
        entered = 0
        for portion in _portions(claimed.lines):
            if any(map(_is_away, portion)):
                async with self._kept(cell, claimed), self._job_places:
                    fed = await self._feed_portion(cell, claimed, portion)
            else:
                fed = await self._feed_portion(cell, claimed, portion)
            entered += fed.entered
            if not fed.is_ours or fed.waits_for:
                break
        return entered

    @asynccontextmanager
    async def _kept(self, cell: int, claimed: ClaimedJob) -> AsyncIterator[None]:
        """Keep the claim while the block lasts: pictures of slow servers take longer than it does.

        Else two processes would take the job from each other again and again, and neither bring a line to its queue.
        """

        async def keep() -> None:
            while True:
                await asyncio.sleep(CLAIM_SECONDS / 3)
                try:
                    await self._ask(cell, claimed, (), {}, goes_on=True)
                except Exception as error:
                    log.warning("claim_not_kept", cell=cell, job_id=claimed.job.job_id, error=repr(error))

        keeping = asyncio.create_task(keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _feed_portion(self, cell: int, claimed: ClaimedJob, lines: Sequence[Line]) -> FedJob:
        """Feed lines in their order, each when its picture is there, or is known to be none."""
        found: dict[int, Fetched] = {}
        goes_on = lines[-1] is not claimed.lines[-1]
        entered = 0
        for pause in (*TRY_AGAIN_SECONDS, None):
            await self._fetch_all(cell, lines, found, is_last_try=pause is None)
            ready = _ready(lines, found)
            is_late = len(ready) < len(lines)
            fed = await self._ask(cell, claimed, ready, found, is_late=is_late, goes_on=goes_on)
            entered += fed.entered
            if pause is None or not is_late or not fed.is_ours or fed.waits_for not in (WaitsFor.PICTURES, ""):
                break
            await asyncio.sleep(pause)
        return msgspec.structs.replace(fed, entered=entered)

    async def _fetch_all(
        self, cell: int, lines: Sequence[Line], found: dict[int, Fetched], *, is_last_try: bool
    ) -> None:
        """Fetch the pictures that are not there; a fault that may pass counts at the last try only."""

        async def fetch(line: Line) -> None:
            async with self._places:
                fetched = await self._fetch(cell, line.account_id, line.picture_url)
            if not isinstance(fetched, Refusal) or is_last_try or not self._is_passing(fetched):
                found[line.task_id] = fetched

        await asyncio.gather(*[fetch(line) for line in lines if _is_away(line) and line.task_id not in found])

    async def _ask(
        self,
        cell: int,
        claimed: ClaimedJob,
        ready: Sequence[Line],
        found: dict[int, Fetched],
        *,
        is_late: bool = False,
        goes_on: bool = False,
    ) -> FedJob:
        queue = await self._queue(claimed.job)
        command = FeedJob(
            cell=cell,
            job_id=claimed.job.job_id,
            account_id=claimed.job.account_id,
            claim=claimed.job.claim,
            queue=queue,
            life_seconds=await self._life(claimed.job),
            lines=tuple(_fed_line(line, found.get(line.task_id)) for line in ready),
            is_late=is_late,
            goes_on=is_late or goes_on,
        )
        fed = await self._batcher.ask(feed_jobs, command)
        if fed.entered:
            self._context.dispatcher.wake(cell, [fed.queue_id], became_idle=False)
        return fed

    async def _queue(self, job: Job) -> QueueTerms:
        return (await self._context.lookups.queues())[job.queue_id]

    async def _life(self, job: Job) -> int:
        """Return how long a task of the job's queue waits when the job says nothing."""
        return life_of(await self._queue(job), self._context.settings.task_life_seconds)


_NO_JOBS = LiveJobs(datetime.min, [], {}, {}, {})  # a house without jobs is asked one thing a second


async def _live_jobs(db: asyncpg.Connection, cell: int) -> LiveJobs:
    found = await jobs.live_jobs(db, cell)
    if not found:
        return _NO_JOBS
    account_ids, queue_ids = sorted({job.account_id for job in found}), sorted({job.queue_id for job in found})
    terms = await accounts.terms(db, cell, account_ids)
    available = await ledger.balances(db, cell, account_ids)
    depths = await queue_depths.depths(db, cell, queue_ids)
    return LiveJobs(
        await db.fetchval("SELECT now()"),
        found,
        await job_work.states(db, cell, [job.job_id for job in found]),
        {each: 0 if terms[each].suspended else micros for each, micros in available.items()},
        {queue_id: waiting for queue_id, (waiting, _) in depths.items()},
    )


def _room(job: Job, live: LiveJobs, queue: QueueTerms) -> LineRoom:
    """Return how many lines may enter as far as can be seen from outside: so many pictures are fetched."""
    return room(
        job,
        price_micros=queue.price_micros,
        available_micros=live.available[job.account_id],
        queue_room=queue_room(queue.capacity, live.waiting.get(job.queue_id, 0)),
        wanted=LINES_AT_ONCE,
    )


def _is_away(line: Line) -> bool:
    return bool(line.picture_url) and not line.media


def _portions(lines: Sequence[Line]) -> list[Sequence[Line]]:
    """Return lines in portions, small ones where pictures have to be fetched: they lie in memory together."""
    size = PICTURES_AT_ONCE if any(map(_is_away, lines)) else len(lines)
    return [lines[at : at + size] for at in range(0, len(lines), max(1, size))]


def _ready(lines: Sequence[Line], found: dict[int, Fetched]) -> list[Line]:
    """Return the lines before the first one whose picture is not there yet."""
    ready: list[Line] = []
    for line in lines:
        if _is_away(line) and line.task_id not in found:
            break
        ready.append(line)
    return ready


def _fed_line(line: Line, fetched: Fetched | None) -> FedLine:
    if isinstance(fetched, Refusal):
        return FedLine(line.task_id, fault=fetched.detail or str(fetched.reason))
    return FedLine(line.task_id, fetched)
