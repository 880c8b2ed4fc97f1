"""Workers leave the match: away when their connection is gone, offline when they said so."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.worker_desks import load_desks
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import Returning
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange


class Leave(msgspec.Struct, frozen=True):
    """``offline``: the worker said so, all they hold goes back at once; else only what lay queued does.

    ``node_id``: a node missed them; that counts only if no other one has them meanwhile (0: it counts).
    """

    cell: int
    worker_id: int
    offline: bool
    node_id: int = 0


async def leave(tx: asyncpg.Connection, now: datetime, commands: Sequence[Leave]) -> list[tuple[int, ...]]:
    """Return for each the queues that tasks went back to."""
    # 1. Load: the desks, locked; a worker whom another node has by now is left alone.
    cell = commands[0].cell
    offline = {c.worker_id: c.offline for c in sorted(commands, key=lambda c: c.offline)}
    desks = await load_desks(tx, cell, offline)
    missed = {c.worker_id: c.node_id for c in commands if c.node_id and not offline[c.worker_id]}
    for node_id in set(missed.values()):
        there = await workers.through_node(tx, cell, sorted(missed), node_id)
        offline = {w: is_off for w, is_off in offline.items() if missed.get(w) != node_id or w in there}
    # 2. Decide: all that they hold goes back when they said so, else only what is queued.
    back = [
        w for w in desks.works() if w.worker_id in offline and (offline[w.worker_id] or w.state is WorkState.QUEUED)
    ]
    # 3. Save: the tasks, the desks, the presences.
    await dispatch.put_back(tx, cell, [Returning(work.task_id, work.failures) for work in back])
    held = {
        w: SessionChange(held=-sum(work.worker_id == w for work in back)) for w in sorted({b.worker_id for b in back})
    }
    await workers.change_desks(tx, now, cell, held)
    for value in (False, True):
        await workers.leave(tx, cell, sorted(w for w, is_off in offline.items() if is_off is value), offline=value)
    return [tuple({work.queue_id for work in back if work.worker_id == c.worker_id}) for c in commands]
