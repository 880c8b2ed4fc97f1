"""How long an answer takes to reach the customer who waits for it with ``Prefer: wait``, at a given rate of lives.

Each customer makes a task and waits for it in the next call; workers answer as soon as they are handed one. Measured
from the moment at which the worker's answer is acknowledged, which is after its commit. The goal at 500 lives a second:
p50 at most 5 ms, p99 at most 50 ms.
"""

import asyncio
import time

import msgspec
import uvloop

from bench.cpu import Cpu, spent
from bench.people import People, invite
from bench.product import Product, serving
from bench.row import Row, percentile
from bench.wire import connect, create_task, maker, picture

RATE, SMALL_RATE = 500, 50  # lives a second
SECONDS, SMALL_SECONDS = 15, 4
CUSTOMERS, HANDS = 100, 24
WARM_SECONDS = 2.0


class _Seen(msgspec.Struct):
    answered: dict[int, float]
    heard: dict[int, float]


def measure(small: bool = False) -> list[Row]:
    """Return p50 and p99 in milliseconds."""
    rate, seconds = (SMALL_RATE, SMALL_SECONDS) if small else (RATE, SECONDS)
    with serving(MANYEYES_WAITS_PER_CALLER="1000") as product:
        seen, used = uvloop.run(_run(product, rate, seconds))
    late = [1_000 * max(0.0, seen.heard[name] - at) for name, at in seen.answered.items() if name in seen.heard]
    lives = max(1, len(seen.heard))
    details = {
        "lives": len(late),
        "a second": len(late) / seconds,
        "server CPU us/life": 1e6 * used.server / lives,
        "PostgreSQL CPU us/life": 1e6 * used.postgres / lives,
    }
    return [
        Row(f"answer to waiting customer, {rate} lives/s wanted, p50", percentile(late, 50), "ms", "<= 5", details),
        Row(f"answer to waiting customer, {rate} lives/s wanted, p99", percentile(late, 99), "ms", "<= 50"),
    ]


async def _run(product: Product, rate: int, seconds: int) -> tuple[_Seen, Cpu]:
    people = await invite(product.dsn, CUSTOMERS, HANDS)
    seen, until = _Seen({}, {}), time.perf_counter() + seconds + WARM_SECONDS
    workers = [asyncio.create_task(_work(product.url, token, seen)) for token in people.tokens]
    asking = asyncio.gather(*[_ask(product.url, people, n, CUSTOMERS / rate, until, seen) for n in range(CUSTOMERS)])
    await asyncio.sleep(WARM_SECONDS)
    before = spent(product.pid)
    await asking
    used = spent(product.pid).since(before)
    for worker in workers:
        worker.cancel()
    return seen, used


async def _ask(url: str, people: People, number: int, pause: float, until: float, seen: _Seen) -> None:
    """Ask one after the other, beginning every ``pause`` seconds, or as soon as the one before is answered."""
    link, key = await connect(url), people.keys[number]
    create = create_task(url, key, picture())
    warm = time.perf_counter() + WARM_SECONDS
    due = time.perf_counter() + pause * number / CUSTOMERS
    while time.perf_counter() < until:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        due += pause
        task_id = int(msgspec.json.decode(await link.ask(create))["taskId"])
        head = (
            f"GET /v1/tasks/{task_id} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\nprefer: wait=60\r\n\r\n"
        )
        await link.ask(head.encode())
        if time.perf_counter() > warm:
            seen.heard[task_id] = time.perf_counter()
    link.close()


async def _work(url: str, token: str, seen: _Seen) -> None:
    link = await connect(url)
    await link.ask(maker(url, "POST", "/v1/worker/online", token)(b"{}"))
    look, answer = maker(url, "GET", "/v1/worker/next?wait=30", token), maker(url, "POST", "/v1/worker/answers", token)
    found = await link.ask(look(b""))
    while True:
        lease = msgspec.json.decode(found) if found else None
        lease = lease.get("next", lease) if lease else None
        if not lease:
            found = await link.ask(look(b""))
            continue
        body = {"lease": lease["lease"], "answer": {"text": "12345"}}
        found = await link.ask(answer(msgspec.json.encode(body)))
        seen.answered[int(lease["lease"].split("-")[1])] = time.perf_counter()
