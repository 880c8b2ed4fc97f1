"""Queues go from workers who are there, since an operator takes them, and practice with them (decision 0072)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.barred_desks import take_queues_away
from manyeyes.actions.shared.practice_desks import end_early
from manyeyes.actions.shared.worker_desks import load_desks
from manyeyes.skills.practice import store as practices


class TakeQueues(msgspec.Struct, frozen=True):
    """``queue_ids``: all that the worker may not do, whether their presence has them or not."""

    cell: int
    worker_id: int
    queue_ids: tuple[int, ...]


async def take_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[TakeQueues]) -> list[None]:
    """Take the queues of all commands away.

    What somebody looks at they may still answer; what lies behind it goes back. A try with the training set of such a
    queue is broken off, and is no try: were the queue given back, they would begin anew.
    """
    # 1. Load: the desks and tries, locked.
    cell = commands[0].cell
    lost: defaultdict[int, set[int]] = defaultdict(set)
    for command in commands:
        lost[command.worker_id].update(command.queue_ids)
    desks = await load_desks(tx, cell, lost)
    tries = await practices.lock_practices(tx, cell, lost)
    # 2. Save: practice ends, then queues go from the presences.
    over = [each for each in tries.values() if each.ended_at is None and each.queue_id in lost[each.worker_id]]
    await end_early(tx, now, cell, desks, over, gives_back=False)
    pairs = [(queue_id, worker_id) for worker_id in sorted(lost) for queue_id in sorted(lost[worker_id])]
    await take_queues_away(tx, now, cell, desks, pairs)
    return [None for _ in commands]
