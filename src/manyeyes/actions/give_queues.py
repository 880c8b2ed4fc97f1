"""Workers who are there take more queues from now on, since they chose them (docs/decisions/0085)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.workers import store as workers
from manyeyes.workers.choices import store as choices


class GiveQueues(msgspec.Struct, frozen=True):
    """``queue_ids``: all that they take now, whether their presence has them or not; ``languages``: likewise."""

    cell: int
    worker_id: int
    queue_ids: tuple[int, ...]
    languages: tuple[str, ...]


async def give_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[GiveQueues]) -> list[None]:
    """Add the queues of all commands to the presences; of a worker's languages the last count.

    Who is not online stays so. What they are below the floor of is left out.
    """
    cell = commands[0].cell
    queues: dict[int, dict[int, None]] = {}
    spoken: dict[int, tuple[str, ...]] = {}
    for command in commands:
        queues.setdefault(command.worker_id, {}).update(dict.fromkeys(command.queue_ids))
        spoken[command.worker_id] = command.languages
    await workers.lock_sessions(tx, cell, queues)
    taken = [(worker_id, list(queues[worker_id]), spoken[worker_id]) for worker_id in sorted(queues)]
    await choices.add_queues(tx, cell, taken)
    return [None for _ in commands]
