"""Shut workers out; what they earned stays theirs."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers import store as workers


class DisableWorker(msgspec.Struct, frozen=True):
    worker_id: int
    cell: int = DIRECTORY


async def disable_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[DisableWorker]) -> list[None]:
    """Disable the workers; one who is disabled already stays so. `leave` ends their presence, in each cell."""
    for worker_id in sorted({c.worker_id for c in commands}):
        await workers.disable_worker(tx, worker_id)
    return [None for _ in commands]
