"""Register workers with the tokens of their programs."""

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
from manyeyes.workers.store import Subject, Worker


class RegisterWorker(msgspec.Struct, frozen=True):
    """``worker`` has a number that was taken for them alone; ``token_hash`` of their programs' token."""

    worker: Worker
    token_hash: bytes
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def register_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[RegisterWorker]) -> list[None]:
    """Register the workers; a token that is known already came before, with a command whose reply was lost."""
    entries = []
    for command in commands:
        if await workers.credential(tx, command.token_hash, ["token"]) is None:
            await workers.insert_worker(tx, command.worker)
            subject = Subject("worker", command.worker.worker_id, 0)
            await workers.insert_credential(tx, command.token_hash, "token", subject, None)
            person = f"worker:{command.worker.worker_id}"
            entries.append(change_of(command.actor, Deed.WORKER_ADD, person, None, command.worker))
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
