"""Lives that begin at a given rate, whether those before have ended or not: how late after its due time each is read.

A closed loop slows down with what it measures: whoever waits sends nothing. Here customers come when they come, and
what they wait for a free connection, or behind others, counts. A life is read with polls (createTask, two polls too
early, one when the worker's answer is acknowledged), or in one call with ``Prefer: wait``.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec
import uvloop

from bench.cpu import Cpu, spent
from bench.load import Load, Order
from bench.people import invite
from bench.product import Product, serving
from bench.row import Row, percentile
from bench.wire import Link, create_task, maker, picture

POLLED_RATES, SMALL_RATES = (50, 200, 500), (20,)
WAITED_RATE, SMALL_WAITED_RATE = 500, 20
SECONDS, SMALL_SECONDS, WARM_SECONDS = 10.0, 4.0, 2.0
LINKS, HANDS = 128, 64
LATEST_SECONDS = 20.0  # what has not ended so long after the last arrival never counts as read


class Seen(msgspec.Struct):
    """Milliseconds from due to read, of those that were due in the measured time and read; and all that were due."""

    waits: list[float] = []
    due: int = 0
    cpu: Cpu = Cpu(0, 0, 0)


Life = Callable[[Link, str, bytes], Awaitable[None]]


def measure(small: bool = False) -> list[Row]:
    """Return the median and the 99th percentile from due to read, at each rate and way."""
    rates = SMALL_RATES if small else POLLED_RATES
    asked = [(rate, False) for rate in rates] + [(SMALL_WAITED_RATE if small else WAITED_RATE, True)]
    rows: list[Row] = []
    for rate, is_waited in asked:
        with serving(MANYEYES_WAITS_PER_CALLER="1000") as product:
            seen = uvloop.run(_run(product, rate, SMALL_SECONDS if small else SECONDS, is_waited))
        rows += _rows(seen, rate, SMALL_SECONDS if small else SECONDS, is_waited)
    return rows


def _rows(seen: Seen, rate: int, seconds: float, is_waited: bool) -> list[Row]:
    lives = max(len(seen.waits), 1)
    details = {
        "due": seen.due,
        "read": len(seen.waits),
        "server CPU us/life": 1e6 * seen.cpu.server / lives,
        "PostgreSQL CPU us/life": 1e6 * seen.cpu.postgres / lives,
        "cores used by all": seen.cpu.machine / seconds,
    }
    name = f"due to read, {'`Prefer: wait`' if is_waited else 'polls'}, {rate} lives/s arrive"
    return [
        Row(f"{name}, p50", percentile(seen.waits, 50), "ms", "", details),
        Row(f"{name}, p99", percentile(seen.waits, 99), "ms"),
    ]


async def _run(product: Product, rate: int, seconds: float, is_waited: bool) -> Seen:
    people = await invite(product.dsn, LINKS, HANDS)
    load = Load(Order(product.url, product.pid, people.keys, people.tokens, WARM_SECONDS, seconds))
    hands = [asyncio.create_task(load.worker(token)) for token in people.tokens]
    free: asyncio.LifoQueue[tuple[Link, str, bytes]] = asyncio.LifoQueue()
    for key in people.keys:
        free.put_nowait((await load.open(), key, create_task(product.url, key, picture())))
    seen = Seen([])
    await _arrive(product, free, _waited(load) if is_waited else _polled(load, product.url), rate, seconds, seen)
    for hand in hands:
        hand.cancel()
    await asyncio.wait(hands)
    for link in load.links:
        link.close()
    return seen


async def _arrive(
    product: Product,
    free: "asyncio.LifoQueue[tuple[Link, str, bytes]]",
    life: Life,
    rate: int,
    seconds: float,
    seen: Seen,
) -> None:
    """Let lives begin at the rate, measured after a while, and wait for the last of them."""

    async def one(due: float, is_measured: bool) -> None:
        link, key, create = await free.get()
        await life(link, key, create)
        if is_measured:
            seen.waits.append(1_000 * (time.perf_counter() - due))
        free.put_nowait((link, key, create))

    began, lives = time.perf_counter(), []
    before = spent(product.pid)
    for number in range(int(rate * (WARM_SECONDS + seconds))):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        is_measured = due >= began + WARM_SECONDS
        if is_measured and not seen.due:
            before = spent(product.pid)
        seen.due += is_measured
        lives.append(asyncio.create_task(one(due, is_measured)))
    seen.cpu = spent(product.pid).since(before)
    done, late = await asyncio.wait(lives, timeout=LATEST_SECONDS)
    for each in late:
        each.cancel()
    for each in done:
        each.result()


def _polled(load: Load, url: str) -> Life:
    poll = maker(url, "POST", "/getTaskResult")

    async def life(link: Link, key: str, create: bytes) -> None:
        await load.life(link, key, create, poll)

    return life


def _waited(load: Load) -> Life:
    async def life(link: Link, key: str, create: bytes) -> None:
        reply = await link.ask(create)
        task = int(reply[reply.rindex(b":") + 1 : -1])
        head = f"GET /v1/tasks/{task} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\nprefer: wait=60\r\n\r\n"
        reply = await link.ask(head.encode())
        if f'"{task}"'.encode() not in reply:
            raise RuntimeError(f"task {task} was waited for, but its customer reads {reply[:300]!r}")

    return life
