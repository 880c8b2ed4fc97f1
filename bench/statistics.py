"""getSpendingStats for an account with a million finished tasks in the day, among ten million, from an odd second.

The goal: <= 15 ms. The rows are written in bulk, but as the product would have: every bucket is summed from raw rows.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import asyncpg
import msgspec

from bench.bare import Actors, copies, finish, settle
from bench.people import invite
from bench.product import Product, serving
from bench.row import Row, percentile
from bench.wire import connect, request
from manyeyes.db.pool import FIRST_CELL
from manyeyes.statistics import store as statistics
from manyeyes.statistics.rules import DAY_SECONDS, spending_windows

TASKS, DAYS = 10_000_000, 10
SMALLER = 50  # times smaller with --small
SHARE = 10  # every tenth task is the account's, all of them within one day
OTHER_ACCOUNTS = 99
CALLS, WARM_CALLS = 40, 5

PATTERN, PATTERN_TASK = Actors(account=910_000_000, worker=920_000_000, queue=101), 10**12

# Two queues, two apps and two addresses: eight buckets of the account in each minute. The others spread over all days.
TIMED = f"""
(SELECT n, mine, to_timestamp(CASE WHEN mine THEN $2 + 86400 * part ELSE $3 + {86400 * DAYS} * part END) AS at
 FROM (SELECT n, n % {SHARE} = 0 AS mine, (n - 1)::float8 / $4 AS part FROM generate_series(1, $4::bigint) AS n) AS t)
"""
CHANGED = {
    "task_id": "n.n",
    "account_id": f"CASE WHEN n.mine THEN $1::bigint ELSE $1 + 1 + n.n % {OTHER_ACCOUNTS} END",
    "queue_id": "1 + n.n / 16 % 2",
    "soft_id": "n.n / 32 % 2",
    "ip": "'192.0.2.' || n.n / 64 % 2",
    "created_at": "n.at - interval '7 s'",
    "ended_at": "n.at",
}
# In the order of time, as in life: where a bucket lies decides how many pages a read touches.
SUM_UP = """
INSERT INTO usage_minute (cell, account_id, minute, queue_id, soft_id, ip, tasks, charged_micros)
SELECT cell, account_id, floor(extract(epoch FROM ended_at) / 60)::int, queue_id, soft_id, ip, count(*),
       sum(charged_micros)
FROM result WHERE task_id < $1 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 3"""
INDEXES = """
SELECT c.relname AS name, pg_get_indexdef(c.oid) AS made_by, k.conname AS key, pg_get_constraintdef(k.oid) AS key_is
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid LEFT JOIN pg_constraint AS k ON k.conindid = c.oid
WHERE i.indrelid = 'result'::regclass"""


def measure(small: bool = False) -> list[Row]:
    """Return the median over HTTP and of the store's read alone, in milliseconds."""
    tasks = TASKS // SMALLER if small else TASKS
    with serving() as product:
        return asyncio.run(_run(product, tasks))


async def _run(product: Product, tasks: int) -> list[Row]:
    start = int(time.time()) // 3600 * 3600 - DAY_SECONDS - 2 * 3600 + 1234  # neither a whole hour nor a whole minute
    people = await invite(product.dsn, 1 + OTHER_ACCOUNTS, 0)
    began = time.perf_counter()
    db = await asyncpg.connect(product.dsn)
    await _fill(db, people.first_account, start, tasks)
    built = time.perf_counter() - began
    over_http = await _over_http(product.url, people.keys[0], start, tasks // SHARE)
    windows = spending_windows(start)
    alone = await times_of(lambda: statistics.spending(db, FIRST_CELL, people.first_account, windows))
    buckets = await db.fetchval("SELECT count(*) FROM usage_minute WHERE account_id = $1", people.first_account)
    await db.close()
    what = f"getSpendingStats, {tasks // SHARE:,} tasks of {tasks:,}"
    details = {"p90 ms": percentile(over_http, 90), "own buckets": buckets, "built in s": built}
    return [
        Row(f"{what}, over HTTP, median", percentile(over_http, 50), "ms", "<= 15", details),
        Row(f"{what}, store alone, median", percentile(alone, 50), "ms", "", {"p90 ms": percentile(alone, 90)}),
    ]


async def _fill(db: asyncpg.Connection, account: int, start: int, tasks: int) -> None:
    """Write results and buckets; indexes are made afterwards, which is several times quicker."""
    others_start = start + DAY_SECONDS - DAYS * DAY_SECONDS
    await db.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
    await settle(db, PATTERN)
    await finish(db, PATTERN, PATTERN_TASK)
    indexes = await db.fetch(INDEXES)
    for index in indexes:
        drop = f"ALTER TABLE result DROP CONSTRAINT {index['key']}" if index["key"] else f"DROP INDEX {index['name']}"
        await db.execute(drop)
    fill = await copies(db, "result", f"task_id = {PATTERN_TASK}", CHANGED, TIMED)
    await db.execute(fill, account, start, others_start, tasks)
    for index in indexes:
        add = f"ALTER TABLE result ADD CONSTRAINT {index['key']} {index['key_is']}"
        await db.execute(add if index["key"] else index["made_by"])
    await db.execute(SUM_UP, PATTERN_TASK)
    await db.execute("VACUUM (ANALYZE) result")
    await db.execute("VACUUM (ANALYZE) usage_minute")
    await db.execute("CHECKPOINT")


async def _over_http(url: str, key: str, start: int, tasks: int) -> list[float]:
    """Return the calls' milliseconds. Raises RuntimeError unless the windows hold exactly the account's tasks."""
    link = await connect(url)
    ask = request(url, "POST", "/getSpendingStats", msgspec.json.encode({"clientKey": key, "date": start}))
    windows = msgspec.json.decode(await link.ask(ask))["data"]
    if sum(window["volume"] for window in windows) != tasks or windows[0]["dateFrom"] != start:
        raise RuntimeError(f"getSpendingStats is wrong: {windows}")
    times = await times_of(lambda: link.ask(ask))
    link.close()
    return times


async def times_of(call: Callable[[], Awaitable[object]]) -> list[float]:
    """Return the milliseconds of each call but the first few."""
    times = []
    for _ in range(WARM_CALLS + CALLS):
        began = time.perf_counter()
        await call()
        times.append(1000 * (time.perf_counter() - began))
    return times[WARM_CALLS:]
