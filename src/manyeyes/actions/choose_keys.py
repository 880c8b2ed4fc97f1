"""Workers set a key of their screens, or take all of them back to what they were (docs/decisions/0086)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers.changing import lock_workers
from manyeyes.workers.keys.rules import RefusedKey, refused_key
from manyeyes.workers.keys.store import every_own_keys, save_own_keys


class ChooseKey(msgspec.Struct, frozen=True):
    """``name``: the action, one of `FIRST_KEYS`; empty: all keys as they were."""

    worker_id: int
    name: str = ""
    key: str = ""
    cell: int = DIRECTORY


async def choose_keys(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChooseKey]) -> list[RefusedKey | None]:
    """Keep each key and return None, or why it cannot be had: no two actions of a person ever have one key."""
    known = await lock_workers(tx, sorted({c.worker_id for c in commands}))
    own = await every_own_keys(tx, sorted(known))
    before = {worker_id: dict(theirs) for worker_id, theirs in own.items()}
    outcomes: list[RefusedKey | None] = []
    for c in commands:
        theirs = own.get(c.worker_id, {})
        outcomes.append(refused_key(c.name, c.key, theirs) if c.name else None)
        if not c.name:
            theirs.clear()
        elif outcomes[-1] is None:
            theirs[c.name] = c.key
    await save_own_keys(tx, {each: theirs for each, theirs in own.items() if theirs != before[each]})
    return outcomes
