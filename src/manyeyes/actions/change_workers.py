"""Change what workers may do."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.workers import store as workers


class ChangeWorker(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a part as it is; what is given replaces all that there was."""

    worker_id: int
    languages: tuple[str, ...] | None = None
    queues: tuple[int, ...] | None = None
    reviewer: bool | None = None
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def change_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeWorker]) -> list[None]:
    """Change the workers, in the order in which the changes came."""
    known = await workers.lock_workers(tx, sorted({c.worker_id for c in commands}))
    entries = []
    for c in commands:
        if c.worker_id in known:
            before = known[c.worker_id]
            parts = {"languages": c.languages, "queues": c.queues, "reviewer": c.reviewer}
            given = {name: value for name, value in parts.items() if value is not None}
            known[c.worker_id] = msgspec.structs.replace(before, **given)
            await workers.set_worker(tx, c.worker_id, c.languages, c.queues, c.reviewer)
            entries.append(change_of(c.actor, Deed.WORKER_SET, f"worker:{c.worker_id}", before, known[c.worker_id]))
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
