"""The register of workers as the operator goes through it: pages of a list, and what queues they were given."""

import asyncpg

from manyeyes.db.queries import Queries, one_row
from manyeyes.db.rows import read
from manyeyes.workers.store import Worker

SQL = Queries(__package__)


async def found_workers(db: asyncpg.Connection, words: str, after: int, limit: int) -> list[Worker]:
    """Return workers by number behind ``after``: those whose name has ``words`` or whose number that is; "": all."""
    return read(Worker, await db.fetch(SQL.found_workers, words, after, limit))


async def given_queues(db: asyncpg.Connection) -> tuple[bool, set[int]]:
    """Return whether anybody may work, and the queues that those who may were given."""
    row = await one_row(db, SQL.given_queues)
    return row["has_worker"], set(row["queue_ids"])
