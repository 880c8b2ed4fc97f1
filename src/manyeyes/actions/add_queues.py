"""Open queues of the operator's own in a database; each database holds a copy of all queues."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import QueueTerms


class AddQueue(msgspec.Struct, frozen=True):
    """``cell``: one of the database that is meant (`Cells.one_of_each`). The gates of the queue are open already."""

    cell: int
    terms: QueueTerms


async def add_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddQueue]) -> list[None]:
    """Open the queues; one that is there already stays as it is."""
    for command in commands:
        await tasks.add_queue(tx, command.terms)
    return [None for _ in commands]
