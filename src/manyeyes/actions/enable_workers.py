"""Let disabled workers in again, with their tokens and what they earned."""

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


class EnableWorker(msgspec.Struct, frozen=True):
    worker_id: int
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def enable_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[EnableWorker]) -> list[None]:
    """Enable the workers again; one who was never disabled stays as they are."""
    back = {number: await workers.enable_worker(tx, number) for number in sorted({c.worker_id for c in commands})}
    entries = [
        change_of(c.actor, Deed.WORKER_ENABLE, f"worker:{c.worker_id}", {"disabled": True}, {"disabled": False})
        for c in firsts(commands, lambda c: c.worker_id)
        if back[c.worker_id]
    ]
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
