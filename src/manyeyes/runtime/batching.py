"""Natural batching, between the edges and the actions (and between the edges and batched reads).

While one batch of a lane is in the database, the commands that arrive wait together and go next. No timer: an idle
lane serves a lone command at once; a busy one serves many with one commit.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, cast

import asyncpg
import msgspec
import structlog
from prometheus_client import Counter, Histogram

from manyeyes.db.pool import LOST_CONNECTION, Cells, is_lost
from manyeyes.db.statement_functions import CHANGED, GONE
from manyeyes.db.transaction import Undrafted
from manyeyes.logs.spans import SpanOfAsked, asked, batch_span, forget_steps
from manyeyes.runtime.disk_room import NO_ROOM, TAKES_ROOM, DiskRoom, is_full
from manyeyes.values.refusals import Refusal

LARGEST_BATCH = 256
AGAIN_SECONDS = 0.1  # between two attempts while the database is away
LARGEST_DRAFT = 1  # commands: of more a transaction is shared by all
PATIENCE_SECONDS = 20.0  # from a command's coming to the last attempt while the database is away

BATCH_SIZE = Histogram(
    "manyeyes_batch_commands", "Commands per batch", ["verb"], buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)
BATCH_SECONDS = Histogram("manyeyes_batch_seconds", "Seconds per batch, commit included", ["verb"])
COMMANDS = Counter("manyeyes_commands", "Commands by what became of them: done or refused", ["verb", "outcome"])
AWAY = Counter("manyeyes_database_away", "Batches that found the database away and were tried again", ["verb"])
OVERTAKEN = Counter(
    "manyeyes_drafts_overtaken", "Lone commands that met another change and were carried out anew", ["verb"]
)
log = structlog.get_logger()
Found = TypeVar("Found")
Key = TypeVar("Key")
Value = TypeVar("Value")
Verb = TypeVar("Verb", bound=Callable[..., Any])  # an action or a read
Item = TypeVar("Item")  # a command or a key
Outcome = TypeVar("Outcome")


class HasCell(Protocol):
    @property
    def cell(self) -> int:
        """Return the cell in which the command is carried out."""
        ...


Command = TypeVar("Command", bound=HasCell)
Action = Callable[[asyncpg.Connection, datetime, Sequence[Command]], Awaitable[Sequence[Outcome]]]
Read = Callable[[asyncpg.Connection, int, Sequence[Key]], Awaitable[Sequence[Value]]]
Serve = Callable[[Verb, int, list[Item]], Awaitable[Sequence[Outcome]]]


class Unavailable(Exception):
    """The database did not answer in time; whether the command took effect is unknown until it is asked again."""


async def read_patiently(pool: asyncpg.Pool, read: Callable[[asyncpg.Connection], Awaitable[Found]]) -> Found:
    """Return what ``read`` finds, waiting for a database that is away as commands do. Raises `Unavailable`."""
    give_up = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    limit: float | None = None
    while True:
        try:
            async with asyncio.timeout_at(limit), pool.acquire() as db:
                return await read(db)
        except LOST_CONNECTION as error:
            if not is_lost(error):
                raise
            limit = give_up
            if asyncio.get_running_loop().time() >= give_up:
                raise away(error) from error
            await asyncio.sleep(AGAIN_SECONDS)


def away(error: BaseException) -> Unavailable:
    """Return what a caller is told when the database stayed away, with the reason."""
    return Unavailable(f"the database is away: {str(error) or 'it does not answer'}")


class _Waiter(Generic[Item, Outcome]):
    """A command or key that somebody waits for, and until when it is tried again."""

    def __init__(self, item: Item, give_up: float) -> None:
        self.item = item
        self.give_up = give_up
        self.span: SpanOfAsked | None = None  # where spans are made
        self.future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()


Batch = list[_Waiter[Item, Outcome]]


class _Lane(Generic[Item, Outcome]):
    def __init__(self) -> None:
        self.waiting: deque[_Waiter[Item, Outcome]] = deque()
        self.running = False


class Batcher:
    """One lane per action and cell; each runs one batch at a time."""

    def __init__(self, cells: Cells, room: DiskRoom, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._cells = cells
        self._disk_room = room
        self._patience = patience_seconds
        self._lanes: dict[tuple[object, int], _Lane[Any, Any]] = {}  # each of its verb's types, which `_enter` ties
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, action: Action[Command, Outcome], command: Command) -> Outcome:
        """Return the action's outcome for this command, committed. Raises `Unavailable`, or what the action raised.

        What `TAKES_ROOM` is refused with NO_ROOM where there is none, and nothing of it is done.
        """
        if action in TAKES_ROOM and (refusal := self._disk_room.refusal()):
            return cast("Outcome", refusal)
        return await self._enter(action, command.cell, command, self._act)

    async def read(self, read: Read[Key, Value], cell: int, key: Key) -> Value:
        """Return what a batched read ``(db, cell, keys) -> values`` found for this key. Raises `Unavailable`."""
        return await self._enter(read, cell, key, self._look)

    async def _enter(self, verb: Verb, cell: int, item: Item, serve: Serve[Verb, Item, Outcome]) -> Outcome:
        lane: _Lane[Item, Outcome] | None = self._lanes.get((verb, cell))
        if lane is None:
            lane = self._lanes[verb, cell] = _Lane()
        entry: _Waiter[Item, Outcome] = _Waiter(item, asyncio.get_running_loop().time() + self._patience)
        entry.span = asked(verb.__name__, entry.future)
        lane.waiting.append(entry)
        if not lane.running:
            lane.running = True
            task = asyncio.create_task(self._run(lane, verb, cell, serve), context=Context())  # it serves many
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await entry.future

    async def _run(self, lane: _Lane[Item, Outcome], verb: Verb, cell: int, serve: Serve[Verb, Item, Outcome]) -> None:
        while lane.waiting:
            batch = [lane.waiting.popleft() for _ in range(min(len(lane.waiting), LARGEST_BATCH))]
            try:
                await self._serve(verb, cell, batch, serve)
            except Exception as error:  # a fault of ours outside of the action: nobody may wait for ever
                log.exception("batch_broken", commands=len(batch))
                _fail(batch, error)
        lane.running = False

    async def _serve(
        self, verb: Verb, cell: int, batch: Batch[Item, Outcome], serve: Serve[Verb, Item, Outcome]
    ) -> None:
        """Answer every future. A batch that fails is tried one by one, so that a command at fault fails alone."""
        began = time.monotonic()
        try:
            with batch_span(verb.__name__, batch):
                outcomes = await self._patiently(verb, cell, batch, serve)
        except Exception as error:
            if len(batch) > 1:
                log.warning("batch_split", action=verb.__name__, commands=len(batch), error=repr(error))
                for entry in batch:
                    await self._serve(verb, cell, [entry], serve)
                return
            return _fail(batch, error)
        BATCH_SIZE.labels(verb.__name__).observe(len(batch))
        BATCH_SECONDS.labels(verb.__name__).observe(time.monotonic() - began)
        refused = sum(isinstance(outcome, Refusal) for outcome in outcomes)
        if refused < len(batch):
            COMMANDS.labels(verb.__name__, "done").inc(len(batch) - refused)
        if refused:
            COMMANDS.labels(verb.__name__, "refused").inc(refused)
        for entry, outcome in zip(batch, outcomes, strict=True):
            if not entry.future.done():
                entry.future.set_result(outcome)

    async def _patiently(
        self, verb: Verb, cell: int, batch: Batch[Item, Outcome], serve: Serve[Verb, Item, Outcome]
    ) -> Sequence[Outcome]:
        """Try again while the database is away; a command that may have been done says so by ``retried``.

        Whose patience has ended leaves the batch, and is told that the database is away: patience begins when a command
        comes, so what waited behind others has less of it. The first attempt has all the time that a call may take.
        """
        limit: float | None = None
        may_be_done = False
        while batch:
            try:
                async with asyncio.timeout_at(limit):
                    return await serve(verb, cell, [entry.item for entry in batch])
            except LOST_CONNECTION as error:
                if not is_lost(error):
                    raise
                if is_full(error):
                    self._disk_room.note_full()
                    if verb in TAKES_ROOM and not may_be_done:  # it was rolled back, and there is nothing of it
                        return [cast("Outcome", NO_ROOM) for _ in batch]
                else:
                    may_be_done = True
                AWAY.labels(verb.__name__).inc()
                log.warning("database_away", action=verb.__name__, error=repr(error))
                now = asyncio.get_running_loop().time()
                _fail([entry for entry in batch if entry.give_up <= now], away(error))
                batch[:] = [entry for entry in batch if entry.give_up > now]
                for entry in batch:
                    entry.item = _retried(entry.item)
                limit = max((entry.give_up for entry in batch), default=None)
                await asyncio.sleep(AGAIN_SECONDS if batch else 0)
        return []

    async def _act(self, action: Action[Command, Outcome], cell: int, commands: list[Command]) -> Sequence[Outcome]:
        return await carry_out(self._cells, action, cell, commands)

    async def _look(self, read: Read[Key, Value], cell: int, keys: list[Key]) -> Sequence[Value]:
        async with self._cells.pool(cell).acquire() as db:
            return _one_each(read, keys, await read(db, cell, keys))


async def carry_out(
    cells: Cells, action: Action[Command, Outcome], cell: int, commands: Sequence[Command], now: datetime | None = None
) -> Sequence[Outcome]:
    """Return what an action made of the commands, committed; ``now``: another instant than the database's.

    A lone command is drafted: nobody waits behind it, and two calls are quicker than a transaction. Many of them, what
    cannot be drafted, and a draft that was overtaken get a transaction (docs/decisions/0070).
    """
    if len(commands) <= LARGEST_DRAFT and cells.drafting.is_worth_while(action):
        try:
            return await _draft(cells, action, cell, commands, now)
        except Undrafted:
            cells.drafting.failed(action)
        except LOST_CONNECTION:
            cells.drafting.failed(action)  # its save may still be under way: who tries again waits for it under locks
            raise
        except asyncpg.PostgresError as error:
            if getattr(error, "sqlstate", "") not in (CHANGED, GONE):
                raise
            OVERTAKEN.labels(action.__name__).inc()
            cells.drafting.failed(action)
            cells.clock(cell).forget()
    try:
        return await _in_transaction(cells, action, cell, commands, now)
    except asyncpg.PostgresError as error:
        if getattr(error, "sqlstate", "") != GONE:
            raise
        cells.forget_functions(cell)
        log.warning("statements_dropped", action=action.__name__, error=repr(error))
    return await _in_transaction(cells, action, cell, commands, now)


async def _in_transaction(
    cells: Cells, action: Action[Command, Outcome], cell: int, commands: Sequence[Command], now: datetime | None
) -> Sequence[Outcome]:
    forget_steps()
    async with cells.transaction(cell) as (tx, time_there):
        return _one_each(action, commands, await action(tx, now or time_there, commands))


async def _draft(
    cells: Cells, action: Action[Command, Outcome], cell: int, commands: Sequence[Command], now: datetime | None
) -> Sequence[Outcome]:
    """Return the outcomes of a draft that was saved. Raises `Undrafted`, or what carries `CHANGED`: nothing was."""
    forget_steps()
    async with cells.draft(cell) as (draft, time_there):
        try:
            tx = cast("asyncpg.Connection", draft)
            outcomes = _one_each(action, commands, await action(tx, now or time_there, commands))
        except LOST_CONNECTION:
            raise
        except Exception as error:  # two looks may have seen what never was at once; under locks it is raised again
            raise Undrafted(repr(error)) from error
        await draft.finish()
    cells.drafting.succeeded(action)
    return outcomes


def _one_each(verb: Verb, items: Sequence[object], outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """Return the outcomes. Raises RuntimeError, which undoes the batch, when there is not one for each item."""
    if len(outcomes) != len(items):
        raise RuntimeError(f"{verb.__name__} gave {len(outcomes)} outcomes for {len(items)} commands")
    return outcomes


def _fail(batch: Batch[Item, Outcome], error: Exception) -> None:
    for entry in batch:
        if not entry.future.done():
            entry.future.set_exception(error)


def _retried(item: Item) -> Item:
    if isinstance(item, msgspec.Struct) and hasattr(item, "retried"):
        return msgspec.structs.replace(item, retried=True)
    return item
