"""Whole task lives per second over real HTTP, and the same SQL one transaction per step as the yardstick.

One serving process with its own PostgreSQL; the load generator is another process on the same machine. Everything is
durable (synchronous_commit = on, asked of the server). The goal: ratio to the yardstick at 64 customers >= 0.5.
"""

import asyncio
import subprocess
import sys

import asyncpg
import msgspec

from bench import yardstick
from bench.load import Order, Report
from bench.people import People, invite
from bench.product import Product, serving
from bench.row import Row

LEVELS = (1, 8, 64, 256)
COMPARED_LEVEL = 64
WARM_SECONDS, SECONDS = 2.0, 6.0


def measure(small: bool = False) -> list[Row]:
    """Return a row per number of customers, the yardstick, and their ratio."""
    levels = (1, 8) if small else LEVELS
    with serving() as product:
        asyncio.run(_check_durable(product.dsn))
        people = asyncio.run(invite(product.dsn, max(levels), max(levels)))
        reports = {level: load(product, people, level, WARM_SECONDS, SECONDS) for level in levels}
    naive = yardstick.measure(SECONDS)
    compared = COMPARED_LEVEL if COMPARED_LEVEL in reports else max(levels)
    rate = reports[compared].lives / reports[compared].seconds
    ratio = Row(f"lives, {compared} customers : yardstick", rate / naive.value, "", ">= 0.5, later 1.0")
    return [*[_row(level, report) for level, report in reports.items()], naive, ratio, _cpu(reports[compared], naive)]


def _cpu(report: Report, naive: Row) -> Row:
    """Return the same comparison by processor time, which other programs on the machine disturb less."""
    ours = 1e6 * (report.server_cpu + report.postgres_cpu) / report.lives
    return Row("CPU of a life : yardstick", ours / naive.details["PostgreSQL CPU us/life"], "", "", {"us/life": ours})


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
    aim = ">= 1,000 on two cores" if level == COMPARED_LEVEL else ""
    return Row(f"lives, {level} customers", report.lives / report.seconds, "lives/s", aim, details)


async def _check_durable(dsn: str) -> None:
    db = await asyncpg.connect(dsn)
    try:
        for setting in ("synchronous_commit", "fsync"):
            if await db.fetchval(f"SHOW {setting}") != "on":
                raise RuntimeError(f"{setting} is off; these figures would mean nothing")
    finally:
        await db.close()
