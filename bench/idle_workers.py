"""What idle workers cost: so many open streams and nothing to do, then a task now and then.

The streams are another process's (bench/idle_load.py). While everybody is idle: processor time of the product, the
memory that it has more than before, and, in a window of its own because it is written down for that, the statements
that reach PostgreSQL. The goals for 10,000: at most 30 kB each in all processes, 2 % of a core, as many statements as
without anybody, and p99 from createTask to a screen at most 50 ms.
"""

import asyncio
import subprocess
import sys
import time

import asyncpg
import msgspec

from bench.cpu import spent
from bench.idle_load import IdleOrder, IdleReport
from bench.memory import parts_of
from bench.people import invite
from bench.product import Product, serving
from bench.row import Row

LEVELS, SMALL_LEVELS = (0, 1_000, 5_000, 10_000), (0, 200)
TASKS, SMALL_TASKS = 300, 50
PAUSE_SECONDS = 0.05
SETTLE_SECONDS, COUNTED_SECONDS = 5.0, 10.0
WINDOW_SECONDS = 45.0  # in which every stream gets its comment line once


def measure(small: bool = False) -> list[Row]:
    """Return rows for each number of workers, each with a product of its own."""
    levels, tasks = (SMALL_LEVELS, SMALL_TASKS) if small else (LEVELS, TASKS)
    return [row for level in levels for row in rows_of(level, tasks)]


def rows_of(level: int, tasks: int) -> list[Row]:
    """Return what so many idle workers cost, and how long a task takes to one of them."""
    limits = str(level + 100)
    with serving(MANYEYES_CONNECTIONS=limits, MANYEYES_CONNECTIONS_PER_ADDRESS=limits) as product:
        people = asyncio.run(invite(product.dsn, 1, level))
        time.sleep(SETTLE_SECONDS)
        before = sum(parts_of(product.pid).values())
        order = IdleOrder(product.url, people.keys[0], people.tokens, tasks, PAUSE_SECONDS)
        with _load(order) as load:
            assert load.stdin
            assert load.stdout
            load.stdin.write(msgspec.json.encode(order) + b"\n")
            load.stdin.flush()
            if load.stdout.readline() != b"open\n":
                raise RuntimeError("the streams could not be opened")
            rows = _idle(product, level, before)
            if level:
                load.stdin.write(b"go on\n")
                load.stdin.flush()
                rows += _times(level, msgspec.json.decode(load.stdout.readline(), type=IdleReport))
            load.terminate()
    return rows


def _load(order: IdleOrder) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.idle_load"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _idle(product: Product, level: int, before: float) -> list[Row]:
    time.sleep(SETTLE_SECONDS)
    commits, used, began = asyncio.run(_commits(product.dsn)), spent(product.pid), time.perf_counter()
    time.sleep(WINDOW_SECONDS)
    seconds = time.perf_counter() - began
    used, commits = spent(product.pid).since(used), asyncio.run(_commits(product.dsn)) - commits
    more = sum(parts_of(product.pid).values()) - before
    details = {
        "server % of a core": 100 * used.server / seconds,
        "PostgreSQL % of a core": 100 * used.postgres / seconds,
        "commits/s": commits / seconds,
        "statements/s": asyncio.run(_statements(product)) / COUNTED_SECONDS,
    }
    rows = [Row(f"{level:,} idle workers", 100 * (used.server + used.postgres) / seconds, "% of a core", "", details)]
    if level:
        rows.append(Row(f"{level:,} idle workers, memory", 1024 * more / level, "kB each", "<= 30 for 10,000"))
    return rows


def _times(level: int, report: IdleReport) -> list[Row]:
    what = f"createTask to one of {level:,} idle screens"
    return [
        Row(f"{what}, p50", report.p50, "ms", "", {"longest ms": report.longest}),
        Row(f"{what}, p99", report.p99, "ms", "<= 50"),
    ]


async def _commits(dsn: str) -> int:
    """Return how many transactions were committed so far; a process of PostgreSQL tells of its own once a second."""
    db = await asyncpg.connect(dsn)
    try:
        return int(await db.fetchval("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"))
    finally:
        await db.close()


async def _statements(product: Product) -> int:
    """Return how many statements PostgreSQL carries out in `COUNTED_SECONDS`, by its own log."""
    log = product.data / "postgres.log"
    db = await asyncpg.connect(product.dsn.replace("manyeyes@", "postgres@"))
    try:
        await db.execute("ALTER SYSTEM SET log_statement = 'all'")
        await db.execute("SELECT pg_reload_conf()")
        await asyncio.sleep(1.0)
        start = log.stat().st_size
        await asyncio.sleep(COUNTED_SECONDS)
        written = log.read_bytes()[start:]
        await db.execute("ALTER SYSTEM RESET log_statement")
        await db.execute("SELECT pg_reload_conf()")
    finally:
        await db.close()
    return written.count(b"LOG:  execute ") + written.count(b"LOG:  statement: ")
