"""Open queues of the operator's own in a database; each database holds a copy of all queues."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import QueueTerms
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class AddQueue(msgspec.Struct, frozen=True):
    """``cell``: one of the database that is meant (`Cells.one_of_each`). The gates of the queue are open already."""

    cell: int
    terms: QueueTerms
    actor: Actor = BY_ITSELF


async def add_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddQueue]) -> list[None]:
    """Open the queues; one that is there already stays as it is."""
    entries = []
    for c in commands:
        if await tasks.add_queue(tx, c.terms):
            entries.append(change_of(c.actor, Deed.QUEUE_ADD, f"queue:{c.terms.queue_id}", None, c.terms))
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
