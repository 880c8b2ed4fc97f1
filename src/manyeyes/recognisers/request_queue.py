"""One recogniser with one model: what waits for it, its children, and what happens when they are lost.

Natural batching as in runtime/batching.py: pictures that come while a child is busy go to it together.
"""

import asyncio
import math
import time
from collections.abc import Sequence

import structlog
from prometheus_client import Counter, Histogram

from manyeyes.recognisers.child_protocol import Frames, Item, Outcome, Request, UnsupportedLabels
from manyeyes.recognisers.fair_queue import FairQueue
from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.process_handle import CannotOpen, ChildKind, Lost, RecogniserProcess

LARGEST_BATCH, LARGEST_BATCH_BYTES = 16, 32_000_000
LARGEST_WAITING, LARGEST_WAITING_BYTES = 512, 256_000_000
MOST_OF_AN_ACCOUNT = 128  # of them, unless the settings say otherwise: others find room whatever one account sends
SHARE_OF_BYTES = 4  # and of the bytes a quarter
DEATHS = 2  # of children that looked at a picture, until it is not looked at any more
IDLE_SECONDS = 300.0  # then a child ends, since it holds memory
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 300.0  # after a child that could not open
CLOSING = "the server is closing"
PICTURES = Counter("manyeyes_recogniser_pictures", "Pictures by what became of them", ["recogniser", "outcome"])
OUTCOMES = {Finding: "finding", Failure: "failure", Frames: "frames", UnsupportedLabels: "unfit"}  # the metric's words
SECONDS = Histogram("manyeyes_recogniser_batch_seconds", "Seconds per batch in a child", ["recogniser"])
LOSSES = Counter("manyeyes_recogniser_losses", "Children that died, hung or had to be killed", ["recogniser", "cause"])
log = structlog.get_logger()


class RecogniserAway(Exception):
    """The recogniser cannot run at all; ``detail`` says why, for the operator."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class RecogniserBusy(RecogniserAway):
    """It runs, but so much waits for it already that more is not taken."""


class _Entry:
    def __init__(self, item: Item, account: int) -> None:
        self.item = item
        self.account = account
        self.size = len(item.data)
        self.deaths = 0
        self.future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()


class Lane:
    """Starts children as they are needed, at most ``processes``; each takes the next batch when it is free."""

    def __init__(self, kind: ChildKind, processes: int, most_of_an_account: int = MOST_OF_AN_ACCOUNT) -> None:
        self._kind = kind
        self._processes = processes
        self._most_of_an_account = most_of_an_account
        self._waiting: FairQueue[_Entry] = FairQueue()
        self._idle = 0
        self._staff = 0  # tasks that will take what waits; one that is ending its child will not
        self._keepers: set[asyncio.Task[None]] = set()  # each serves one child
        self._fault = ""
        self._pause_seconds = 0.0
        self._away_until = 0.0
        self._is_closed = False
        self.is_kept = False  # one child stays, however long nothing comes

    async def ask(self, items: Sequence[Item], *, account: int = 0) -> list[Outcome]:
        """Return one outcome per item; ``account``: whose they are, 0 for the house.

        Raises `RecogniserAway`, or `RecogniserBusy` when too much waits already, in all or of the account.
        """
        is_paused = self._is_paused()
        if is_paused and not self._staff:
            raise RecogniserAway(self._fault)
        entries = [_Entry(item, account) for item in items]
        self._check_room(entries, account)
        for entry in entries:
            self._waiting.put_nowait(entry)
        while not is_paused and self._staff < self._processes and self._idle < self._waiting.qsize():
            self._hire()
        return await asyncio.gather(*(entry.future for entry in entries))

    def warm(self) -> None:
        """Start a child where there is none, so that the first who asks need not wait for it, and keep one."""
        self.is_kept = True
        if not self._staff and not self._is_paused():
            self._hire(opens=True)

    def _is_paused(self) -> bool:
        return self._is_closed or time.monotonic() < self._away_until

    def _check_room(self, entries: Sequence[_Entry], account: int) -> None:
        size, waiting = sum(entry.size for entry in entries), self._waiting
        if waiting.qsize() + len(entries) > LARGEST_WAITING or waiting.bytes + size > LARGEST_WAITING_BYTES:
            raise RecogniserBusy(f"{waiting.qsize()} pictures wait for {self._kind.name} already")
        count, held = waiting.held_by(account)
        is_too_heavy = held + size > LARGEST_WAITING_BYTES // SHARE_OF_BYTES
        if account and count and (is_too_heavy or count + len(entries) > self._most_of_an_account):
            raise RecogniserBusy(f"{count} pictures of this account wait for {self._kind.name} already")

    async def close(self) -> None:
        """End every child; whoever waits is told that the recogniser is away."""
        self._is_closed, self._fault = True, CLOSING
        keepers = list(self._keepers)
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        self._staff = 0  # also of tasks that had not begun
        self._dismiss([], RecogniserAway(CLOSING))

    def _hire(self, *, opens: bool = False) -> None:
        self._staff += 1
        self._idle += 1
        keeper = asyncio.create_task(self._keep(RecogniserProcess(self._kind), opens=opens))
        self._keepers.add(keeper)
        keeper.add_done_callback(self._keepers.discard)

    async def _keep(self, process: RecogniserProcess, *, opens: bool) -> None:
        """Serve batches in one child until it has been idle for `IDLE_SECONDS`; ``opens``: it starts at once."""
        batch: list[_Entry] = []
        try:
            if opens:
                await self._open(process)
            while batch := await self._next_batch():
                began = time.monotonic()
                await self._serve(process, batch)
                self._idle += 1
                SECONDS.labels(self._kind.name).observe(time.monotonic() - began)
        except CannotOpen as error:
            self._step_back(str(error))
            self._dismiss(batch, RecogniserAway(self._fault))
        except asyncio.CancelledError:
            self._dismiss(batch, RecogniserAway(CLOSING))
            raise
        except Exception as error:  # a fault of ours: nobody may wait for ever
            log.exception("recogniser_lane_broken", recogniser=self._kind.name)
            self._dismiss(batch, error)
        finally:
            self._staff -= 1  # before anything is waited for, so that a request that comes now starts another child
            await process.end()

    async def _open(self, process: RecogniserProcess) -> None:
        try:
            await process.open()
        except BaseException:
            self._idle -= 1  # it takes no batch, and whoever asks next hires another
            raise

    async def _next_batch(self) -> list[_Entry]:
        """Return this child's share of what waits, once something does; empty when nothing came for `IDLE_SECONDS`.

        Accounts take turns, within a batch too.
        """
        try:
            first = await self._next_entry()
        finally:
            self._idle -= 1
        if first is None:
            return []
        batch = [first]
        most = min(LARGEST_BATCH, math.ceil((1 + self._waiting.qsize()) / (1 + self._idle)))
        size = batch[0].size
        while not self._waiting.empty() and len(batch) < most and size < LARGEST_BATCH_BYTES:
            batch.append(self._waiting.get_nowait())
            size += batch[-1].size
        return batch

    async def _next_entry(self) -> _Entry | None:
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    return await self._waiting.get()
            except TimeoutError:
                if not self._waiting.empty():
                    return self._waiting.get_nowait()  # it came in the last instant
                if self._staff > 1 or not self.is_kept:
                    return None

    async def _serve(self, process: RecogniserProcess, batch: Sequence[_Entry]) -> None:
        """Answer every future. When the child is lost, each picture is tried alone: only a hostile one fails."""
        wanted = [entry for entry in batch if not entry.future.done()]  # a caller may have hung up
        if not wanted:
            return
        try:
            reply = await process.ask(Request(tuple(entry.item for entry in wanted)))
        except Lost as lost:
            LOSSES.labels(self._kind.name, lost.cause).inc()
            log.warning("recogniser_lost", recogniser=self._kind.name, cause=lost.cause, pictures=len(wanted))
            return await self._try_alone(process, wanted, lost)
        self._pause_seconds = 0.0
        for entry, outcome in zip(wanted, reply.outcomes, strict=True):
            self._settle(entry, outcome)

    async def _try_alone(self, process: RecogniserProcess, batch: Sequence[_Entry], lost: Lost) -> None:
        for entry in batch:
            entry.deaths += 1
        for entry in batch:
            if len(batch) == 1 and entry.deaths >= DEATHS:
                self._settle(entry, Failure(str(lost)))
            else:
                await self._serve(process, [entry])

    def _settle(self, entry: _Entry, outcome: Outcome) -> None:
        PICTURES.labels(self._kind.name, OUTCOMES[type(outcome)]).inc()
        if entry.future.done():
            return
        if isinstance(outcome, UnsupportedLabels):
            entry.future.set_exception(RecogniserAway(outcome.fault))
        else:
            entry.future.set_result(outcome)

    def _step_back(self, fault: str) -> None:
        """Start no child for a while, each time twice as long, so that a broken model makes no processes in a loop."""
        log.error("recogniser_away", recogniser=self._kind.name, model=self._kind.model, fault=fault)
        self._fault = fault
        self._pause_seconds = min(max(FIRST_PAUSE_SECONDS, 2 * self._pause_seconds), LONGEST_PAUSE_SECONDS)
        self._away_until = time.monotonic() + self._pause_seconds

    def _dismiss(self, batch: Sequence[_Entry], error: Exception) -> None:
        """Fail these entries, and all that wait unless another child's task will look at them."""
        left = list(batch)
        while self._staff <= 1 and not self._waiting.empty():
            left.append(self._waiting.get_nowait())
        for entry in left:
            if not entry.future.done():
                entry.future.set_exception(error)
                entry.future.exception()  # its caller may have gone already, or hears of it from another entry
