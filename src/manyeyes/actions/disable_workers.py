"""Shut workers out; what they earned stays theirs."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of, firsts
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.workers import store as workers


class DisableWorker(msgspec.Struct, frozen=True):
    worker_id: int
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def disable_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[DisableWorker]) -> list[None]:
    """Disable the workers; one who is disabled already stays so. `leave` ends their presence, in each cell."""
    ended = {number: await workers.disable_worker(tx, number) for number in sorted({c.worker_id for c in commands})}
    entries = [
        change_of(c.actor, Deed.WORKER_DISABLE, f"worker:{c.worker_id}", {"disabled": False}, {"disabled": True})
        for c in firsts(commands, lambda c: c.worker_id)
        if ended[c.worker_id]
    ]
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
