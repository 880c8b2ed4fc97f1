"""Who gets which task next. Pure: the simulator runs exactly this."""

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import msgspec

TURN_UNIT = 1_000_000  # one task of an account of weight 1 advances its turn by this much
QUEUED_LEASES = 2  # a queued task's lease: the one before it may take a whole lease, then its own begins


class WorkState(enum.IntEnum):
    """waiting → leased → (ended, leaves the table); waiting → queued → leased; leased | queued → waiting."""

    WAITING = 0
    LEASED = 1  # the worker is looking at it
    QUEUED = 2  # on their desk as the next one; may still be given to somebody idle


class WaitingTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task that may be handed out for ``lease_seconds``; ``turn`` is its place in the queue's virtual time.

    ``tried`` are workers who failed at it or skipped it; ``holder`` has it queued (0: nobody).
    """

    task_id: int
    account_id: int
    created_at: datetime
    tried: frozenset[int] = frozenset()
    holder: int = 0
    lease_seconds: int = 60
    kind: str = ""
    turn: int = 0


class WorkerFilters(msgspec.Struct, frozen=True):
    """The workers whom accounts filter: they get no task of these ``kinds`` of theirs (docs/decisions/0011)."""

    kinds: AbstractSet[str] = frozenset()
    workers: Mapping[int, AbstractSet[int]] = {}

    def bar(self, task: WaitingTask) -> WaitingTask:
        """Return the task with the filtered workers among those who never get it."""
        barred = self.workers.get(task.account_id) if task.kind in self.kinds else None
        return msgspec.structs.replace(task, tried=task.tried | barred) if barred else task


NO_FILTERS = WorkerFilters()


class Idle(msgspec.Struct, frozen=True):
    """A present worker with room: ``held`` 0 is idle, 1 has room for a queued task."""

    worker_id: int
    idle_since: datetime
    held: int = 0


class Assignment(msgspec.Struct, frozen=True):
    task_id: int
    worker_id: int
    state: WorkState
    lease_until: datetime


def match(
    waiting: Sequence[WaitingTask],
    idle: Sequence[Idle],
    allow_lists: Mapping[int, AbstractSet[int]],
    now: datetime,
    filters: WorkerFilters = NO_FILTERS,
) -> list[Assignment]:
    """Return who gets what, at most one task per worker and one worker per task.

    ``waiting`` comes in the queue's order (bid, then turn); tasks that are already queued on a busy desk come after
    all others and go only to idle workers. ``allow_lists`` maps an account to its listed workers. The order:
    first each account's listed idle workers, the oldest task first; then the queue's order with the longest-idle worker
    first; then one queued task for each busy worker. Who has tried a task never gets it again, nor does anybody whom
    its customer filters.
    """
    if filters.workers:
        waiting = [filters.bar(task) for task in waiting]
    free = sorted((w for w in idle if w.held == 0), key=lambda w: (w.idle_since, w.worker_id))
    busy = sorted((w for w in idle if w.held == 1), key=lambda w: (w.idle_since, w.worker_id))
    pairs = listed_first(waiting, free, allow_lists, now)
    gone = {pair.task_id for pair in pairs}
    served = {pair.worker_id for pair in pairs}
    free = [w for w in free if w.worker_id not in served]
    fresh = [t for t in waiting if not t.holder and t.task_id not in gone]
    queued = [t for t in waiting if t.holder and t.task_id not in gone]
    direct = _in_order(fresh + queued, free, WorkState.LEASED, now)
    gone = {pair.task_id for pair in direct}
    return pairs + direct + _in_order([t for t in fresh if t.task_id not in gone], busy, WorkState.QUEUED, now)


def listed_first(
    waiting: Iterable[WaitingTask], free: Sequence[Idle], allow_lists: Mapping[int, AbstractSet[int]], now: datetime
) -> list[Assignment]:
    """Give each listing account's tasks to its listed idle workers, the oldest task first.

    ``free`` comes with the longest-idle worker first, and so they are chosen.
    """
    rank = {worker.worker_id: n for n, worker in enumerate(free)}
    wanted = [task for task in waiting if task.account_id in allow_lists]
    accounts = {task.account_id for task in wanted}
    # Most lists name one of these workers: they need no order.
    lists: dict[int, Collection[int]] = {
        account: listed if len(listed) == 1 else sorted(listed & rank.keys(), key=rank.__getitem__)
        for account, listed in allow_lists.items()
        if account in accounts
    }
    pairs: list[Assignment] = []
    served: set[int] = set()
    for task in sorted(wanted, key=age):
        fit = (w for w in lists[task.account_id] if w in rank and w not in served and w not in task.tried)
        taker = next(fit, None)
        if taker is not None:
            served.add(taker)
            pairs.append(_pair(task, taker, WorkState.LEASED, now))
    return pairs


def age(task: WaitingTask) -> tuple[datetime, int]:
    """Return what sorts tasks by age: numbers alone do not, since each process takes them in blocks."""
    return task.created_at, task.task_id


def _in_order(
    tasks: Sequence[WaitingTask], workers: Sequence[Idle], state: WorkState, now: datetime
) -> list[Assignment]:
    """Give the tasks in their order, each to the first worker who has not tried it."""
    left = list(workers)
    pairs: list[Assignment] = []
    for task in tasks:
        if not left:
            break
        at = next((i for i, worker in enumerate(left) if worker.worker_id not in task.tried), None)
        if at is not None:
            pairs.append(_pair(task, left.pop(at).worker_id, state, now))
    return pairs


def _pair(task: WaitingTask, worker_id: int, state: WorkState, now: datetime) -> Assignment:
    leases = QUEUED_LEASES if state is WorkState.QUEUED else 1
    return Assignment(task.task_id, worker_id, state, now + timedelta(seconds=leases * task.lease_seconds))


def virtual_turn(before: int, in_order: Iterable[WaitingTask], listed: Iterable[WaitingTask], first_turn: int) -> int:
    """Return the queue's virtual time after a run: the newest turn that was handed out ``in_order``.

    ``listed`` tasks, which went to listed workers from wherever they stood, move it as far as the turn that was first
    in the queue at most, else whoever comes next would be put behind all that was jumped.
    """
    jumped = max((task.turn for task in listed), default=0)
    return max(before, min(jumped, first_turn), *(task.turn for task in in_order))


def turns(virtual_turn: int, next_turn: int, weight: int, count: int) -> tuple[list[int], int]:
    """Return the turns of ``count`` new tasks of one account in one queue, and the account's next turn.

    Start-time fair queueing (Goyal, Vin, Cheng: "Start-time Fair Queuing", SIGCOMM 1996): a task starts at the queue's
    virtual time or where the account's previous task ended, whichever is later, and lasts 1/weight. Sorted by turn,
    accounts of one bid share a queue by weight, however many tasks one of them sends.
    """
    step = TURN_UNIT // weight
    first = max(virtual_turn, next_turn)
    return [first + i * step for i in range(count)], first + count * step
