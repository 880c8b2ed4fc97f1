"""Workers who are about to be changed, locked until that is done."""

from collections.abc import Sequence

import asyncpg

from manyeyes.db.rows import read
from manyeyes.workers.store import SQL, Worker


async def lock_workers(tx: asyncpg.Connection, worker_ids: Sequence[int]) -> dict[int, Worker]:
    """Return those of the workers who exist, by number, disabled ones too, locked until they are changed."""
    return {each.worker_id: each for each in read(Worker, await tx.fetch(SQL.lock_workers, worker_ids))}
