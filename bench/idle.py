"""What the product costs at rest: memory of all its processes, as PSS, and idle workers with open streams.

PSS (proportional set size) counts a page that several processes share once in all. The goal: <= 150 MB. At rest is a
minute and a half after some hundred lives: connections that nothing needs are closed after a minute.
"""

import asyncio
import time

from bench import idle_workers
from bench.lives import load
from bench.memory import parts_of
from bench.people import invite
from bench.product import serving
from bench.row import Row

CUSTOMERS = 8
WARM_LIFE_SECONDS, REST_SECONDS = 4.0, 90.0


def measure(small: bool = False) -> list[Row]:
    """Return the sum in MB after some hundred lives and a rest, then what idle workers cost."""
    return [_memory(small), *idle_workers.measure(small)]


def _memory(small: bool) -> Row:
    with serving() as product:
        people = asyncio.run(invite(product.dsn, CUSTOMERS, CUSTOMERS))
        report = load(product, people, CUSTOMERS, 0.0, WARM_LIFE_SECONDS)
        time.sleep(1.0 if small else REST_SECONDS)
        parts = parts_of(product.pid)
    details = {**parts, "lives before": report.lives}
    return Row("memory at rest (PSS)", sum(parts.values()), "MB", "<= 150", details)
