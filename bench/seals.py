"""What the proof of the books costs: with no seal, from the newest seal on, and all of it against the seals; seconds.

Twelve months of tasks, each with a hold, a charge, pay and its vesting, copied in bulk from a task that the product let
live. What is new is the present month's, a twelfth of it at the most.
"""

import asyncio
import time
from datetime import datetime, timedelta

import asyncpg

from bench.disputed import PATTERN, fill, prepare
from bench.product import temporary_folder
from bench.row import Row
from manyeyes.actions.check_books import check_books
from manyeyes.actions.seal_months import due_months, seal_months
from manyeyes.db.embedded import Embedded
from manyeyes.db.pool import FIRST_CELL
from manyeyes.ledger.seals.rules import month_start
from manyeyes.runtime.context import prepare_database
from manyeyes.trail.heads import public_key_of

TASKS, SMALL_TASKS = 1_250_000, 12_000  # four transfers each
MONTHS, ACCOUNTS, WORKERS, PORTION = 12, 40, 200, 2_000
KEY, FIRST = bytes(range(32)), 10**11
PAGES = "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
# The pattern's pay is vested, so that its copies' are; what its accounts may spend was topped up before.
VESTED = """INSERT INTO transfer SELECT cell, task_id, 6, 0, 20, worker_id, 21, worker_id, amount_micros, 0, worker_id,
    due_at FROM pending_pay"""
RICH = "INSERT INTO balance SELECT 1, account_id, 10^12 FROM generate_series($1::bigint, $2::bigint) AS a (account_id)"
TOPPED_UP = """INSERT INTO transfer SELECT 1, 1000 + account_id, 1, 0, 1, 0, 10, account_id, 10^12, account_id, 0, $1
FROM balance"""
BALANCES = """UPDATE balance SET available_micros = (
    SELECT sum(CASE WHEN credit_book = 10 THEN amount_micros ELSE -amount_micros END) FROM transfer
    WHERE transfer.account_id = balance.account_id AND 10 IN (debit_book, credit_book))"""
WALLETS = """INSERT INTO wallet SELECT cell, credit_id, sum(amount_micros) FROM transfer WHERE credit_book = 21
GROUP BY cell, credit_id"""


def measure(small: bool = False) -> list[Row]:
    """Return the seconds of each proof, and of sealing."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            return asyncio.run(_run(server.start(), SMALL_TASKS if small else TASKS))
        finally:
            server.stop()


async def _run(dsn: str, tasks: int) -> list[Row]:
    db = await asyncpg.connect(dsn)
    await prepare_database(db)
    await prepare(db)
    await _fill(db, tasks)
    new = await db.fetchval("SELECT count(*) FROM transfer WHERE at >= $1", month_start(await _now(db)))
    unsealed = await _proof(db, is_whole=False)
    due, began = await due_months(db, FIRST_CELL), time.perf_counter()
    made = await seal_months(db, FIRST_CELL, KEY, due)
    sealing = time.perf_counter() - began
    sealed, whole = await _proof(db, is_whole=False), await _proof(db, is_whole=True)
    transfers = await db.fetchval("SELECT count(*) FROM transfer")
    await db.close()
    return [
        Row(
            "proof of the books, no seal",
            unsealed[0],
            "s",
            "",
            {"transfers": transfers, "new": new, "pages": unsealed[1]},
        ),
        Row(f"sealing {len(made)} months", sealing, "s"),
        Row("proof of the books, from the newest seal on", sealed[0], "s", "", {"pages": sealed[1]}),
        Row("proof of all, each month against its seal", whole[0], "s", "", {"pages": whole[1]}),
        Row("pages read, sealed : not", sealed[1] / unsealed[1], "", "", {"new : all": new / transfers}),
    ]


async def _proof(db: asyncpg.Connection, *, is_whole: bool) -> tuple[float, float]:
    """Return the better of two times, and how many pages of PostgreSQL's were looked at, in memory or not."""
    times, before = [], await _pages(db)
    for _ in range(2):
        began = time.perf_counter()
        books = await check_books(db, FIRST_CELL, trusted=[public_key_of(KEY)], is_whole=is_whole)
        times.append(time.perf_counter() - began)
        assert not books.difference_micros, books.findings[:5]
    return min(times), (await _pages(db) - before) / 2


async def _pages(db: asyncpg.Connection) -> float:
    await db.execute("SELECT pg_stat_force_next_flush()")
    return float(await db.fetchval(PAGES))


async def _now(db: asyncpg.Connection) -> datetime:
    found: datetime = await db.fetchval("SELECT now()")
    return found


async def _fill(db: asyncpg.Connection, tasks: int) -> None:
    for statement in ("SET synchronous_commit = off", VESTED, "DELETE FROM pending_pay"):
        await db.execute(statement)
    now = await _now(db)
    await db.execute(RICH, PATTERN.account + 1, PATTERN.account + ACCOUNTS)
    start, portions = now - timedelta(days=30 * MONTHS), tasks // PORTION
    for number in range(portions):
        account, worker = PATTERN.account + 1 + number % ACCOUNTS, PATTERN.worker + number % WORKERS
        ended = (start + (now - start) * number / portions).replace(second=0, microsecond=0)
        await fill(db, FIRST_CELL, account, worker, FIRST + number * PORTION, PORTION, ended)
    await db.execute(TOPPED_UP, start)
    await db.execute("UPDATE transfer SET at = $1 WHERE kind = 1", start)
    for statement in ("DELETE FROM wallet", BALANCES, WALLETS, "VACUUM ANALYZE", "CHECKPOINT"):
        await db.execute(statement)
