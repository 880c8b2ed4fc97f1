"""Who gets which task next. Pure: the simulator runs exactly this."""

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import msgspec

TURN_UNIT = 1_000_000  # one task of an account of weight 1 advances its turn by this much
QUEUED_LEASES = 2  # a queued task's lease: the one before it may take a whole lease, then its own begins
RIPE_SECONDS = 2.0  # a task of this age that lies on a desk unseen is matched as if it waited (docs/decisions/0042)
SHOWING_SECONDS = 0.5  # so long somebody who asks may take to show a task; then others who ask may have it


class WorkState(enum.IntEnum):
    """waiting → queued → leased → (ended, leaves the table); queued → queued elsewhere; leased | queued → waiting.

    leased → aside → ended | waiting | leased again.

    waiting ⇄ resting, while its job is paused.
    """

    WAITING = 0
    LEASED = 1  # the worker was shown it: its lease has begun
    QUEUED = 2  # on their desk, and nobody has seen it; may still be given to somebody who asks
    RESTING = 3  # its job is paused: nobody has it and nobody gets it
    ASIDE = 4  # answered or passed on; for some seconds its worker may take that back (docs/decisions/0074)


class Purpose(enum.IntEnum):
    """Why a row of `work` is there. All of them wait, lie on desks and are leased alike."""

    TASK = 0  # a task of one answer: the row is the task's own
    SEAT = 1  # one of several answers that a task takes (docs/decisions/0055)
    GOLD = 2  # its right answer is known; whoever gives it is not told
    PRACTICE = 3  # of a training set: its right answer is told afterwards


class WaitingTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task that may be handed out for ``lease_seconds``; ``turn`` is its place in the queue's virtual time.

    ``tried`` are workers who failed at it or skipped it; ``holder`` has it on their desk, unseen, since ``desk_since``
    (0: nobody); ``is_coming``: they ask and look at nothing else, so they are about to be shown it.
    """

    task_id: int
    account_id: int
    created_at: datetime
    tried: frozenset[int] = frozenset()
    holder: int = 0
    lease_seconds: int = 60
    kind: str = ""
    turn: int = 0
    bid_micros: int = 0
    desk_since: datetime | None = None
    is_coming: bool = False
    marks: int = 0

    def is_ripe(self, now: datetime) -> bool:
        """Tell whether it is matched by its bid and turn though it lies on a desk."""
        return not self.is_coming and (now - self.created_at).total_seconds() >= RIPE_SECONDS


class WorkerFilters(msgspec.Struct, frozen=True):
    """The workers whom accounts filter: they get no task of these ``kinds`` of theirs (docs/decisions/0011).

    ``are_last``: too few others were there lately; they get it, after everybody else (docs/decisions/0045).
    """

    kinds: AbstractSet[str] = frozenset()
    workers: Mapping[int, AbstractSet[int]] = {}
    are_last: bool = False

    def bar(self, task: WaitingTask) -> WaitingTask:
        """Return the task with the filtered workers among those who never get it."""
        barred = self.workers.get(task.account_id) if task.kind in self.kinds else None
        return msgspec.structs.replace(task, tried=task.tried | barred) if barred else task


NO_FILTERS = WorkerFilters()


class ClearMarks(msgspec.Struct, frozen=True):
    """The marks that workers may be shown in a queue now (docs/decisions/0079), and its own, which all its tasks carry.

    Who is not named is shown nothing that is marked.
    """

    workers: Mapping[int, int] = {}
    queue_marks: int = 0

    def of(self, worker_id: int) -> int:
        """Return the marks that a worker may be shown."""
        return self.workers.get(worker_id, 0)

    def bar(self, task: WaitingTask, workers: Iterable[int]) -> WaitingTask:
        """Return the task with those of the workers who may not be shown it among those who do not get it."""
        marks = task.marks | self.queue_marks
        barred = [worker_id for worker_id in workers if marks & ~self.of(worker_id)] if marks else []
        return msgspec.structs.replace(task, tried=task.tried.union(barred)) if barred else task


NOTHING_CLEAR = ClearMarks()


class Idle(msgspec.Struct, frozen=True):
    """A present worker with room: ``held`` 0 is idle, 1 has room for a queued task.

    ``silent``: no call and no stream of theirs waits for a task. ``took_ms``: from showing to answering, the last time
    (0: not known).
    """

    worker_id: int
    idle_since: datetime
    held: int = 0
    silent: bool = False
    took_ms: int = 0

    def asks(self) -> bool:
        """Tell whether they are idle and wait for a task right now."""
        return self.held == 0 and not self.silent

    def patience(self) -> timedelta:
        """Return how long a task must have lain elsewhere, unseen, that comes onto this desk behind another one."""
        return timedelta(seconds=max(RIPE_SECONDS, self.took_ms / 1_000))

    def is_quick(self, now: datetime) -> bool:
        """Tell whether they answered a moment ago, and so may well answer the next one as soon."""
        return self.held == 1 and self.took_ms > 0 and now - self.idle_since <= self.patience()


class Assignment(msgspec.Struct, frozen=True):
    task_id: int
    worker_id: int
    lease_until: datetime


def match(
    waiting: Sequence[WaitingTask],
    idle: Sequence[Idle],
    allow_lists: Mapping[int, AbstractSet[int]],
    now: datetime,
    filters: WorkerFilters = NO_FILTERS,
) -> list[Assignment]:
    """Return on whose desk each task is laid, at most one task per worker and one worker per task.

    ``waiting``: tasks that wait, in the queue's order (bid, then turn), and tasks that lie on desks unseen; these stand
    by their bid and turn too when they are ripe, else after all others, and go to nobody who does not ask (but see
    `Idle.is_quick`). ``allow_lists`` maps an account to its listed workers. Who is idle and asks comes first, then who
    is idle, then who has room behind the task in hand. Of the idle ones each account's listed workers get the oldest
    task of theirs; the others the queue's order, the longest-idle worker first. Who has tried a task never gets it
    again, nor does anybody whom its customer filters (docs/decisions/0013, 0042); or these come last, after all others,
    and what lies on a desk is theirs only when it is ripe: so long others have for it.
    """
    if not filters.workers:
        return _match(waiting, idle, allow_lists, now)
    pairs = _match([filters.bar(task) for task in waiting], idle, allow_lists, now)
    if not filters.are_last:
        return pairs
    served = {pair.worker_id for pair in pairs}
    left = [task for task in _left(waiting, pairs) if not task.holder or task.is_ripe(now)]
    return pairs + _match(left, [w for w in idle if w.worker_id not in served], allow_lists, now)


def _match(
    waiting: Sequence[WaitingTask], idle: Sequence[Idle], allow_lists: Mapping[int, AbstractSet[int]], now: datetime
) -> list[Assignment]:
    line = in_turn(task for task in waiting if not task.holder or task.is_ripe(now))
    green = [task for task in waiting if task.holder and not task.is_ripe(now)]
    workers = sorted(idle, key=lambda w: (w.idle_since, w.worker_id))
    pairs: list[Assignment] = []
    for may_take, group in (
        (line, [w for w in workers if w.asks()]),
        ([task for task in line if not task.holder], [w for w in workers if w.held == 0 and w.silent]),
    ):
        pairs += listed_first(_left(may_take, pairs), group, allow_lists, now)
        served = {pair.worker_id for pair in pairs}
        rest = [*may_take, *green] if may_take is line else may_take
        pairs += _in_order(_left(rest, pairs), [w for w in group if w.worker_id not in served], now)
    return pairs + _in_order(_left(line, pairs), [w for w in workers if w.held == 1], now)


def in_turn(tasks: Iterable[WaitingTask]) -> list[WaitingTask]:
    """Return the tasks in the queue's order: the highest bid first, then by turn."""
    return sorted(tasks, key=lambda task: (-task.bid_micros, task.turn))


def _left(tasks: Iterable[WaitingTask], pairs: Iterable[Assignment]) -> list[WaitingTask]:
    given = {pair.task_id for pair in pairs}
    return [task for task in tasks if task.task_id not in given]


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
            pairs.append(_pair(task, taker, now))
    return pairs


def age(task: WaitingTask) -> tuple[datetime, int]:
    """Return what sorts tasks by age: numbers alone do not, since each process takes them in blocks."""
    return task.created_at, task.task_id


def _in_order(tasks: Sequence[WaitingTask], workers: Sequence[Idle], now: datetime) -> list[Assignment]:
    """Give the tasks in their order, each to the first worker who may have it."""
    left = list(workers)
    pairs: list[Assignment] = []
    for task in tasks:
        if not left:
            break
        at = next((i for i, worker in enumerate(left) if _may_have(worker, task, now)), None)
        if at is not None:
            pairs.append(_pair(task, left.pop(at).worker_id, now))
    return pairs


def _may_have(worker: Idle, task: WaitingTask, now: datetime) -> bool:
    """Tell whether a task may be laid on this desk: from another one only when it will be seen sooner there."""
    if worker.worker_id in task.tried or worker.worker_id == task.holder:
        return False
    if not task.holder or worker.asks():
        return True
    return worker.is_quick(now) and task.desk_since is not None and now - task.desk_since >= worker.patience()


def _pair(task: WaitingTask, worker_id: int, now: datetime) -> Assignment:
    return Assignment(task.task_id, worker_id, now + timedelta(seconds=QUEUED_LEASES * task.lease_seconds))


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
