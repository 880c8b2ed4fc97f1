"""What allow-lists cost `hand_out`: nobody lists anybody, a thousand live entries, a hundred thousand.

Like the depth bench: one database per number of entries, rounds in turn, so that a noisy moment hits all alike. The
accounts that wait list workers of a work force of thousands, of whom 64 are idle in a round.
The goal: at most 1.2 times.
"""

import asyncio

import asyncpg

from bench.depth import ROUNDS, WARM_ROUNDS, WORKERS, fresh, hand_out_once
from bench.product import temporary_folder
from bench.row import Row, percentile
from manyeyes.db.embedded import Embedded

DEPTH, SMALL_DEPTH = 10_000, 2_000
ENTRIES = (0, 1_000, 100_000)
WORK_FORCE = 5_000
ACCOUNTS = 1_000


def measure(small: bool = False) -> list[Row]:
    """Return the cost of a matched task by the number of live entries, and how it grows."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            costs = asyncio.run(_run(server.start(), SMALL_DEPTH if small else DEPTH))
        finally:
            server.stop()
    rows = [Row(f"hand_out, {entries:,} live allow-list entries", cost, "us/task") for entries, cost in costs.items()]
    return [*rows, *[Row(f"hand_out, {n:,} : 0 entries", costs[n] / costs[0], "", "<= 1.2") for n in ENTRIES[1:]]]


async def _run(dsn: str, depth: int) -> dict[int, float]:
    databases = {entries: await _prepare(dsn, depth, entries) for entries in ENTRIES}
    seconds: dict[int, list[float]] = {entries: [] for entries in ENTRIES}
    for number in range(WARM_ROUNDS + ROUNDS):
        for entries, db in databases.items():
            taken = await hand_out_once(db)
            if number >= WARM_ROUNDS:
                seconds[entries].append(taken)
            await _recycle(db, depth)
    for db in databases.values():
        await db.close()
    return {entries: 1e6 * percentile(taken, 50) / WORKERS for entries, taken in seconds.items()}


async def _prepare(dsn: str, depth: int, entries: int) -> asyncpg.Connection:
    """Return a connection to a new database with that many entries, spread evenly over accounts and workers."""
    db = await fresh(dsn, f"listed_{entries}", depth)
    await db.execute(_ENTER, entries, ACCOUNTS, WORK_FORCE)
    await db.execute("ANALYZE standing")
    return db


async def _recycle(db: asyncpg.Connection, depth: int) -> None:
    """Let what was handed out enter again at the queue's end, so that its customers always have something waiting."""
    async with db.transaction():
        await db.execute(_ENTER_AGAIN, depth)
        await db.execute("UPDATE session SET held = 0, idle_since = now() WHERE cell = 1")


_ENTER = """INSERT INTO standing (cell, account_id, worker_id, filtered, until)
SELECT 1, 1 + n % $2::int, 1 + (n / $2::int * 7919 + n % $2::int) % $3::int, false, now() + interval '1 hour'
FROM generate_series(0, $1::int - 1) AS n"""
_ENTER_AGAIN = """UPDATE work SET task_id = task_id + $1, turn = 1000 * (task_id + $1), created_at = now(), state = 0,
    worker_id = 0, lease_until = NULL WHERE cell = 1 AND state <> 0"""
