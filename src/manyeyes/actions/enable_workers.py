"""Let disabled workers in again, with their tokens and what they earned."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers import store as workers


class EnableWorker(msgspec.Struct, frozen=True):
    worker_id: int
    cell: int = DIRECTORY


async def enable_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[EnableWorker]) -> list[None]:
    """Enable the workers again; one who was never disabled stays as they are."""
    for worker_id in sorted({c.worker_id for c in commands}):
        await workers.enable_worker(tx, worker_id)
    return [None for _ in commands]
