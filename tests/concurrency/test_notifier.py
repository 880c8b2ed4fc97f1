"""Hints between processes: who waits elsewhere is woken, what comes together goes together, a lost line comes back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest

from manyeyes.runtime import notifier as notifying
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import CHANNEL, Notifier, of_task

ENOUGH_SECONDS = 20


async def until(found) -> None:
    async with asyncio.timeout(ENOUGH_SECONDS):
        while not found():  # noqa: ASYNC110 (nothing tells of it by an event)
            await asyncio.sleep(0.01)


@pytest.fixture
async def two(context: Context, dsn) -> AsyncIterator[list[Notifier]]:
    """The notifiers of two processes on one database, each of which knows of the other."""
    pair = [Notifier(context.cells, dsn, lambda: None) for _ in range(2)]
    for notifier in pair:
        notifier.alone = False
        notifier.start()
    await until(lambda: all(notifier._line for notifier in pair))
    yield pair
    for notifier in pair:
        await notifier.stop()


@pytest.fixture
async def heard(dsn) -> AsyncIterator[list[Any]]:
    """Every hint that goes out, as the workers it names."""
    line, payloads = await asyncpg.connect(dsn), []
    await line.add_listener(CHANNEL, lambda *message: payloads.append(msgspec.json.decode(message[-1])))
    yield payloads
    await line.close()


@pytest.mark.parametrize("number", [7, of_task(7), of_task(2**40)], ids=["worker", "task", "large"])
async def test_who_waits_at_another_process_is_woken(two: list[Notifier], number: int):
    here, there = two
    event = there.subscribe(number)
    here.notify([number])
    await asyncio.wait_for(event.wait(), ENOUGH_SECONDS)


async def test_who_waits_here_is_woken_without_a_hint(two: list[Notifier], heard: list[Any]):
    here, there = two
    event = here.subscribe(7)
    here.notify([7])
    assert event.is_set()
    elsewhere = there.subscribe(8)
    here.notify([8])
    await asyncio.wait_for(elsewhere.wait(), ENOUGH_SECONDS)
    await until(lambda: heard)
    assert heard == [[8]]


async def test_what_is_told_together_goes_together(two: list[Notifier], heard: list[Any]):
    here, there = two
    events = [there.subscribe(n) for n in range(1, 100)]
    for n in range(1, 100):
        here.notify([n])
    for event in events:
        await asyncio.wait_for(event.wait(), ENOUGH_SECONDS)
    await until(lambda: heard)
    assert [sorted(names) for names in heard] == [list(range(1, 100))]


async def test_a_long_hint_is_parted(two: list[Notifier], heard: list[Any], monkeypatch):
    monkeypatch.setattr(notifying, "LARGEST_PAYLOAD_NUMBERS", 40)
    here, _ = two
    here.notify(range(1, 100))
    await until(lambda: sum(map(len, heard)) == 99)
    assert [len(names) for names in heard] == [40, 40, 19]


async def test_a_lone_process_sends_nothing(two: list[Notifier], heard: list[Any]):
    here, there = two
    here.alone = True
    here.notify([7])
    there.notify([8])
    await until(lambda: heard)
    assert heard == [[8]]


async def test_without_a_line_hints_are_lost_and_nothing_else_is(context: Context, dsn):
    notifier = Notifier(context.cells, dsn, lambda: None)
    notifier.alone = False
    event = notifier.subscribe(7)
    notifier.notify([7, 8])
    assert event.is_set()
    assert notifier._sender is not None
    await notifier._sender
    await notifier.stop()


async def test_a_broken_line_comes_back(two: list[Notifier], context: Context, monkeypatch):
    monkeypatch.setattr(notifying, "RECONNECT_SECONDS", 0.01)
    here, there = two
    broken = here._line, there._line
    pids = [line.get_server_pid() for line in broken]
    await context.cells.directory.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", pids)
    await until(
        lambda: all(now and now is not before for now, before in zip((here._line, there._line), broken, strict=True))
    )
    event = there.subscribe(7)
    here.notify([7])
    await asyncio.wait_for(event.wait(), ENOUGH_SECONDS)


@pytest.mark.parametrize("turns", range(5))
async def test_who_is_cancelled_while_a_hint_comes_is_cancelled(turns: int):
    """Otherwise a loop that is stopped in that moment never stops."""
    event = asyncio.Event()

    async def for_ever() -> None:
        while True:
            await notifying.heard(event, 60)
            event.clear()

    waiting = asyncio.create_task(for_ever())
    await asyncio.sleep(0)
    event.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    waiting.cancel()
    done, _ = await asyncio.wait({waiting}, timeout=5)
    waiting.cancel()
    assert done
    assert waiting.cancelled()
