"""Complaints filed and votes cast per second over real HTTP at 64 clients, and the same SQL as the yardstick.

64 customers complain about tasks that were just finished, each in a closed loop; then 64 reviewers judge them, and
every second vote is a verdict with its refund. The product's disputes per second are what these two speeds make
together: one complaint and two votes. Everything is durable, and the books must balance at the end.
"""

import asyncio
import subprocess
import sys
from datetime import timedelta

import asyncpg
import msgspec

from bench import report_yardstick
from bench.disputed import PATTERN, fill, prepare
from bench.people import People, invite
from bench.product import Product, serving
from bench.report_load import Order, Report
from bench.report_yardstick import POSTGRES_CPU
from bench.row import Row
from manyeyes.actions.check_books import check_books
from manyeyes.db.pool import FIRST_CELL
from manyeyes.tasks import store as tasks

CLIENTS, SMALL_CLIENTS = 64, 8
EACH = 600  # tasks of a customer: more than they can complain about in the time
WARM_SECONDS, SECONDS = 1.0, 5.0
AHEAD = timedelta(seconds=20)  # they count as finished a little later, so that filling takes nothing off their minute


def measure(small: bool = False) -> list[Row]:
    """Return complaints and votes per second, the yardstick, and the ratio of whole disputes to it."""
    clients = SMALL_CLIENTS if small else CLIENTS
    with serving() as product:
        people = asyncio.run(invite(product.dsn, clients, clients, reviewers=True))
        first = asyncio.run(_fill(product.dsn, people, clients))
        filed = _load(product, people.keys, [], first)
        voted = _load(product, [], people.tokens, first)
        asyncio.run(_prove(product.dsn))
    naive = report_yardstick.measure(SECONDS)
    complaints, votes = filed.calls / filed.seconds, voted.calls / voted.seconds
    disputes = 1 / (1 / complaints + 2 / votes)
    cpu = sum(1e6 * n * (r.server_cpu + r.postgres_cpu) / r.calls for n, r in ((1, filed), (2, voted)))
    return [
        _row(f"complaints, {clients} customers", "complaints/s", filed),
        _row(f"votes, {clients} reviewers", "votes/s", voted),
        Row("disputes (a complaint, two votes, a refund)", disputes, "disputes/s"),
        naive,
        Row(f"disputes, {clients} clients : yardstick", disputes / naive.value, ""),
        Row("CPU of a dispute : yardstick", cpu / naive.details[POSTGRES_CPU], "", "", {"us/dispute": cpu}),
    ]


async def _fill(dsn: str, people: People, clients: int) -> int:
    """Let every customer have tasks that were just finished; return the first one's number."""
    db = await asyncpg.connect(dsn)
    try:
        await prepare(db)
        first = await tasks.take_serials(db, FIRST_CELL, clients * EACH)
        ended = await db.fetchval("SELECT now()") + AHEAD
        for i in range(clients):
            await fill(db, FIRST_CELL, people.first_account + i, PATTERN.worker, first + i * EACH, EACH, ended)
        await db.execute("ANALYZE")
    finally:
        await db.close()
    return first


def _load(product: Product, keys: list[str], tokens: list[str], first: int) -> Report:
    order = Order(product.url, product.pid, keys, tokens, first, EACH, WARM_SECONDS, SECONDS)
    command = [sys.executable, "-m", "bench.report_load"]
    done = subprocess.run(command, input=msgspec.json.encode(order), stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Report)


async def _prove(dsn: str) -> None:
    """Raise RuntimeError unless the ledger agrees with every complaint, vote and refund."""
    db = await asyncpg.connect(dsn)
    try:
        books = await check_books(db, FIRST_CELL)
    finally:
        await db.close()
    if books.findings:
        raise RuntimeError(f"the books do not balance: {books.findings[:3]}")


def _row(name: str, unit: str, report: Report) -> Row:
    details = {
        "p50 ms": report.p50,
        "p99 ms": report.p99,
        "server CPU us": 1e6 * report.server_cpu / max(report.calls, 1),
        "PostgreSQL CPU us": 1e6 * report.postgres_cpu / max(report.calls, 1),
        "cores used by others": report.others_cpu / report.seconds,
    }
    return Row(name, report.calls / report.seconds, unit, "", details)
