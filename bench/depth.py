"""What it costs to hand out one task when a thousand or a million others wait.

One database per depth on one server, and the rounds go through all of them in turn, so that a noisy moment of the
machine hits every depth alike. Between rounds, unmeasured, the handed-out tasks leave, as many new ones enter at the
queue's end, and the workers are idle again. Issue 2: cost per task at 1 M at most 1.5 times that at 1 k.
"""

import asyncio
import time
from collections.abc import Sequence

import asyncpg

from bench.product import temporary_folder
from bench.row import Row, percentile
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.db.embedded import Embedded
from manyeyes.db.pool import FIRST_CELL
from manyeyes.house import prepare_database
from manyeyes.workers import store as workers

DEPTHS, SMALL_DEPTHS = (1_000, 10_000, 100_000, 1_000_000), (1_000, 10_000)
QUEUE = 1
WORKERS = 64  # idle in each round
WARM_ROUNDS, ROUNDS = 20, 150

FILL = """
INSERT INTO work (cell, task_id, account_id, queue_id, bid_micros, turn, price_micros, pay_micros, soft_id, ip, kind,
                  options, media, created_at, expires_at)
SELECT $1, n, 1 + n % 1000, $2, 700, n * 1000, 700, 500, 0, '127.0.0.1', 'image_to_text',
       '{"phrase":false,"case":true,"numeric":0,"math":false,"min_length":0,"max_length":0,"comment":""}', 'png', now(),
       now() + interval '1 day'
FROM generate_series($3::bigint, $4::bigint) AS n"""


def measure(small: bool = False) -> list[Row]:
    """Return the cost of a matched task at each depth, and how it grows."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            costs = asyncio.run(_run(server.start(), SMALL_DEPTHS if small else DEPTHS))
        finally:
            server.stop()
    rows = [Row(f"hand_out, {depth:,} waiting", cost, "us/task") for depth, cost in costs.items()]
    smallest, largest = min(costs), max(costs)
    growth = costs[largest] / costs[smallest]
    return [*rows, Row(f"hand_out, {largest:,} : {smallest:,} waiting", growth, "", "<= 1.5")]


async def _run(dsn: str, depths: Sequence[int]) -> dict[int, float]:
    """Return microseconds per matched task by depth: the median round, its transaction's begin and commit included."""
    houses = {depth: await _prepare(dsn, depth) for depth in depths}
    seconds: dict[int, list[float]] = {depth: [] for depth in depths}
    for number in range(WARM_ROUNDS + ROUNDS):
        for depth, db in houses.items():
            taken = await _round(db)
            if number >= WARM_ROUNDS:
                seconds[depth].append(taken)
            await _replenish(db, depth + number * WORKERS)
    for db in houses.values():
        await db.close()
    return {depth: 1e6 * percentile(taken, 50) / WORKERS for depth, taken in seconds.items()}


async def _prepare(dsn: str, depth: int) -> asyncpg.Connection:
    """Return a connection to a new database in which ``depth`` tasks wait and `WORKERS` workers are idle."""
    name = f"depth_{depth}"
    admin = await asyncpg.connect(dsn)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    db = await asyncpg.connect(dsn, database=name)
    await prepare_database(db)
    await db.execute(FILL, FIRST_CELL, QUEUE, 1, depth)
    now = await db.fetchval("SELECT now()")
    sessions = [(worker, 1, [QUEUE], ["en"]) for worker in range(1, WORKERS + 1)]
    await workers.go_online(db, now, FIRST_CELL, sessions)
    await db.execute("ANALYZE")
    return db


async def _round(db: asyncpg.Connection) -> float:
    """Run one `hand_out` as the gather does and return its seconds. Raises RuntimeError unless everybody got a task."""
    began = time.perf_counter()
    async with db.transaction():
        now = await db.fetchval("SELECT now()")
        (handed,) = await hand_out(db, now, [HandOut(FIRST_CELL, QUEUE)])
    taken = time.perf_counter() - began
    if len(handed.worker_ids) != WORKERS:
        raise RuntimeError(f"{len(handed.worker_ids)} of {WORKERS} idle workers got a task")
    return taken


async def _replenish(db: asyncpg.Connection, last: int) -> None:
    async with db.transaction():
        await db.execute("DELETE FROM work WHERE cell = $1 AND state <> 0", FIRST_CELL)
        await db.execute(FILL, FIRST_CELL, QUEUE, last + 1, last + WORKERS)
        await db.execute("UPDATE session SET held = 0, idle_since = now() WHERE cell = $1", FIRST_CELL)
