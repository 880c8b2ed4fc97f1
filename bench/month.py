"""The statement of a month with a million tasks, of which a thousand were refunded: the summary, by work, a late page.

The rows are written in bulk, but as the product would have: a hold and a charge for every task, and minutes summed up
from raw rows. What must stay small is the summary, which the page, /v1 and the command line wait for.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import asyncpg

from bench.product import temporary_folder
from bench.row import Row, percentile
from manyeyes.accounts.store import AccountPlace
from manyeyes.db.embedded import Embedded
from manyeyes.roles.customer.statement import read_by_work, read_entries, read_statement
from manyeyes.roles.customer.statement_span import read_span
from manyeyes.runtime.context import Context, open_context, prepare_database_at
from manyeyes.settings import Settings

TASKS, SMALL_TASKS = 1_000_000, 20_000
REFUND_EVERY, CALLS = 1_000, 9
OWNER = AccountPlace(7, "", 1)
START, SECONDS = 1_793_491_200, 30 * 86_400  # November 2026
FILL = (
    f"""INSERT INTO result (cell, task_id, account_id, queue_id, soft_id, ip, created_at, ended_at, ending, answer,
        media, worker_id, lease, solve_count, charged_micros, pay_micros, job_id)
    SELECT 1, n, 7, 1 + n % 2, 0, '', at, at, 0, '{{"text":"12345"}}', 'png', 1, 1, 1, 700, 500, n % 10
    FROM (SELECT n, to_timestamp({START} + n::float8 * {SECONDS} / $1) AS at
          FROM generate_series(1, $1 - 1) AS n) AS t""",
    """INSERT INTO transfer
    SELECT 1, task_id, k, 0, k + 8, 7, CASE k WHEN 2 THEN 11 ELSE 2 END, CASE k WHEN 2 THEN 7 ELSE 0 END, 700, 7, 0,
           ended_at
    FROM result, unnest('{2,3}'::int[]) AS k WHERE $1::bigint > 0 ORDER BY task_id, k""",
    f"""INSERT INTO transfer SELECT 1, task_id, 7, 0, 2, 0, 10, 7, 700, 7, 0, ended_at + interval '9 s' FROM result
    WHERE $1::bigint > 0 AND task_id % {REFUND_EVERY} = 0""",
    f"""INSERT INTO refund SELECT 1, task_id, 7, queue_id, 0, '', ended_at, ended_at + interval '9 s', 700 FROM result
    WHERE $1::bigint > 0 AND task_id % {REFUND_EVERY} = 0""",
    f"""INSERT INTO usage_minute SELECT 1, 7, floor(extract(epoch FROM ended_at) / 60)::int, queue_id, 0, '', count(*),
    sum(CASE WHEN task_id % {REFUND_EVERY} = 0 THEN 0 ELSE 700 END) FROM result
    WHERE $1::bigint > 0 GROUP BY 3, 4 ORDER BY 3""",
)


def measure(small: bool = False) -> list[Row]:
    """Return the medians in milliseconds."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            return asyncio.run(_run(server.start(), Settings(data=folder), SMALL_TASKS if small else TASKS))
        finally:
            server.stop()


async def _run(dsn: str, settings: Settings, tasks: int) -> list[Row]:
    await prepare_database_at(dsn)
    db = await asyncpg.connect(dsn)
    for statement in FILL:
        await db.execute(statement, tasks)
    await db.execute("VACUUM ANALYZE")
    await db.close()
    context = await open_context(settings, dsn)
    try:
        return await _measured(context, tasks)
    finally:
        await context.close()


async def _measured(context: Context, tasks: int) -> list[Row]:
    span = read_span({"month": "2026-11", "tz": "Asia/Bangkok"}, datetime.now(UTC))
    found = await read_statement(context, OWNER, span)
    place = (datetime.fromtimestamp(START + SECONDS // 10, UTC), (0, 0, 0))
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        "summary": lambda: read_statement(context, OWNER, span),
        "by queue and job": lambda: read_by_work(context, OWNER, span),
        "newest 50 entries": lambda: read_entries(context, OWNER, found, None, 50),
        "50 entries of the 4th": lambda: read_entries(context, OWNER, found, place, 50),
    }
    rows = []
    for name, read in reads.items():
        taken = [await _milliseconds(read) for _ in range(CALLS)]
        rows.append(Row(f"statement of {tasks:,} tasks, {name}, median", percentile(taken, 50), "ms"))
    return rows


async def _milliseconds(read: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await read()
    return 1_000 * (time.perf_counter() - began)
