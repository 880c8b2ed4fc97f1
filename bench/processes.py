"""What a second serving process brings: whole lives per second with `--processes 1` and `--processes 2`, in turns.

Three programs share the machine: serving processes, PostgreSQL and the load generator. With four cores or more the
generator is pinned to the last one and the product to the others; with fewer there is no core to pin it away to, and
the ratio cannot be what it is where cores are free. How much all three used of the cores tells what bounded it: a
second process helps as far as the first one's core was full and another one was not.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from bench.lives import load
from bench.load import Report
from bench.people import invite
from bench.product import serving
from bench.row import Row

LEVEL, SMALL_LEVEL = 64, 8
TURNS, SMALL_TURNS = 3, 1
WARM_SECONDS, SECONDS = 2.0, 6.0
CORES_TO_PIN = 4  # of which one is the generator's


def measure(small: bool = False) -> list[Row]:
    """Return the median rate with one process and with two, and their ratio."""
    level, turns = (SMALL_LEVEL, SMALL_TURNS) if small else (LEVEL, TURNS)
    runs: dict[int, list[Report]] = {1: [], 2: []}
    for _ in range(turns):
        for processes, reports in runs.items():
            reports.append(_run(processes, level))
    rates = {processes: median(r.lives / r.seconds for r in reports) for processes, reports in runs.items()}
    rows = [_row(processes, level, rates[processes], reports) for processes, reports in runs.items()]
    return [*rows, Row("two processes : one", rates[2] / rates[1], "", ">= 1.6 where cores are free")]


def _run(processes: int, level: int) -> Report:
    cores = sorted(os.sched_getaffinity(0))
    is_pinned = len(cores) >= CORES_TO_PIN
    with _on(cores[:-1] if is_pinned else cores), serving(processes=processes) as product:
        people = asyncio.run(invite(product.dsn, level, level))
        with _on(cores[-1:] if is_pinned else cores):
            return load(product, people, level, WARM_SECONDS, SECONDS)


@contextmanager
def _on(cores: list[int]) -> Iterator[None]:
    """Start children on these cores alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _row(processes: int, level: int, rate: float, reports: list[Report]) -> Row:
    lives, seconds = sum(r.lives for r in reports), sum(r.seconds for r in reports)
    details = {
        "each": " ".join(f"{r.lives / r.seconds:.0f}" for r in reports),
        "cores of the servers": sum(r.server_cpu for r in reports) / seconds,
        "of PostgreSQL": sum(r.postgres_cpu for r in reports) / seconds,
        "of the generator": sum(r.load_cpu for r in reports) / seconds,
        "of others": sum(r.others_cpu for r in reports) / seconds,
        "of": len(os.sched_getaffinity(0)),
        "server CPU us/life": 1e6 * sum(r.server_cpu for r in reports) / lives,
        "PostgreSQL CPU us/life": 1e6 * sum(r.postgres_cpu for r in reports) / lives,
    }
    name = f"lives, {level} customers, {processes} serving process{'' if processes == 1 else 'es'}"
    return Row(name, rate, "lives/s", "", details)
