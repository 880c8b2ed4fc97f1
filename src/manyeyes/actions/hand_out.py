"""Match the waiting tasks of a queue with the workers who have room; the heart of the house."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import Idle, Pair, Waiting, match
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange

LARGEST_HEAD = 256  # tasks matched in one run; more are served by the next
SPARE_WORKERS = 8  # looked at beyond the tasks, since some may have tried them; few, since they are locked meanwhile


class HandOut(msgspec.Struct, frozen=True):
    """``became_idle``: a worker may have become idle, so tasks that lie queued on busy desks are looked at too.

    When only a task came, no idle worker can have left a queued task lying: the run that saw him idle took it.
    """

    cell: int
    queue_id: int
    became_idle: bool = True


class HandedOut(msgspec.Struct, frozen=True):
    """``worker_ids`` got a task or lost a queued one; ``again``: the head was full, there may be more to match."""

    worker_ids: tuple[int, ...]
    again: bool = False


async def hand_out(tx: asyncpg.Connection, now: datetime, commands: Sequence[HandOut]) -> list[HandedOut]:
    """Run each queue of the batch once and return what happened. Only one matcher runs per cell and queue."""
    queues = {c.queue_id: any(d.became_idle for d in commands if d.queue_id == c.queue_id) for c in commands}
    runs = {q: await _run(tx, now, commands[0].cell, q, became_idle=idle) for q, idle in sorted(queues.items())}
    return [runs[command.queue_id] for command in commands]


async def _run(tx: asyncpg.Connection, now: datetime, cell: int, queue_id: int, *, became_idle: bool) -> HandedOut:
    gate = await dispatch.lock_gate(tx, cell, queue_id, LARGEST_HEAD)
    wanted = min(gate.waiting + (gate.queued if became_idle else 0), LARGEST_HEAD) if gate else 0
    if gate is None or not wanted:
        return HandedOut(())
    for limit in (wanted + SPARE_WORKERS, LARGEST_HEAD + SPARE_WORKERS):
        room, head, queued = await _look(tx, cell, queue_id, limit, steal=became_idle and gate.queued > 0)
        waiting = [task for task, _ in head] + queued
        pairs = match(waiting, room, {}, now)
        if len(pairs) >= wanted or len(room) < limit:
            break  # else all who were looked at have tried these tasks: look at more workers
    if not pairs:
        return HandedOut(())
    changed = await _save(tx, now, cell, pairs, waiting)
    given = {pair.task_id for pair in pairs}
    newest = max((turn for task, turn in head if task.task_id in given), default=0)
    if newest > gate.virtual_turn:
        await dispatch.advance_gate(tx, cell, queue_id, newest)
    is_left = len(head) == len(room) and any(w.held == 0 and w.worker_id not in changed for w in room)
    return HandedOut(changed, again=len(pairs) >= LARGEST_HEAD or is_left)


async def _look(
    tx: asyncpg.Connection, cell: int, queue_id: int, limit: int, *, steal: bool
) -> tuple[list[Idle], list[tuple[Waiting, int]], list[Waiting]]:
    """Lock at most ``limit`` workers with room and as many tasks: waiting ones with their turns, then queued ones."""
    room = [Idle(*row) for row in await workers.rooms(tx, cell, queue_id, limit)]
    if not room:
        return [], [], []
    free = [w.worker_id for w in room if w.held == 0]
    head = await dispatch.waiting_head(tx, cell, queue_id, free or [w.worker_id for w in room], len(room))
    is_left = steal and len(head) < len(free)
    return room, head, await _stealable(tx, cell, queue_id, free, len(head)) if is_left else []


async def _stealable(
    tx: asyncpg.Connection, cell: int, queue_id: int, free: Sequence[int], waiting: int
) -> list[Waiting]:
    """Return tasks that lie queued on busy desks, of holders whose presence is locked by us alone."""
    queued = await dispatch.queued_head(tx, cell, queue_id, free, len(free) - waiting)
    if not queued:
        return []
    ours = await workers.lock_free(tx, cell, sorted({task.holder for task in queued}))
    return [task for task in queued if task.holder in ours]


async def _save(
    tx: asyncpg.Connection, now: datetime, cell: int, pairs: Sequence[Pair], waiting: Sequence[Waiting]
) -> tuple[int, ...]:
    await dispatch.hand_over(tx, cell, pairs)
    given = {pair.task_id for pair in pairs}
    change = Counter(pair.worker_id for pair in pairs)
    change.subtract(Counter(task.holder for task in waiting if task.holder and task.task_id in given))
    await workers.change_desks(tx, now, cell, {w: SessionChange(held=n) for w, n in sorted(change.items()) if n})
    return tuple(change)
