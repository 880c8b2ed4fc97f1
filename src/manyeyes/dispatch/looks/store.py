"""Named queries that look for what changed by itself: on desks, for all who wait; in queues, for sweeps."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

import asyncpg

from manyeyes.db.queries import Queries
from manyeyes.dispatch.store import Work

SQL = Queries(__package__)

# Whether there is anything to do in a cell ($1), as runtime/sweeps.py asks.
ANY_LAPSED, ANY_OVERDUE, ANY_ASIDE = SQL.any_lapsed, SQL.any_overdue, SQL.any_aside
ANY_TO_MATCH, ANY_DEPTH, ANY_TO_MARK = SQL.any_to_match, SQL.any_depth, SQL.any_to_mark

# What lies on one desk, to be compared: (state, task, lease, until) of each, in this order.
Desk = tuple[tuple[int, int, int, datetime | None], ...]


def desk_of(held: Iterable[Work]) -> Desk:
    """Return what lies on one worker's desk, to be compared with what `desks_in` finds."""
    return tuple(sorted((int(work.state), work.task_id, work.lease, work.lease_until) for work in held))


async def desks_in(db: asyncpg.Connection, cell: int) -> dict[int, Desk]:
    """Return every desk of a cell on which anything lies on a lease that is still good, by worker."""
    found: defaultdict[int, list[tuple[int, int, int, datetime | None]]] = defaultdict(list)
    for worker_id, *entry in await db.fetch(SQL.desks_in, cell):
        found[worker_id].append((entry[0], entry[1], entry[2], entry[3]))
    return {worker_id: tuple(sorted(entries)) for worker_id, entries in found.items()}


async def due_aside(db: asyncpg.Connection, cell: int, but: Collection[int], limit: int) -> list[int]:
    """Return who laid the ``limit`` answers and skips aside that are to be settled first; one worker for each.

    ``but``: these workers' are left out.
    """
    return [row["worker_id"] for row in await db.fetch(SQL.due_aside, cell, list(but), limit)]


async def to_mark(db: asyncpg.Connection, cell: int) -> dict[int, int]:
    """Return the queues of which anything lies on desks unseen without their marks, and these."""
    return dict(await db.fetch(SQL.queues_to_mark, cell))
