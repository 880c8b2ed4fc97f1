"""Which queues people are in at this moment: named queries → plain values."""

from collections.abc import Sequence

import asyncpg

from manyeyes.workers.store import SQL


async def queues(tx: asyncpg.Connection, cell: int, worker_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return the queues of those of the workers who are online; who practises may be in none."""
    return {row["worker_id"]: tuple(row["queues"]) for row in await tx.fetch(SQL.online_queues, cell, worker_ids)}
