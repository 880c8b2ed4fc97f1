"""Workers who are there take what they chose from now on, and nothing else (docs/decisions/0085)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.barred_desks import put_unseen_back
from manyeyes.actions.shared.worker_desks import load_desks
from manyeyes.dispatch.rules import Purpose
from manyeyes.workers.choices import store as choices


class GiveQueues(msgspec.Struct, frozen=True):
    """``queue_ids``: all that they take now, whether their presence has them or not; ``languages``: likewise."""

    cell: int
    worker_id: int
    queue_ids: tuple[int, ...]
    languages: tuple[str, ...]


async def give_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[GiveQueues]) -> list[None]:
    """Let the presences take these queues and languages; of several commands for one worker the last one stands.

    Who is not online stays so. What they are below the floor of does not join. What they look at they may still answer;
    what lies behind it, unseen, goes back. Practice goes on: a try that one could break off would be no try.
    """
    cell = commands[0].cell
    desks = await load_desks(tx, cell, {c.worker_id for c in commands})
    for turn in _turns(commands):
        wanted = {c.worker_id: c.queue_ids for c in turn}
        lying = [w for w in desks.works() if w.worker_id in wanted and w.queue_id not in wanted[w.worker_id]]
        await put_unseen_back(tx, now, cell, desks, [w for w in lying if w.purpose is not Purpose.PRACTICE])
        taken = sorted((c.worker_id, list(c.queue_ids), c.languages) for c in turn)
        await choices.take_these(tx, cell, taken)
    return [None for _ in commands]


def _turns(commands: Sequence[GiveQueues]) -> list[list[GiveQueues]]:
    """Return the commands in turns, each of which has one of a worker's at the most, in their order."""
    turns: defaultdict[int, list[GiveQueues]] = defaultdict(list)
    before: Counter[int] = Counter()
    for command in commands:
        turns[before[command.worker_id]].append(command)
        before[command.worker_id] += 1
    return list(turns.values())
