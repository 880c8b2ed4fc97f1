"""Match the waiting tasks of a queue with the workers who have room for them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.customer_preferences import Regarded, idle_elsewhere, regarded, tasks_for_listed
from manyeyes.allow_list.rules import FILTER_TERMS, FilterTerms
from manyeyes.db.transaction import together
from manyeyes.dispatch import heads
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import (
    NOTHING_CLEAR,
    RIPE_SECONDS,
    SHOWING_SECONDS,
    Assignment,
    ClearMarks,
    Idle,
    WaitingTask,
    match,
    virtual_turn,
)
from manyeyes.dispatch.store import Backlog
from manyeyes.wellbeing import store as wellbeing
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange

LARGEST_HEAD = 256  # tasks matched in one run; more are served by the next
SPARE_WORKERS = 8  # looked at beyond the tasks, since some may have tried them; few, since they are locked meanwhile
FEW_WORKERS = 1 + SPARE_WORKERS  # for one task: enough where little happens


class HandOut(msgspec.Struct, frozen=True):
    """``became_idle``: a worker may have become idle, so tasks that lie on desks unseen are looked at too.

    When only a task came, no idle worker can have left one lying: the run that saw them idle took it. ``terms``: the
    installation's, of filters.
    """

    cell: int
    queue_id: int
    became_idle: bool = True
    terms: FilterTerms = FILTER_TERMS


class HandedOut(msgspec.Struct, frozen=True):
    """``worker_ids`` got a task or lost an unseen one; ``again``: a head was full, there may be more to match."""

    worker_ids: tuple[int, ...]
    again: bool = False


async def hand_out(tx: asyncpg.Connection, now: datetime, commands: Sequence[HandOut]) -> list[HandedOut]:
    """Run each queue of the batch once and return what happened. Only one matcher runs per cell and queue."""
    queues = {c.queue_id: any(d.became_idle for d in commands if d.queue_id == c.queue_id) for c in commands}
    first = commands[0]  # all are of one cell and one installation
    at_once = FEW_WORKERS if len(queues) == 1 else 0  # in several queues nobody is locked before it is needed
    runs = {
        q: await _run(tx, now, msgspec.structs.replace(first, queue_id=q, became_idle=idle), at_once)
        for q, idle in sorted(queues.items())
    }
    return [runs[command.queue_id] for command in commands]


async def _run(tx: asyncpg.Connection, now: datetime, run: HandOut, at_once: int) -> HandedOut:
    """Match one queue once; only one run per cell and queue is ever under way.

    ``at_once``: so many workers are looked at before it is known how many tasks there are.
    """
    cell, queue_id = run.cell, run.queue_id
    # 1. Load: the queue's gate, locked, then as many workers and tasks as can be matched, locked too.
    turn, backlog, few = await together(
        tx,
        dispatch.lock_gate(tx, cell, queue_id),
        dispatch.backlog(tx, now, cell, queue_id, now - timedelta(seconds=RIPE_SECONDS)),
        workers.rooms(tx, cell, queue_id, at_once),
    )
    if turn is None:
        return HandedOut(())
    wanted = min(backlog.waiting + (backlog.queued if run.became_idle else 0), LARGEST_HEAD)
    if not wanted:
        return HandedOut(())
    for limit in (wanted + SPARE_WORKERS, LARGEST_HEAD + SPARE_WORKERS):
        room = few if limit == at_once else await workers.rooms(tx, cell, queue_id, limit)
        seen = await _look(tx, now, run, limit, backlog, [Idle(*row) for row in room])
        # 2. Decide: who gets which task.
        pairs = match(seen.allowed(), seen.by.room, seen.by.lists, now, seen.by.filters)
        if len(pairs) >= wanted or len(seen.by.room) < limit:
            break  # else all who were looked at have tried these tasks: look at more workers
    if not pairs:
        return HandedOut(())
    # 3. Save: the leases, then how far the queue's virtual time has come.
    changed = await _save(tx, now, cell, pairs, seen)
    given = {pair.task_id for pair in pairs}
    in_order, listed = [[t for t in tasks if t.task_id in given] for tasks in (seen.head, seen.listed)]
    newest = virtual_turn(turn, in_order, listed, backlog.first_turn or 0)
    if newest > turn:
        await dispatch.advance_gate(tx, cell, queue_id, newest)
    # 4. Tell whether another run is worth while.
    left = [w for w in seen.by.room if w.held == 0 and w.worker_id not in changed]
    is_left = (seen.is_full and bool(left)) or (seen.is_queued_full and any(w.asks() for w in left))
    is_robbed = backlog.waiting > 0 and any(task.task_id in given for task in seen.queued)  # they have room again
    return HandedOut(changed, again=len(pairs) >= LARGEST_HEAD or is_left or is_robbed)


class _Seen(msgspec.Struct, kw_only=True):
    """What one run matches, all of it locked: the ``head`` of the queue (``is_full``: more may wait behind it),
    ``listed`` tasks from anywhere in it for workers whom their customers list, and tasks ``queued`` on desks, unseen.
    """

    by: Regarded
    head: list[WaitingTask] = []
    is_full: bool = False
    listed: list[WaitingTask] = []
    queued: list[WaitingTask] = []
    is_queued_full: bool = False
    clear: ClearMarks = NOTHING_CLEAR

    def waiting(self) -> list[WaitingTask]:
        return self.listed + self.head + self.queued

    def allowed(self) -> list[WaitingTask]:
        """Return the same, each with who may not be shown it among those who have tried it."""
        room = [w.worker_id for w in self.by.room]
        return [self.clear.bar(task, room) for task in self.waiting()]


async def _look(
    tx: asyncpg.Connection, now: datetime, run: HandOut, limit: int, backlog: Backlog, room: list[Idle]
) -> _Seen:
    """Lock for workers with room as many tasks (waiting, then queued ones), and what lists ask for.

    ``room``: locked too, at most ``limit`` of them.
    """
    cell, queue_id = run.cell, run.queue_id
    # 1. What customers think of the workers.
    free = [w.worker_id for w in room if w.held == 0]
    if not room:
        return _Seen(by=Regarded(room))
    by = await regarded(tx, now, cell, queue_id, room, run.terms) if backlog.is_regarding else Regarded(room)
    is_cut = len(free) == limit  # somebody idle may not be among them
    # 2. Tasks of customers who list them, then the head of the queue for the others.
    listed = await tasks_for_listed(tx, now, cell, queue_id, by, []) if by.lists and not is_cut else []
    busy, size, known = [w.worker_id for w in room if w.held], len(room) - len(listed), [t.task_id for t in listed]
    fit, clear = free or busy, await _clear(tx, now, run, backlog, room)
    head = await heads.waiting_head(tx, cell, queue_id, fit, size, by.filters, known=known, clear=clear) if size else []
    if not head and not listed and free and busy:  # nothing for who is idle: what waits may still be queued
        head = await heads.waiting_head(tx, cell, queue_id, busy, len(busy), by.filters, clear=clear)
    seen = _Seen(by=by, head=head, is_full=len(head) == size, listed=listed, clear=clear)
    # 3. Workers whom the head's customers list, though they are not among the first with room.
    if backlog.is_regarding and is_cut:
        others = await idle_elsewhere(tx, now, cell, queue_id, head, room)
        seen.by = await regarded(tx, now, cell, queue_id, room + others, run.terms) if others else by
        if seen.by.lists and seen.is_full:
            seen.listed = await tasks_for_listed(tx, now, cell, queue_id, seen.by, head)
    # 4. Tasks on desks that nobody has seen, for those who ask, or else for those who will be free soon.
    if run.became_idle and backlog.queued:
        await _look_on_desks(tx, now, cell, queue_id, seen, backlog)
    return seen


async def _clear(
    tx: asyncpg.Connection, now: datetime, run: HandOut, backlog: Backlog, room: Sequence[Idle]
) -> ClearMarks:
    """Return what these people may be shown; where nothing is marked nobody is asked (docs/decisions/0079).

    Not locked: what they are really shown is decided, and counted, when they are shown it (`promote_queued`).
    """
    if not (backlog.queue_marks or backlog.is_marked):
        return NOTHING_CLEAR
    found = await wellbeing.of(tx, run.cell, [w.worker_id for w in room])
    clear = {worker_id: known.clear(run.queue_id, now) for worker_id, known in found.items()}
    return ClearMarks(clear, backlog.queue_marks)


async def _look_on_desks(
    tx: asyncpg.Connection, now: datetime, cell: int, queue_id: int, seen: _Seen, backlog: Backlog
) -> None:
    """Add tasks that lie on desks unseen, locked with the presences of their holders.

    Whatever waits beside them, those who ask are told of them all: by bid and turn they may come first.
    """
    takers, seconds, idle = [w.worker_id for w in seen.by.room if w.asks()], SHOWING_SECONDS, True
    if not takers and backlog.stuck:
        quick = [w for w in seen.by.room if w.is_quick(now)]
        patience = min((w.patience() for w in quick), default=timedelta())
        takers, seconds, idle = [w.worker_id for w in quick], patience.total_seconds(), False
    if takers:
        seen.queued = await heads.queued_head(
            tx, cell, queue_id, takers, filters=seen.by.filters, now=now, seconds=seconds, idle=idle, clear=seen.clear
        )
        seen.is_queued_full = len(seen.queued) == len(takers)


async def _save(
    tx: asyncpg.Connection, now: datetime, cell: int, pairs: Sequence[Assignment], seen: _Seen
) -> tuple[int, ...]:
    # 1. Lay the tasks on the desks.
    await dispatch.hand_over(tx, now, cell, pairs, seen.clear.queue_marks)
    # 2. Change how many tasks each worker holds; who loses an unseen one holds one less.
    given = {pair.task_id for pair in pairs}
    change = Counter(pair.worker_id for pair in pairs)
    change.subtract(Counter(task.holder for task in seen.waiting() if task.holder and task.task_id in given))
    await workers.change_desks(tx, now, cell, {w: SessionChange(held=n) for w, n in sorted(change.items()) if n})
    return tuple(change)
