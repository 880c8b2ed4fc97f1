"""The load generator, a process of its own: customers and workers in closed loops. ``python -m bench.load < order``.

A life: createTask, two polls at once, then (a worker takes the task with `next` and answers it) the third poll, which
must give the worker's text. Customers send their next task when the last one is paid; workers ask for the next at once.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable

import msgspec
import uvloop

from bench.cpu import spent
from bench.row import percentile
from bench.wire import Link, Refused, connect, create_task, maker, picture, request

WAIT_SECONDS = 20


class Order(msgspec.Struct, frozen=True):
    """Who loads what for how long; ``pid`` is the product's first process, whose processor time is looked at."""

    url: str
    pid: int
    keys: list[str]
    tokens: list[str]
    warm_seconds: float
    seconds: float


class Report(msgspec.Struct, frozen=True):
    """What happened in ``seconds``; CPU in seconds, latencies in milliseconds."""

    seconds: float
    lives: int
    requests: int
    create_p50: float
    create_p99: float
    result_p50: float
    result_p99: float
    server_cpu: float
    postgres_cpu: float
    load_cpu: float
    others_cpu: float
    lost_leases: int


class Lease(msgspec.Struct):
    lease: str


class Answered(msgspec.Struct):
    next: Lease | None


class Load:
    """Shared by all loops: who waits for which answer, and what was seen since the measurement began."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.stopping = False
        self.lives = 0
        self.lost_leases = 0
        self.creates: list[float] = []
        self.results: list[float] = []
        self.links: list[Link] = []
        self._answered: dict[int, asyncio.Future[None]] = {}

    async def open(self) -> Link:
        """Return a new connection to the product."""
        link = await connect(self.order.url)
        self.links.append(link)
        return link

    def answered(self, task: int) -> "asyncio.Future[None]":
        """Return what is done when the task (by its wire id) has been answered; either side may ask first."""
        found = self._answered.get(task)
        if found is None:
            found = self._answered[task] = asyncio.get_running_loop().create_future()
        return found

    async def customer(self, key: str) -> None:
        """Send one task after the other and poll each until told to stop. Raises RuntimeError for a wrong answer."""
        link, poll = await self.open(), maker(self.order.url, "POST", "/getTaskResult")
        create = create_task(self.order.url, key, picture())
        while not self.stopping:
            await self.life(link, key, create, poll)

    async def life(self, link: Link, key: str, create: bytes, poll: Callable[[bytes], bytes]) -> None:
        """Send one task and poll it until it is ready. Raises RuntimeError for a wrong answer."""
        began = time.perf_counter()
        reply = await link.ask(create)
        self.creates.append(time.perf_counter() - began)
        task = int(reply[reply.rindex(b":") + 1 : -1])
        ask = poll(b'{"clientKey":"%b","taskId":%d}' % (key.encode(), task))
        await self._poll(link, ask)
        await self._poll(link, ask)
        await self.answered(task)
        del self._answered[task]
        reply = await self._poll(link, ask)
        if b'"ready"' not in reply or b'"text":"%d"' % task not in reply:
            raise RuntimeError(f"task {task} was answered, but its customer reads {reply!r}")
        self.lives += 1

    async def _poll(self, link: Link, ask: bytes) -> bytes:
        began = time.perf_counter()
        reply = await link.ask(ask)
        self.results.append(time.perf_counter() - began)
        return reply

    async def worker(self, token: str) -> None:
        """Take and answer one task after the other until cancelled."""
        url, link = self.order.url, await self.open()
        await link.ask(request(url, "POST", "/v1/worker/online", b"{}", token))
        take = request(url, "GET", f"/v1/worker/next?wait={WAIT_SECONDS}", token=token)
        answer = maker(url, "POST", "/v1/worker/answers", token)
        lease: Lease | None = None
        while True:
            if lease is None:
                reply = await link.ask(take)
                lease = _lease(reply) if reply else None
                continue
            task = int(lease.lease.split("-")[1]) & 0x7FFFFFFF
            try:
                reply = await link.ask(answer(b'{"lease":"%b","answer":{"text":"%d"}}' % (lease.lease.encode(), task)))
            except Refused as refused:
                if refused.status != 409:
                    raise
                self.lost_leases += 1  # the task was given to somebody else meanwhile
                lease = None
                continue
            self.answered(task).set_result(None)
            lease = _next(reply).next

    async def offline(self) -> None:
        """End every worker's presence."""
        link = await self.open()
        for token in self.order.tokens:
            await link.ask(request(self.order.url, "POST", "/v1/worker/offline", token=token))


async def run(order: Order) -> Report:
    """Load, look at a window of time, stop when all lives that began have ended."""
    load = Load(order)
    async with asyncio.TaskGroup() as group:
        hands = [group.create_task(load.worker(token)) for token in order.tokens]
        customers = [group.create_task(load.customer(key)) for key in order.keys]
        await asyncio.sleep(order.warm_seconds)
        report = await _window(load)
        load.stopping = True
        await asyncio.gather(*customers)
        for hand in hands:
            hand.cancel()
    await load.offline()
    for link in load.links:
        link.close()
    return report


async def _window(load: Load) -> Report:
    load.creates.clear()
    load.results.clear()
    before, own, began = spent(load.order.pid), time.process_time(), time.perf_counter()
    lives, lost, requests = load.lives, load.lost_leases, sum(link.requests for link in load.links)
    await asyncio.sleep(load.order.seconds)
    seconds, used = time.perf_counter() - began, spent(load.order.pid).since(before)
    mine = time.process_time() - own
    creates, results = [[1000 * s for s in times] for times in (load.creates, load.results)]
    return Report(
        seconds=seconds,
        lives=load.lives - lives,
        requests=sum(link.requests for link in load.links) - requests,
        create_p50=percentile(creates, 50),
        create_p99=percentile(creates, 99),
        result_p50=percentile(results, 50),
        result_p99=percentile(results, 99),
        server_cpu=used.server,
        postgres_cpu=used.postgres,
        load_cpu=mine,
        others_cpu=max(used.machine - used.server - used.postgres - mine, 0.0),
        lost_leases=load.lost_leases - lost,
    )


_lease = msgspec.json.Decoder(Lease).decode
_next = msgspec.json.Decoder(Answered).decode

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    done = uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)))
    os.write(1, msgspec.json.encode(done))
