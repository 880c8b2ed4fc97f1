"""Finished tasks in bulk, copied from one that the product wrote, for complaints to be about. The books stay right."""

from datetime import datetime

import asyncpg

from bench.bare import Actors, copies, finish, settle
from manyeyes.db.pool import FIRST_CELL
from manyeyes.statistics.rules import minute_of

PATTERN, PATTERN_TASK = Actors(account=910_000_000, worker=920_000_000, queue=101), 10**12
ENGLISH, PRICE = 1, 700  # the queue that ships; the pattern's price in micros
ROWS = {
    "task": f"task_id = {PATTERN_TASK}",
    "pending_pay": f"task_id = {PATTERN_TASK}",
    "transfer": f"cause_id = {PATTERN_TASK}",
    "result": f"task_id = {PATTERN_TASK}",
}
ENDED = "$1::timestamptz"
TIMES = {
    **{"ended_at": ENDED, "at": ENDED},
    **{"created_at": f"{ENDED} - interval '7 s'", "due_at": f"{ENDED} + interval '1 min'"},
}
COUNTED = """
INSERT INTO usage_minute (cell, account_id, minute, queue_id, soft_id, ip, tasks, charged_micros)
SELECT $1, $2, $3, queue_id, soft_id, ip, count(*), sum(charged_micros) FROM result
WHERE cell = $1 AND account_id = $2 AND task_id >= $4 GROUP BY queue_id, soft_id, ip
ON CONFLICT (cell, account_id, minute, queue_id, soft_id, ip) DO UPDATE SET tasks = usage_minute.tasks + excluded.tasks,
    charged_micros = usage_minute.charged_micros + excluded.charged_micros"""
PAID = """
INSERT INTO balance (cell, account_id, available_micros) VALUES ($1, $2, 0)
ON CONFLICT (cell, account_id) DO UPDATE SET available_micros = balance.available_micros - $3"""


async def prepare(db: asyncpg.Connection) -> None:
    """Let one task live its whole life, as the pattern."""
    await settle(db, PATTERN)
    await finish(db, PATTERN, PATTERN_TASK)


async def fill(
    db: asyncpg.Connection, cell: int, account: int, worker: int, first: int, count: int, ended: datetime
) -> None:
    """Copy the pattern as the tasks from ``first`` on of an account, all answered by the worker at ``ended``."""
    ids = {"cell": str(cell), "task_id": "n.n", "cause_id": "n.n", "queue_id": str(ENGLISH)}
    people = {name: _whose(name, account, worker) for name in ("account_id", "worker_id", "debit_id", "credit_id")}
    for table, where in ROWS.items():
        series = f"generate_series({first}::bigint, {first + count - 1}::bigint)"
        copy = await copies(db, table, f"cell = {FIRST_CELL} AND {where}", ids | people | TIMES, series)
        await db.execute(copy, ended)
    await db.execute(COUNTED, cell, account, minute_of(ended.timestamp()), first)
    await db.execute(PAID, cell, account, count * PRICE)


def _whose(column: str, account: int, worker: int) -> str:
    """Return the SQL that puts the account and the worker in the places of the pattern's."""
    cases = f"WHEN {PATTERN.account} THEN {account} WHEN {PATTERN.worker} THEN {worker}"
    return f"CASE one.{column} {cases} ELSE one.{column} END"
