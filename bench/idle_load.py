"""The load of idle workers, a process of its own: so many open streams, then some tasks. ``python -m bench.idle_load``.

It reads an order on stdin, opens the streams, says ``open`` on stdout, and waits for another line on stdin: between the
two everybody is idle, and the product is looked at from outside. Then one customer sends tasks, one at a time; it is
measured how long each takes to reach somebody's screen, who answers it at once. The report comes on stdout.
"""

import asyncio
import os
import random
import signal
import sys
import time

import msgspec
import uvloop

from bench.row import percentile
from bench.wire import Link, connect, create_task, maker, picture, request

OPENING_AT_ONCE = 32
PATIENCE_SECONDS = 30.0
WARM_TASKS = 10
_CURRENT = b'data: {"current":{"lease":"'


class IdleOrder(msgspec.Struct, frozen=True):
    """``tokens``: a worker each; ``key``: the customer's; ``pause_seconds`` between tasks, jittered."""

    url: str
    key: str
    tokens: list[str]
    tasks: int
    pause_seconds: float


class IdleReport(msgspec.Struct, frozen=True):
    """Milliseconds from createTask being sent until the task stands on a screen."""

    p50: float
    p99: float
    longest: float


class _Stream(asyncio.Protocol):
    """A worker's open stream; what it shows is told to the one who waits for a task."""

    def __init__(self, crowd: "_Crowd", token: str) -> None:
        self._crowd, self._token = crowd, token
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._left = b""

    def data_received(self, data: bytes) -> None:
        """Look at whole lines only."""
        if not self.begun.done():
            if not data.startswith(b"HTTP/1.1 200"):
                return self.begun.set_exception(RuntimeError(f"no stream: {data[:200]!r}"))
            self.begun.set_result(None)
        if data == b"10\r\n: still here\n\n\r\n":
            return
        *lines, self._left = (self._left + data).split(b"\n")
        for line in lines:
            if line.startswith(_CURRENT):
                self._crowd.shown(line[len(_CURRENT) :].split(b'"', 1)[0], self._token)

    def connection_lost(self, error: Exception | None) -> None:
        """Count that a stream has ended."""
        self._crowd.ended += 1


class _Crowd:
    def __init__(self, order: IdleOrder) -> None:
        self._order = order
        self._shown: dict[int, asyncio.Future[tuple[bytes, str, float]]] = {}
        self._transports: list[asyncio.BaseTransport] = []
        self.ended = 0

    async def open(self) -> None:
        """Let everybody come online and open their streams."""
        places = asyncio.Semaphore(OPENING_AT_ONCE)

        async def one(token: str) -> None:
            async with places:
                link: Link = await connect(self._order.url)
                await link.ask(request(self._order.url, "POST", "/v1/worker/online", b"{}", token))
                link.close()
                host, port = self._order.url.removeprefix("http://").rsplit(":", 1)
                transport, stream = await asyncio.get_running_loop().create_connection(
                    lambda: _Stream(self, token), host, int(port)
                )
                transport.write(request(self._order.url, "GET", "/v1/worker/events", token=token))
                self._transports.append(transport)
                await stream.begun

        await asyncio.gather(*map(one, self._order.tokens))

    def shown(self, lease: bytes, token: str) -> None:
        """Note that a task stands on a screen now."""
        waiting = self._waiting(int(lease.split(b"-")[1]))
        if not waiting.done():
            waiting.set_result((lease, token, time.perf_counter()))

    def _waiting(self, task: int) -> "asyncio.Future[tuple[bytes, str, float]]":
        return self._shown.setdefault(task, asyncio.get_running_loop().create_future())

    async def ask(self) -> IdleReport:
        """Send tasks, one at a time; return how long they took to a screen."""
        order, waits = self._order, list[float]()
        link, answers = await connect(order.url), await connect(order.url)
        create = create_task(order.url, order.key, picture())
        for number in range(order.tasks + WARM_TASKS):
            await asyncio.sleep(order.pause_seconds * random.uniform(0.5, 1.5))
            began = time.perf_counter()
            reply = await link.ask(create)
            task = int(reply[reply.rindex(b":") + 1 : -1])
            lease, token, at = await asyncio.wait_for(self._waiting(task), PATIENCE_SECONDS)
            if number >= WARM_TASKS:
                waits.append(1000 * (at - began))
            answer = maker(order.url, "POST", "/v1/worker/answers", token)
            await answers.ask(answer(b'{"lease":"%b","answer":{"text":"seen"}}' % lease))
        if self.ended:
            raise RuntimeError(f"{self.ended} streams have ended")
        return IdleReport(percentile(waits, 50), percentile(waits, 99), max(waits))


async def run(order: IdleOrder) -> IdleReport:
    """Open, tell so, wait for the word, measure."""
    crowd = _Crowd(order)
    await crowd.open()
    os.write(1, b"open\n")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.readline)
    return await crowd.ask()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    done = uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.readline(), type=IdleOrder)))
    os.write(1, msgspec.json.encode(done) + b"\n")
