"""Workers leave the match: away when their connection is gone, offline when they said so."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.worker_desks import load_desks, put_away
from manyeyes.workers import store as workers


class Leave(msgspec.Struct, frozen=True):
    """``offline``: the worker said so, all they hold goes back at once; else only what they have not seen does.

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
    # 2. Save: the tasks, the desks, the presences.
    back = await put_away(tx, now, cell, desks, offline)
    queues: dict[int, set[int]] = {}
    for work in back:
        queues.setdefault(work.worker_id, set()).add(work.queue_id)
    return [tuple(queues.get(c.worker_id, ())) for c in commands]
