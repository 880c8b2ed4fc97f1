"""Round trips to PostgreSQL that a task's life makes at one customer: polls, hand-out, desks and all.

Counted on the wire, between the served product and PostgreSQL: createTask, three polls, hand-out, the worker's desk,
their answer and the task that comes with it. What the product does by itself every second, customers or none, is
counted at rest, told beside it and taken off the mean; so how fast the machine is does not matter.
"""

import asyncio
import time
from statistics import mean, median

import msgspec

from bench.load import Load, Order
from bench.people import invite
from bench.postgres_proxy import Counter, counting
from bench.product import Product, serving, temporary_folder
from bench.row import Row
from bench.wire import create_task, maker, picture
from manyeyes.db.embedded import Embedded

WARM_LIVES, LIVES, SMALL_LIVES = 60, 400, 60  # the first ones prepare their statements on each connection
POLL = ("POST", "/getTaskResult")
REST_SECONDS, SMALL_REST_SECONDS = 20.0, 5.0


class Counted(msgspec.Struct, frozen=True):
    """Round trips of each life in turn, and the seconds that all of them took."""

    lives: list[int]
    seconds: float


def measure(small: bool = False) -> list[Row]:
    """Return round trips a life and at rest."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            with counting(server.start()) as counter, serving(database=counter.dsn) as product:
                found = count_lives(product, counter, SMALL_LIVES if small else LIVES)
                before, seconds = counter.round_trips, SMALL_REST_SECONDS if small else REST_SECONDS
                time.sleep(seconds)
                at_rest = (counter.round_trips - before) / seconds
        finally:
            server.stop()
    whole = mean(found.lives)
    details = {
        "with what is done by itself": whole,
        "median": median(found.lives),
        "fewest": min(found.lives),
        "most": max(found.lives),
        "lives/s through the counter": len(found.lives) / found.seconds,
    }
    own = whole - at_rest * found.seconds / len(found.lives)
    return [
        Row("round trips a life, one customer", own, "", "<= 14", details),
        Row("round trips at rest, nobody connected", at_rest, "/s"),
    ]


def count_lives(product: Product, counter: Counter, lives: int) -> Counted:
    """Let ``lives`` tasks of one customer live, one after the other, answered by one worker; count each."""
    return asyncio.run(_count(product, counter, lives))


async def _count(product: Product, counter: Counter, lives: int) -> Counted:
    people = await invite(product.dsn, 1, 1)
    (key,) = people.keys
    load = Load(Order(product.url, product.pid, people.keys, people.tokens, 0.0, 0.0))
    worker = asyncio.create_task(load.worker(people.tokens[0]))
    link, create, poll = await load.open(), create_task(product.url, key, picture()), maker(product.url, *POLL)
    counts: list[int] = []
    for number in range(WARM_LIVES + lives):
        if number == WARM_LIVES:
            began = time.perf_counter()
        before = counter.round_trips
        await load.life(link, key, create, poll)
        counts.append(counter.round_trips - before)
    seconds = time.perf_counter() - began
    worker.cancel()
    await load.offline()
    for each in load.links:
        each.close()
    return Counted(counts[WARM_LIVES:], seconds)
