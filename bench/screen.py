"""How long until a listed idle worker sees their customer's next task, when both talk to different server processes.

Two `manyeyes serve` on one database: the customer creates the task through one, the worker's screen holds its stream
(/v1/worker/events) open at the other one. Others have been idle for longer, at both. The goal: p99 <= 50 ms.
"""

import asyncio
import random
import time

import asyncpg
import uvloop

from bench.people import invite
from bench.product import Product, serving
from bench.row import Row, percentile
from bench.wire import Link, connect, create_task, maker, picture, request
from manyeyes.allow_list import store as allow_list
from manyeyes.allow_list.rules import Standing
from manyeyes.db.pool import FIRST_CELL
from manyeyes.db.queries import one_row

TASKS, SMALL_TASKS = 400, 100
OTHERS = 8  # idle workers whom nobody lists, half of them at each server
QUIET_SECONDS = 0.02  # between tasks, jittered
KNOWN_SECONDS = 5.0  # so long after their start both servers know of each other, and hints go out


def measure(small: bool = False) -> list[Row]:
    """Return p50 and p99 in milliseconds."""
    with serving() as first, serving(database=first.dsn) as second:
        waits = uvloop.run(_run(first, second, SMALL_TASKS if small else TASKS))
    details = {"tasks": len(waits), "longest ms": max(waits)}
    what = "createTask to the listed worker's screen at another server"
    return [
        Row(f"{what}, p50", percentile(waits, 50), "ms", "", details),
        Row(f"{what}, p99", percentile(waits, 99), "ms", "<= 50"),
    ]


async def _run(first: Product, second: Product, count: int) -> list[float]:
    people = await invite(first.dsn, 1, 1 + OTHERS)
    await asyncio.sleep(KNOWN_SECONDS)
    listed, *others = people.tokens
    screens = [Screen(server.url, token) for server, token in zip([first, second] * OTHERS, others, strict=False)]
    for screen in [*screens, own := Screen(second.url, listed)]:
        await screen.open()
    await _praise(first.dsn, people.first_account)
    link, answers = await connect(first.url), await connect(second.url)
    create = create_task(first.url, people.keys[0], picture())
    answer = maker(second.url, "POST", "/v1/worker/answers", listed)
    waits = []
    for number in range(count + 20):
        await asyncio.sleep(QUIET_SECONDS * random.uniform(1, 2))
        began = time.perf_counter()
        task = _task(await link.ask(create))
        lease = await own.shows(task)
        if number >= 20:  # the first ones warm everything up
            waits.append(1000 * (time.perf_counter() - began))
        await answers.ask(answer(b'{"lease":"%b","answer":{"text":"seen"}}' % lease))
    for closing in (link, answers):
        closing.close()
    for screen in [*screens, own]:
        screen.close()
    return waits


class Screen:
    """A worker's open stream."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def open(self) -> None:
        """Come online and begin the stream."""
        link: Link = await connect(self._url)
        await link.ask(request(self._url, "POST", "/v1/worker/online", b"{}", self._token))
        link.close()
        host, port = self._url.removeprefix("http://").rsplit(":", 1)
        self._reader, self._writer = await asyncio.open_connection(host, int(port))
        self._writer.write(request(self._url, "GET", "/v1/worker/events", token=self._token))
        await self._writer.drain()

    async def shows(self, task: int) -> bytes:
        """Wait until the task is the one to look at; return its lease."""
        wanted = b'data: {"current":{"lease":"%d-%d-' % (FIRST_CELL, task)
        while True:
            line = await asyncio.wait_for(self._reader.readline(), 20)
            if line.startswith(wanted):
                return line.split(b'"lease":"', 1)[1].split(b'"', 1)[0]
            if not line:
                raise RuntimeError("the stream ended")

    def close(self) -> None:
        """Close the stream."""
        self._writer.close()


async def _praise(dsn: str, account_id: int) -> None:
    """Let the account list the worker with the lowest number, who came first."""
    db = await asyncpg.connect(dsn)
    try:
        now, worker_id = await one_row(db, "SELECT now(), min(worker_id) FROM worker")
        await allow_list.save_standings(db, now, FIRST_CELL, [Standing(account_id, worker_id, filtered=False)])
    finally:
        await db.close()


def _task(reply: bytes) -> int:
    return int(reply[reply.rindex(b":") + 1 : -1])
