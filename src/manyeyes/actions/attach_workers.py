"""Make online workers present through this node, to which they call or open their stream."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.practice_desks import go_on
from manyeyes.actions.shared.worker_desks import Desks
from manyeyes.dispatch import store as dispatch
from manyeyes.skills.practice import store as practices
from manyeyes.workers import store as workers


class AttachWorker(msgspec.Struct, frozen=True):
    cell: int
    worker_id: int
    node_id: int


async def attach_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[AttachWorker]) -> list[bool]:
    """Return whether each worker is online; one who is not must go online first.

    For one who is present through this node already this only reads. Before one who practises the next picture is laid.
    """
    cell, node_id = commands[0].cell, commands[0].node_id
    online = await workers.online(tx, cell, sorted({c.worker_id for c in commands}), node_id)
    missing = sorted(worker_id for worker_id, is_attached in online.items() if not is_attached)
    practising = await workers.attach(tx, now, cell, missing, node_id)
    if practising:
        await _go_on(tx, now, cell, [c.worker_id for c in commands if c.worker_id in practising])
    return [c.worker_id in online for c in commands]


async def _go_on(tx: asyncpg.Connection, now: datetime, cell: int, worker_ids: Sequence[int]) -> None:
    """Lay the next picture before those who practise, whose presences are locked: it was taken away when they left."""
    desks = Desks(await dispatch.lock_leased(tx, cell, set(worker_ids)))
    known = await practices.lock_practices(tx, cell, set(worker_ids))
    right = await practices.right_answers(tx, cell, {n for each in known.values() for n in each.left_ids})
    await go_on(tx, now, cell, desks, worker_ids, known=known, right=right)
