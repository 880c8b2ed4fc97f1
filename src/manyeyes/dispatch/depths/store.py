"""Named queries of how deep queues are, and what is held for what is open → values."""

from collections.abc import Sequence

import asyncpg

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries, one_row

SQL = Queries(__package__)


async def count_waiting(db: asyncpg.Connection, cell: int, queue_id: int, limit: int) -> int:
    """Return how many tasks wait, at most ``limit``."""
    return int(await db.fetchval(SQL.count_waiting, cell, queue_id, limit))


async def shallow_depths(db: asyncpg.Connection, cell: int, queue_ids: Sequence[int]) -> dict[int, int]:
    """Return how many tasks wait in each queue, at most `DEPTH_COUNTED_EXACTLY` (tasks/rules.py)."""
    return dict(await db.fetch(SQL.shallow_depths, cell, queue_ids))


async def depths(db: asyncpg.Connection, cell: int, queue_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return the last measured (waiting, average bid in micros) by queue."""
    return {q: (waiting, average) for q, waiting, average in await db.fetch(SQL.depths, cell, queue_ids)}


async def head_bid(db: asyncpg.Connection, cell: int, queue_id: int, limit: int) -> int:
    """Return the average of the ``limit`` highest bids that wait, in micro-units; 0 when nothing waits."""
    return int(await db.fetchval(SQL.head_bid, cell, queue_id, limit))


async def set_depth(db: asyncpg.Connection, cell: int, queue_id: int, waiting: int, average_micros: int) -> None:
    """Store a queue's measured depth: how many tasks wait, and the average bid at its head in micro-units."""
    await db.execute(SQL.set_depth, cell, queue_id, waiting, average_micros)


async def account_waiting(db: asyncpg.Connection, cell: int, account_id: int) -> tuple[int, int]:
    """Return how many of an account's tasks wait and how many are being answered."""
    row = await one_row(db, SQL.account_waiting, cell, account_id)
    return row["waiting"], row["leased"]


async def held(db: asyncpg.Connection, cell: int, account_id: int) -> int:
    """Return the micros held for an account's open tasks; the ledger's sum would read its whole history."""
    return int(await db.fetchval(SQL.held, cell, account_id))


async def held_of(db: asyncpg.Connection, cell: int, account_ids: Sequence[int]) -> dict[int, int]:
    """Return `held` of those of the accounts that have open tasks."""
    return dict(await db.fetch(SQL.held_of, cell, account_ids))


async def all_held(db: asyncpg.Connection, cell: int) -> dict[int, int]:
    """Return the price of each account's open tasks, in micros."""
    return {row["account_id"]: row["held_micros"] for row in await db.fetch(SQL.all_held, cell, timeout=PROOF_SECONDS)}
