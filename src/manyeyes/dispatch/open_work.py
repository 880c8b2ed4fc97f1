"""Named queries of what is open in a cell, as its operator is told → values."""

from datetime import datetime

import asyncpg

from manyeyes.dispatch.store import SQL


async def answering(db: asyncpg.Connection, cell: int) -> dict[int, int]:
    """Return how many tasks are being answered, by queue; queues without any are left out."""
    return {row["queue_id"]: row["tasks"] for row in await db.fetch(SQL.answering, cell)}


async def oldest_waiting(db: asyncpg.Connection, cell: int) -> datetime | None:
    """Return when the oldest waiting task was submitted; None when none waits."""
    oldest: datetime | None = await db.fetchval(SQL.oldest_waiting, cell)
    return oldest
