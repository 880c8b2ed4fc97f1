"""Named queries of what workers take of what they were given (docs/decisions/0085)."""

from collections.abc import Sequence

import asyncpg

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read_one
from manyeyes.workers.rules import WorkChoice

SQL = Queries(__package__)


async def choice(db: asyncpg.Connection, worker_id: int) -> WorkChoice:
    """Return what a worker does not take now; of who never chose, nothing."""
    return read_one(WorkChoice, await db.fetchrow(SQL.choice, worker_id)) or WorkChoice()


async def save_choice(tx: asyncpg.Connection, worker_id: int, chosen: WorkChoice) -> None:
    """Store what a worker does not take from now on; what they were not given is left out."""
    await tx.execute(SQL.save_choice, worker_id, chosen.declined_queues, chosen.declined_languages)


async def take_these(
    tx: asyncpg.Connection, cell: int, taken: Sequence[tuple[int, Sequence[int], Sequence[str]]]
) -> None:
    """Let the presences of workers who are there take these alone: (worker_id, queues, languages); they are locked."""
    columns = zip(*[(worker_id, _array(queues), _array(spoken)) for worker_id, queues, spoken in taken], strict=True)
    await tx.execute(SQL.take_these, cell, *columns)


def _array(items: Sequence[object]) -> str:
    """Return a PostgreSQL array literal of numbers or language codes (neither needs quoting)."""
    return "{" + ",".join(str(item) for item in items) + "}"
