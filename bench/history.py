"""What each step of a life costs in an empty house, and in one with a long history: milliseconds and their ratio.

History is tasks, results, transfers, pay and usage, copied in bulk from a task that the product let live, in the order
of time, and analysed. A hundred million rows take hours to write; each step reads by keys, so what could grow is the
height of an index, which grows by one page in several hundred times as many rows, and what a wrong plan would read,
which a few million rows show as well. The two databases take turns, so that a noisy moment hits both.
"""

import asyncio
import time
from collections.abc import Mapping

import asyncpg

from bench.bare import live
from bench.cpu import ran
from bench.disputed import PATTERN, fill, prepare
from bench.product import temporary_folder
from bench.row import Row, percentile
from manyeyes.db.embedded import Embedded
from manyeyes.db.pool import FIRST_CELL
from manyeyes.runtime.context import prepare_database

TASKS, SMALL_TASKS = 2_000_000, 20_000
ACCOUNTS = 40  # that the history is of; the lives to come are of one of them, and all are answered by one worker
PORTION = 50_000
WARM_LIVES, LIVES, SMALL_LIVES = 20, 200, 40
FIRST = 10**11
ROWS = "SELECT sum(n_live_tup)::bigint FROM pg_stat_user_tables"


def measure(small: bool = False) -> list[Row]:
    """Return each step's median on both, and the ratio."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            return asyncio.run(_run(server.start(), *((SMALL_TASKS, SMALL_LIVES) if small else (TASKS, LIVES))))
        finally:
            server.stop()


async def _run(dsn: str, tasks: int, lives: int) -> list[Row]:
    empty, full = await _open(dsn, "history_none"), await _open(dsn, "history_long")
    began = time.perf_counter()
    await _fill(full, tasks)
    details = {"rows": await full.fetchval(ROWS), "written in s": time.perf_counter() - began}
    taken: dict[str, list[Mapping[str, float]]] = {"none": [], "long": []}
    used = {"none": 0.0, "long": 0.0}
    backends = {db: await db.fetchval("SELECT pg_backend_pid()") for db in (empty, full)}
    for number in range(WARM_LIVES + lives):
        for name, db in (("none", empty), ("long", full)):
            before = ran(backends[db])
            steps = await live(db, PATTERN, FIRST * 20 + number)
            if number >= WARM_LIVES:
                taken[name].append(steps)
                used[name] += ran(backends[db]) - before
    for db in (empty, full):
        await db.close()
    rows = [Row("history, tasks that ended before", float(tasks), "", "", details)]
    for step in taken["none"][0]:
        none, long = (1_000 * percentile([steps[step] for steps in found], 50) for found in taken.values())
        rows.append(Row(f"{step}, long history : none", long / none, "", "<= 1.2", {"ms": long, "ms before": none}))
    none, long = (1_000 * percentile([sum(steps.values()) for steps in found], 50) for found in taken.values())
    by_cpu = {"by PostgreSQL's processor time": used["long"] / used["none"], "ms": long, "ms before": none}
    return [*rows, Row("a life, long history : none", long / none, "", "<= 1.2", by_cpu)]


async def _open(dsn: str, name: str) -> asyncpg.Connection:
    admin = await asyncpg.connect(dsn)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    db = await asyncpg.connect(dsn, database=name)
    await prepare_database(db)
    await prepare(db)
    await db.execute("VACUUM ANALYZE")
    return db


async def _fill(db: asyncpg.Connection, tasks: int) -> None:
    """Write ended tasks of several accounts over the last month, a portion of an account's after the other."""
    await db.execute("SET synchronous_commit = off")
    portions = max(tasks // PORTION, 1)
    for number in range(portions):
        account = PATTERN.account + number % ACCOUNTS
        ended = await db.fetchval("SELECT now() - $1 * interval '1 day'", 30 * (1 - number / portions))
        first = FIRST + number * PORTION
        await fill(db, FIRST_CELL, account, PATTERN.worker, first, min(PORTION, tasks), ended)
    await db.execute("RESET synchronous_commit")
    await db.execute("VACUUM ANALYZE")
    await db.execute("CHECKPOINT")
