"""Change what workers may do."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers import store as workers


class ChangeWorker(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a part as it is; what is given replaces all that there was."""

    worker_id: int
    languages: tuple[str, ...] | None = None
    queues: tuple[int, ...] | None = None
    reviewer: bool | None = None
    cell: int = DIRECTORY


async def change_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeWorker]) -> list[None]:
    """Change the workers, in the order in which the changes came."""
    for c in sorted(commands, key=lambda c: c.worker_id):  # in one order, so that batches do not block each other
        await workers.set_worker(tx, c.worker_id, c.languages, c.queues, c.reviewer)
    return [None for _ in commands]
