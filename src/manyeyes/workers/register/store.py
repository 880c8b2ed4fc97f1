"""The register of workers as the operator goes through it: pages of a list, and what queues they were given."""

from collections.abc import Iterable, Sequence

import asyncpg

from manyeyes.db.queries import Queries, one_row
from manyeyes.db.rows import read, read_one
from manyeyes.workers.store import Session, Worker

SQL = Queries(__package__)


async def found_workers(db: asyncpg.Connection, words: str, after: int, limit: int) -> list[Worker]:
    """Return workers by number behind ``after``: those whose name has ``words`` or whose number that is; "": all."""
    return read(Worker, await db.fetch(SQL.found_workers, words, after, limit))


async def given_queues(db: asyncpg.Connection) -> tuple[bool, set[int]]:
    """Return whether anybody may work, and the queues that those who may were given."""
    row = await one_row(db, SQL.given_queues)
    return row["has_worker"], set(row["queue_ids"])


async def known_worker(db: asyncpg.Connection, worker_id: int) -> Worker | None:
    """Return a worker by their number, disabled or not; None when there is none."""
    return read_one(Worker, await db.fetchrow(SQL.known_worker, worker_id))


async def names_of(db: asyncpg.Connection, worker_ids: Iterable[int]) -> dict[int, str]:
    """Return what those of the workers who there are are called, by their numbers."""
    return dict(await db.fetch(SQL.names_of, sorted(set(worker_ids))))


async def sessions_of(db: asyncpg.Connection, cell: int, worker_ids: Sequence[int]) -> dict[int, Session]:
    """Return the presences of those of the workers who ever were online in a cell, by their numbers."""
    found = read(Session, await db.fetch(SQL.sessions_of, cell, worker_ids))
    return {each.worker_id: each for each in found}
