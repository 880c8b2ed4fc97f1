"""How long one idle customer waits: createTask until getTaskResult says ready, with one worker waiting in `next`.

The goal: p50 <= 6 ms, p99 <= 15 ms. The worker answers at once, so the time is the product's alone.
"""

import asyncio
import random
import time

import uvloop

from bench.people import invite
from bench.product import Product, serving
from bench.row import Row, percentile
from bench.wire import Link, connect, create_task, maker, picture, request

TASKS, SMALL_TASKS = 400, 100
POLL_SECONDS = 0.002
QUIET_SECONDS = 0.02  # between tasks, jittered: the installation is idle when the next one comes


def measure(small: bool = False) -> list[Row]:
    """Return p50 and p99 in milliseconds."""
    with serving() as product:
        waits = uvloop.run(_run(product, SMALL_TASKS if small else TASKS))
    details = {"tasks": len(waits), "longest ms": max(waits)}
    return [
        Row("createTask to ready, idle installation, p50", percentile(waits, 50), "ms", "<= 6", details),
        Row("createTask to ready, idle installation, p99", percentile(waits, 99), "ms", "<= 15"),
    ]


async def _run(product: Product, count: int) -> list[float]:
    people = await invite(product.dsn, 1, 1)
    worker = asyncio.create_task(_worker(product.url, people.tokens[0]))
    link = await connect(product.url)
    create = create_task(product.url, people.keys[0], picture())
    poll = maker(product.url, "POST", "/getTaskResult")
    waits = []
    for number in range(count + 20):
        await asyncio.sleep(QUIET_SECONDS * random.uniform(1, 2))
        began = time.perf_counter()
        reply = await link.ask(create)
        task = int(reply[reply.rindex(b":") + 1 : -1])
        await _until_ready(link, poll(b'{"clientKey":"%b","taskId":%d}' % (people.keys[0].encode(), task)), worker)
        if number >= 20:  # the first ones warm everything up
            waits.append(1000 * (time.perf_counter() - began))
    worker.cancel()
    link.close()
    return waits


async def _until_ready(link: Link, ask: bytes, worker: asyncio.Task[None]) -> None:
    while b'"ready"' not in await link.ask(ask):
        if worker.done():
            worker.result()
        await asyncio.sleep(POLL_SECONDS)


async def _worker(url: str, token: str) -> None:
    link = await connect(url)
    await link.ask(request(url, "POST", "/v1/worker/online", b"{}", token))
    take = request(url, "GET", "/v1/worker/next?wait=20", token=token)
    answer = maker(url, "POST", "/v1/worker/answers", token)
    while True:
        reply = await link.ask(take)
        if reply:
            lease = reply.split(b'"lease":"', 1)[1].split(b'"', 1)[0]
            await link.ask(answer(b'{"lease":"%b","answer":{"text":"seen"}}' % lease))
