"""Natural batching, between the edges and the actions (and between the edges and gathered reads).

While one batch of a lane is in the database, the commands that arrive wait together and go next. No timer: an idle
lane serves a lone command at once; a busy one serves many with one commit.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import asyncpg
import msgspec
import structlog
from prometheus_client import Histogram

from manyeyes.db.pool import LOST_CONNECTION, Cells, is_lost

LARGEST_BATCH = 256
PATIENCE_SECONDS = 20.0  # how long a command waits for a database that is restarting

Action = Callable[[asyncpg.Connection, datetime, Sequence[Any]], Awaitable[Sequence[Any]]]
Read = Callable[[asyncpg.Connection, int, Sequence[Any]], Awaitable[Sequence[Any]]]
BATCH_SIZE = Histogram(
    "manyeyes_batch_commands", "Commands per batch", ["verb"], buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)
BATCH_SECONDS = Histogram("manyeyes_batch_seconds", "Seconds per batch, commit included", ["verb"])
log = structlog.get_logger()


class Unavailable(Exception):
    """The database did not answer in time; whether the command took effect is unknown until it is asked again."""


async def read_patiently(pool: asyncpg.Pool, read: Callable[[asyncpg.Connection], Awaitable[Any]]) -> Any:
    """Return what ``read`` finds, waiting for a database that is away as commands do. Raises `Unavailable`."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            async with pool.acquire() as db:
                return await read(db)
        except LOST_CONNECTION as error:
            if not is_lost(error):
                raise
            if time.monotonic() > give_up:
                raise Unavailable(str(error)) from error
            await asyncio.sleep(0.1)


class HasCell(Protocol):
    @property
    def cell(self) -> int: ...


class _Lane:
    def __init__(self) -> None:
        self.waiting: deque[tuple[Any, asyncio.Future[Any]]] = deque()
        self.running = False


class Batcher:
    """One lane per action and cell; each runs one batch at a time."""

    def __init__(self, cells: Cells, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._cells = cells
        self._patience = patience_seconds
        self._lanes: dict[tuple[Any, int], _Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, action: Action, command: HasCell) -> Any:
        """Return the action's outcome for this command, committed. Raises `Unavailable`, or what the action raised."""
        return await self._enter(action, command.cell, command, self._act)

    async def read(self, read: Read, cell: int, key: Any) -> Any:
        """Return what a gathered read ``(db, cell, keys) -> values`` found for this key."""
        return await self._enter(read, cell, key, self._look)

    async def _enter(self, verb: Any, cell: int, item: Any, serve: Any) -> Any:
        lane = self._lanes.get((verb, cell))
        if lane is None:
            lane = self._lanes[verb, cell] = _Lane()
        future = asyncio.get_running_loop().create_future()
        lane.waiting.append((item, future))
        if not lane.running:
            lane.running = True
            task = asyncio.create_task(self._run(lane, verb, cell, serve))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _run(self, lane: _Lane, verb: Any, cell: int, serve: Any) -> None:
        while lane.waiting:
            batch = [lane.waiting.popleft() for _ in range(min(len(lane.waiting), LARGEST_BATCH))]
            try:
                await self._serve(verb, cell, batch, serve)
            except Exception as error:  # a fault of ours outside of the action: nobody may wait for ever
                log.exception("batch_broken", commands=len(batch))
                _fail(batch, error)
        lane.running = False

    async def _serve(self, verb: Any, cell: int, batch: list[tuple[Any, asyncio.Future[Any]]], serve: Any) -> None:
        """Answer every future. A batch that fails is tried one by one, so a poisonous command fails alone."""
        began = time.monotonic()
        try:
            outcomes = await self._patiently(verb, cell, [item for item, _ in batch], serve)
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, Unavailable):
                log.warning("batch_split", action=verb.__name__, commands=len(batch), error=repr(error))
                for entry in batch:
                    await self._serve(verb, cell, [entry], serve)
                return
            return _fail(batch, error)
        BATCH_SIZE.labels(verb.__name__).observe(len(batch))
        BATCH_SECONDS.labels(verb.__name__).observe(time.monotonic() - began)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)

    async def _patiently(self, verb: Any, cell: int, items: list[Any], serve: Any) -> Sequence[Any]:
        """Try again while the database is away; a command that may have been done says so by ``retried``."""
        give_up = time.monotonic() + self._patience
        while True:
            try:
                return await serve(verb, cell, items)
            except LOST_CONNECTION as error:
                if not is_lost(error):
                    raise
                if time.monotonic() > give_up:
                    raise Unavailable(str(error)) from error
                log.warning("database_away", action=verb.__name__, error=repr(error))
                items = [_retried(item) for item in items]
                await asyncio.sleep(0.1)

    async def _act(self, action: Action, cell: int, commands: list[Any]) -> Sequence[Any]:
        async with self._cells.pool(cell).acquire() as tx, tx.transaction():
            now = await tx.fetchval("SELECT now()")
            return _one_each(action, commands, await action(tx, now, commands))

    async def _look(self, read: Read, cell: int, keys: list[Any]) -> Sequence[Any]:
        async with self._cells.pool(cell).acquire() as db:
            return _one_each(read, keys, await read(db, cell, keys))


def _one_each(verb: Any, items: Sequence[Any], outcomes: Sequence[Any]) -> Sequence[Any]:
    """Return the outcomes. Raises RuntimeError, which undoes the batch, when somebody would wait for ever."""
    if len(outcomes) != len(items):
        raise RuntimeError(f"{verb.__name__} gave {len(outcomes)} outcomes for {len(items)} commands")
    return outcomes


def _fail(batch: Sequence[tuple[Any, asyncio.Future[Any]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)


def _retried(item: Any) -> Any:
    return msgspec.structs.replace(item, retried=True) if hasattr(item, "retried") else item
