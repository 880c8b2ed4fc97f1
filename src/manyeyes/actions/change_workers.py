"""Change what workers may do."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers import store as workers
from manyeyes.workers.register import store as register
from manyeyes.workers.store import Worker

PARTS = ("languages", "queues", "reviewer")


class ChangeWorker(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a part as it is; what is given replaces all that there was.

    ``seen``: what whoever changes it looked at. Where a part to be changed is not so any more, nothing is changed.
    """

    worker_id: int
    languages: tuple[str, ...] | None = None
    queues: tuple[int, ...] | None = None
    reviewer: bool | None = None
    seen: Worker | None = None
    cell: int = DIRECTORY


async def change_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeWorker]) -> list[bool]:
    """Change the workers, in the order in which the changes came; return for each whether it was made."""
    made: dict[int, bool] = {}
    # In one order, so that batches do not block each other.
    for n, c in sorted(enumerate(commands), key=lambda each: (each[1].worker_id, each[0])):
        found = await register.lock_worker(tx, c.worker_id)
        made[n] = found is not None and _still(c, found)
        if made[n]:
            await workers.set_worker(tx, c.worker_id, c.languages, c.queues, c.reviewer)
    return [made[n] for n in range(len(commands))]


def _still(command: ChangeWorker, found: Worker) -> bool:
    """Tell whether the parts that are to be changed are still what was seen."""
    changed = [name for name in PARTS if getattr(command, name) is not None]
    return command.seen is None or all(getattr(command.seen, name) == getattr(found, name) for name in changed)
