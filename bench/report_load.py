"""The load generator of reports and votes, a process of its own: closed loops.

``python -m bench.report_load < order``
"""

import asyncio
import os
import signal
import sys
import time

import msgspec
import uvloop

from bench.cpu import spent
from bench.row import percentile
from bench.wire import Link, Refused, connect, maker, request

TAKEN = b'{"errorId":0,"status":"success"}'


class Order(msgspec.Struct, frozen=True):
    """Customers complain, each about ``each`` tasks of those from ``first`` on; or, without keys, reviewers vote.

    ``pid`` is the product's first process, whose processor time is looked at.
    """

    url: str
    pid: int
    keys: list[str]
    tokens: list[str]
    first: int
    each: int
    warm_seconds: float
    seconds: float


class Report(msgspec.Struct, frozen=True):
    """What happened in ``seconds``: calls that count, their latencies in milliseconds, CPU in seconds."""

    seconds: float
    calls: int
    p50: float
    p99: float
    server_cpu: float
    postgres_cpu: float
    others_cpu: float


class Slot(msgspec.Struct):
    slot: str


class Voted(msgspec.Struct):
    earned: float
    next: Slot | None


class Load:
    """Shared by all loops: what was seen since the measurement began."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.stopping = False
        self.times: list[float] = []

    async def customer(self, number: int) -> None:
        """Complain about the customer's tasks, one after the other, until told to stop.

        Raises RuntimeError for an unexpected reply and when the tasks are used up.
        """
        order, link = self.order, await connect(self.order.url)
        report = maker(order.url, "POST", "/reportIncorrectImageCaptcha")
        key, first = order.keys[number].encode(), order.first + number * order.each
        for task in range(first, first + order.each):
            if self.stopping:
                return link.close()
            reply = await self._timed(link, report(b'{"clientKey":"%b","taskId":%d}' % (key, task)))
            if reply != TAKEN:
                raise RuntimeError(f"a complaint about task {task} was answered with {reply!r}")
        raise RuntimeError("there were too few tasks to complain about")

    async def reviewer(self, token: str) -> None:
        """Vote on one complaint after the other until told to stop. Raises RuntimeError when there are none left."""
        order, link = self.order, await connect(self.order.url)
        take = request(order.url, "GET", "/v1/reviewer/next?wait=1", token=token)
        vote = maker(order.url, "POST", "/v1/reviewer/votes", token)
        slot: Slot | None = None
        while not self.stopping:
            if slot is None:
                reply = await link.ask(take)
                if not reply:
                    raise RuntimeError("there were too few complaints to judge")
                slot = msgspec.json.decode(reply, type=Slot)
            ask = vote(b'{"slot":"%b","verdict":"confirm","reason":"wrong"}' % slot.slot.encode())
            slot = await self._vote(link, ask)
        link.close()

    async def _vote(self, link: Link, ask: bytes) -> Slot | None:
        """Return what comes next. A third reviewer's vote is too late when the others agreed: 409, not counted."""
        began = time.perf_counter()
        try:
            reply = await link.ask(ask)
        except Refused as refused:
            if refused.status != 409:
                raise
            return None
        self.times.append(time.perf_counter() - began)
        return msgspec.json.decode(reply, type=Voted).next

    async def _timed(self, link: Link, ask: bytes) -> bytes:
        began = time.perf_counter()
        reply = await link.ask(ask)
        self.times.append(time.perf_counter() - began)
        return reply


async def run(order: Order) -> Report:
    """Load, look at a window of time, stop."""
    load = Load(order)
    async with asyncio.TaskGroup() as group:
        for number in range(len(order.keys)):
            group.create_task(load.customer(number))
        for token in order.tokens:
            group.create_task(load.reviewer(token))
        await asyncio.sleep(order.warm_seconds)
        load.times.clear()
        before, own, began = spent(order.pid), time.process_time(), time.perf_counter()
        await asyncio.sleep(order.seconds)
        seconds, used, mine = time.perf_counter() - began, spent(order.pid).since(before), time.process_time() - own
        times = [1000 * took for took in load.times]
        load.stopping = True
    others = max(used.machine - used.server - used.postgres - mine, 0.0)
    figures = (percentile(times, 50), percentile(times, 99), used.server, used.postgres, others)
    return Report(seconds, len(times), *figures)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    done = uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)))
    os.write(1, msgspec.json.encode(done))
