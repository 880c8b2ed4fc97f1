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
from manyeyes.workers.changing import lock_workers
from manyeyes.workers.store import Worker


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
    actor: Actor = BY_ITSELF


async def change_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeWorker]) -> list[bool]:
    """Change the workers, in the order in which the changes came; return for each whether it was made."""
    known, made = await lock_workers(tx, sorted({c.worker_id for c in commands})), []
    entries = []
    for c in commands:
        before = known.get(c.worker_id)
        parts = {"languages": c.languages, "queues": c.queues, "reviewer": c.reviewer}
        given = {name: value for name, value in parts.items() if value is not None}
        made.append(before is not None and all(c.seen is None or _same(c.seen, before, name) for name in given))
        if before is None or not made[-1]:
            continue
        known[c.worker_id] = msgspec.structs.replace(before, **given)
        await workers.set_worker(tx, c.worker_id, c.languages, c.queues, c.reviewer)
        entries.append(change_of(c.actor, Deed.WORKER_SET, f"worker:{c.worker_id}", before, known[c.worker_id]))
    await trail.record(tx, now, commands[0].cell, entries)
    return made


def _same(seen: Worker, found: Worker, name: str) -> bool:
    """Tell whether a part is what was seen."""
    return bool(getattr(seen, name) == getattr(found, name))
