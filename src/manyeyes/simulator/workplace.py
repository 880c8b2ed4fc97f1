"""One queue of the simulated installation and the workers on it now; the shipping rules decide who gets what."""

from bisect import insort
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice

import msgspec

from manyeyes.allow_list.rules import FILTER_TERMS, Seen
from manyeyes.dispatch.rules import Assignment, Idle, WaitingTask, WorkerFilters, match, turns, virtual_turn
from manyeyes.simulator.event_queue import Agenda
from manyeyes.simulator.preferences import Regards
from manyeyes.tasks.rules import TOKEN_KINDS, is_unsolvable

LARGEST_HEAD = 256  # as actions/hand_out.py looks at a queue: its head, and some workers more than tasks
SPARE_WORKERS = 8
LIFE_SECONDS = 600.0  # the default of the setting MANYEYES_TASK_LIFE_SECONDS


class DrawnTask(msgspec.Struct, kw_only=True):
    """A task and what will become of it, drawn before anybody sees it so that paired runs meet the same tasks.

    ``effort_seconds`` is how long a worker looks at it; the first ``passes`` workers pass it on; the answer is correct
    when ``luck`` (0 to 1) is below the worker's accuracy.
    """

    task: WaitingTask
    effort_seconds: float
    luck: float
    passes: int = 0
    created: float = 0.0
    started: float = 0.0


class Floor:
    """Tasks that wait, workers who are idle, and desks with a task in hand and the next one under it.

    ``regards`` is what accounts think of workers; whoever reports changes it. ``on_end`` hears who answered a task, or
    None for one that five workers passed on or nobody took in its longest life.
    """

    def __init__(
        self,
        agenda: Agenda,
        regards: Regards,
        on_end: Callable[[DrawnTask, int | None], None],
    ) -> None:
        self.idle: dict[int, Idle] = {}  # the longest idle first
        self.desks: dict[int, list[DrawnTask]] = {}  # everybody on the floor: the task in hand, then the queued one
        self._agenda = agenda
        self._regards = regards
        self._on_end = on_end
        self._room: dict[int, Idle] = {}  # busy, with room for a queued task
        self._line: list[tuple[int, int]] = []  # (turn, task) of what waits
        self._jobs: dict[int, DrawnTask] = {}
        self._queued: dict[int, int] = {}  # task → on whose desk it lies queued
        self._took: dict[int, float] = {}  # seconds that workers looked at their last task
        self._leaving: set[int] = set()
        self._left: dict[int, datetime] = {}
        self._next_turns: dict[int, int] = {}
        self._virtual_turn = 0

    def submit(self, job: DrawnTask) -> None:
        """Add a task after the others of its account and run the matcher."""
        account = job.task.account_id
        (turn,), self._next_turns[account] = turns(self._virtual_turn, self._next_turns.get(account, 0), 1, 1)
        job.task = msgspec.structs.replace(job.task, turn=turn)
        self._jobs[job.task.task_id] = job
        self._wait(job)
        self._hand_out(became_idle=False)

    def come(self, worker_id: int) -> None:
        """Let a worker come onto the floor, idle; one who is still finishing their last task just stays."""
        if worker_id in self._leaving:
            self._leaving.remove(worker_id)
            self._make_room(worker_id, self._agenda.instant())
            self._hand_out(became_idle=False)
            return
        self.desks[worker_id] = []
        self.idle[worker_id] = Idle(worker_id, self._agenda.instant())
        self._hand_out(became_idle=True)

    def leave(self, worker_id: int) -> None:
        """Let a worker go: they first finish the task in hand, and the one queued on their desk goes back at once."""
        self._room.pop(worker_id, None)
        if self.idle.pop(worker_id, None):
            self._go(worker_id)
            return
        self._leaving.add(worker_id)
        for job in self.desks[worker_id][1:]:
            self._take_back(job)
            self._wait(job)
        self._hand_out(became_idle=False)

    def open_tasks(self) -> set[int]:
        """Return the tasks that have not ended: waiting, queued or in somebody's hand."""
        return set(self._jobs)

    def seen_lately(self) -> list[Seen]:
        """Return who is on the floor, and who was within the window that decides whether a filter bars."""
        since = FILTER_TERMS.since(self._agenda.instant())
        self._left = {w: at for w, at in self._left.items() if at > since and w not in self.desks}
        return [*(Seen(w, None) for w in self.desks), *(Seen(w, at) for w, at in self._left.items())]

    def _go(self, worker_id: int) -> None:
        del self.desks[worker_id]
        self._left[worker_id] = self._agenda.instant()

    def _wait(self, job: DrawnTask) -> None:
        insort(self._line, (job.task.turn, job.task.task_id))

    def _take_back(self, job: DrawnTask) -> None:
        self.desks[self._queued.pop(job.task.task_id)].remove(job)
        job.task = msgspec.structs.replace(job.task, holder=0, desk_since=None)

    def _make_room(self, worker_id: int, idle_since: datetime) -> None:
        took_ms = int(self._took.get(worker_id, 0.0) * 1_000)
        self._room[worker_id] = Idle(worker_id, idle_since, 1, took_ms=took_ms)

    def _hand_out(self, *, became_idle: bool) -> None:
        """Match as actions/hand_out.py does: tasks that lie queued are looked at when somebody became idle.

        Everybody on the floor asks, and is shown at once what is laid on an empty desk.
        """
        self._end_overdue()
        if not (self._line or (became_idle and self._queued)) or not (self.idle or self._room):
            return
        head = [self._jobs[task_id].task for _, task_id in self._line[:LARGEST_HEAD]]
        if became_idle:
            head += self._on_desks()
        accounts, now = {task.account_id for task in head}, self._agenda.now
        lists = self._regards.lists(accounts, self.idle, now)
        filtered = self._regards.filters(accounts, self.desks, now)
        are_last = bool(filtered) and not FILTER_TERMS.are_hard(len(self.seen_lately()))
        filters = WorkerFilters(TOKEN_KINDS, filtered, are_last)
        for limit in (len(head) + SPARE_WORKERS, LARGEST_HEAD + SPARE_WORKERS):
            room = self._workers_with_room(limit, {w for listed in lists.values() for w in listed})
            pairs = match(head, room, lists, self._agenda.instant(), filters)
            if len(pairs) == len(head) or len(room) < limit:
                break  # else all who were looked at may not have these tasks
        self._advance({pair.task_id for pair in pairs}, len(room))
        for pair in pairs:
            self._hand_over(pair)

    def _advance(self, given: AbstractSet[int], seen: int) -> None:
        """Move the queue's virtual time; what was given from behind the ``seen`` first tasks went by a list."""
        line = [(place, self._jobs[task_id].task) for place, (_, task_id) in enumerate(self._line) if task_id in given]
        in_order, jumped = ([t for place, t in line if (place < seen) is is_seen] for is_seen in (True, False))
        first_turn = self._line[0][0] if self._line else 0
        self._virtual_turn = virtual_turn(self._virtual_turn, in_order, jumped, first_turn)

    def _end_overdue(self) -> None:
        """End, without an answer, the tasks that waited for their whole longest life."""
        now = self._agenda.now
        for turn, task_id in [place for place in self._line if now - self._jobs[place[1]].created >= LIFE_SECONDS]:
            self._line.remove((turn, task_id))
            self._on_end(self._jobs.pop(task_id), None)

    def _on_desks(self) -> list[WaitingTask]:
        """Return the first queued tasks, for those who are idle, or else for those who answered a moment ago."""
        now = self._agenda.instant()
        takers = len(self.idle) or sum(worker.is_quick(now) for worker in self._room.values())
        queued = sorted((self._jobs[task_id].task.turn, task_id) for task_id in self._queued)
        return [self._jobs[task_id].task for _, task_id in queued[:takers]]

    def _workers_with_room(self, limit: int, listed: AbstractSet[int]) -> list[Idle]:
        """Return the longest idle and all who are listed; where that is everybody idle, also who has room."""
        free = {idle.worker_id: idle for idle in islice(self.idle.values(), limit)}
        free |= {worker_id: self.idle[worker_id] for worker_id in listed}
        return [*free.values(), *self._room.values()] if len(self.idle) < limit else list(free.values())

    def _hand_over(self, pair: Assignment) -> None:
        job = self._jobs[pair.task_id]
        if pair.task_id in self._queued:
            holder = self._queued[pair.task_id]
            self._take_back(job)
            self._make_room(holder, self._agenda.instant())
        else:
            self._line.remove((job.task.turn, pair.task_id))
        self.desks[pair.worker_id].append(job)
        if pair.worker_id in self._room:
            self._queued[pair.task_id] = pair.worker_id
            del self._room[pair.worker_id]
            at = self._agenda.instant()
            job.task = msgspec.structs.replace(job.task, holder=pair.worker_id, desk_since=at)
        else:
            self._begin(pair.worker_id, self.idle.pop(pair.worker_id).idle_since)

    def _begin(self, worker_id: int, idle_since: datetime) -> None:
        """Let the worker begin the task on top; they then have room for one more under it."""
        job = self.desks[worker_id][0]
        job.started = self._agenda.now
        job.task = msgspec.structs.replace(job.task, holder=0, desk_since=None)
        self._make_room(worker_id, idle_since)
        self._agenda.after(job.effort_seconds, self._finish, worker_id)

    def _finish(self, worker_id: int) -> None:
        desk = self.desks[worker_id]
        job = desk.pop(0)
        self._took[worker_id] = self._agenda.now - job.started
        self._room.pop(worker_id, None)
        if job.passes:
            self._pass_on(job, worker_id)
        else:
            del self._jobs[job.task.task_id]
            self._on_end(job, worker_id)
        if worker_id in self._leaving:
            self._leaving.remove(worker_id)
            self._go(worker_id)
        elif desk:
            del self._queued[desk[0].task.task_id]
            self._begin(worker_id, self._agenda.instant())
        else:
            self.idle[worker_id] = Idle(worker_id, self._agenda.instant())
        self._hand_out(became_idle=worker_id in self.idle)

    def _pass_on(self, job: DrawnTask, worker_id: int) -> None:
        """Let the task wait again, for others only; the fifth worker who passes it on ends it (tasks.rules)."""
        job.passes -= 1
        job.task = msgspec.structs.replace(job.task, tried=job.task.tried | {worker_id})
        if is_unsolvable(len(job.task.tried)):
            del self._jobs[job.task.task_id]
            self._on_end(job, None)
        else:
            self._wait(job)
