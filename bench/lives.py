"""Whole task lives per second over real HTTP, in closed loops, and their ratio to the fixed yardstick.

One serving process with its own PostgreSQL; the load generator is another process on the same machine. Everything is
durable (synchronous_commit = on, asked of the server). The yardstick runs before and after, in the same minutes; its
mean is what lives are divided by.
"""

import asyncio
import subprocess
import sys
from statistics import mean

import asyncpg
import msgspec

from bench import yardstick
from bench.load import Order, Report
from bench.people import People, invite
from bench.product import Product, serving
from bench.row import Row

LEVELS, SMALL_LEVELS = (1, 8, 64, 256), (1, 8)
AIMS = {1: ">= 220", 8: ">= 700"}
COMPARED = {64: ">= 1.0", 256: ">= 1.3"}  # with the yardstick
WARM_SECONDS, SECONDS = 2.0, 6.0


def measure(small: bool = False) -> list[Row]:
    """Return a row per number of customers, the yardstick before and after, and the ratios."""
    levels = SMALL_LEVELS if small else LEVELS
    with yardstick.database() as dsn:
        before = yardstick.steps(dsn, SECONDS)
        with serving() as product:
            asyncio.run(_check_durable(product.dsn))
            people = asyncio.run(invite(product.dsn, max(levels), max(levels)))
            reports = {level: load(product, people, level, WARM_SECONDS, SECONDS) for level in levels}
        after = yardstick.steps(dsn, SECONDS)
        limit = yardstick.sets(dsn, SECONDS)
    naive = mean([before.rate, after.rate])
    rows = [_row(level, report) for level, report in reports.items()]
    if 1 in reports:
        rows.append(Row("createTask, one customer, p50", reports[1].create_p50, "ms", "<= 1.5"))
    rows += [
        before.row(f"yardstick before: pgbench, a function a step, {yardstick.CLIENTS} clients"),
        after.row(f"yardstick after: the same, {yardstick.CLIENTS} clients"),
        limit.row(f"limit: pgbench, {yardstick.LIVES_IN_A_SET} lives a statement, {yardstick.SET_CLIENTS} clients"),
    ]
    used = mean([before.postgres_us, after.postgres_us])
    return rows + [_ratio(level, report, naive, used) for level, report in reports.items()]


def _ratio(level: int, report: Report, naive: float, naive_us: float) -> Row:
    """Return lives to the yardstick's, and the same by processor time, which other programs disturb less."""
    ours = 1e6 * (report.server_cpu + report.postgres_cpu) / max(report.lives, 1)
    details = {
        "CPU of a life : yardstick's": ours / naive_us,
        "PostgreSQL's alone": 1e6 * report.postgres_cpu / max(report.lives, 1) / naive_us,
    }
    name = f"lives, {level} customers : yardstick"
    return Row(name, report.lives / report.seconds / naive, "", COMPARED.get(level, ""), details)


def load(product: Product, people: People, level: int, warm_seconds: float, seconds: float) -> Report:
    """Run the load generator with ``level`` customers and as many workers; return what it saw in ``seconds``."""
    keys, tokens = people.keys[:level], people.tokens[:level]
    order = Order(product.url, product.pid, keys, tokens, warm_seconds, seconds)
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(command, input=msgspec.json.encode(order), stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Report)


def _row(level: int, report: Report) -> Row:
    lives = max(report.lives, 1)
    details = {
        "createTask p50 ms": report.create_p50,
        "createTask p99 ms": report.create_p99,
        "getTaskResult p50 ms": report.result_p50,
        "getTaskResult p99 ms": report.result_p99,
        "server CPU us/life": 1e6 * report.server_cpu / lives,
        "PostgreSQL CPU us/life": 1e6 * report.postgres_cpu / lives,
        "load CPU us/life": 1e6 * report.load_cpu / lives,
        "requests/life": report.requests / lives,
        "lost leases": report.lost_leases,
        "cores used by others": report.others_cpu / report.seconds,
    }
    return Row(f"lives, {level} customers", report.lives / report.seconds, "lives/s", AIMS.get(level, ""), details)


async def _check_durable(dsn: str) -> None:
    db = await asyncpg.connect(dsn)
    try:
        for setting in ("synchronous_commit", "fsync"):
            if await db.fetchval(f"SHOW {setting}") != "on":
                raise RuntimeError(f"{setting} is off; these figures would mean nothing")
    finally:
        await db.close()
