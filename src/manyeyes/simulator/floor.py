"""One queue of the house and the workers who are on it now; who gets what is the shipping rule's word."""

from bisect import insort
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from itertools import islice

import msgspec

from manyeyes.dispatch.rules import Idle, Pair, Waiting, WorkState, match, turns
from manyeyes.simulator.agenda import Agenda
from manyeyes.simulator.regards import Regards
from manyeyes.tasks.rules import is_unsolvable

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # the rule wants instants; which ones is all the same to it
LARGEST_HEAD = 256  # as actions/hand_out.py looks at a queue: its head, and some workers more than tasks
SPARE_WORKERS = 8


class Job(msgspec.Struct):
    """A task, and what fate holds for it, drawn before anybody sees it so that paired runs meet the same tasks.

    ``effort_seconds`` is how long a worker looks at it; the first ``passes`` workers pass it on; the answer is correct
    when ``luck`` (0 to 1) is below the worker's accuracy.
    """

    task: Waiting
    effort_seconds: float
    luck: float
    passes: int = 0
    turn: int = 0
    created: float = 0.0
    started: float = 0.0


class Floor:
    """Tasks that wait, workers who are idle, and desks with a task in hand and the next one under it.

    ``regards`` is what accounts think of workers; whoever reports changes it. ``on_end`` hears who answered a task, or
    None for one that five workers passed on.
    """

    def __init__(
        self,
        agenda: Agenda,
        regards: Regards,
        on_end: Callable[[Job, int | None], None],
    ) -> None:
        self.idle: dict[int, Idle] = {}  # the longest idle first
        self.desks: dict[int, list[Job]] = {}  # everybody on the floor: the task in hand, then the queued one
        self._agenda = agenda
        self._regards = regards
        self._on_end = on_end
        self._room: dict[int, Idle] = {}  # busy, with room for a queued task
        self._line: list[tuple[int, int]] = []  # (turn, task) of what waits
        self._jobs: dict[int, Job] = {}
        self._queued: dict[int, int] = {}  # task → on whose desk it lies queued
        self._leaving: set[int] = set()
        self._next_turns: dict[int, int] = {}
        self._virtual_turn = 0

    def submit(self, job: Job) -> None:
        """Take a task in: it takes its account's turn, and the matcher runs."""
        account = job.task.account_id
        (job.turn,), self._next_turns[account] = turns(self._virtual_turn, self._next_turns.get(account, 0), 1, 1)
        self._jobs[job.task.task_id] = job
        self._wait(job)
        self._hand_out(became_idle=False)

    def come(self, worker_id: int) -> None:
        """A worker comes onto the floor, idle; one who is still finishing his last task just stays."""
        if worker_id in self._leaving:
            self._leaving.remove(worker_id)
            self._room[worker_id] = Idle(worker_id, self._instant(), 1)
            self._hand_out(became_idle=False)
            return
        self.desks[worker_id] = []
        self.idle[worker_id] = Idle(worker_id, self._instant())
        self._hand_out(became_idle=True)

    def leave(self, worker_id: int) -> None:
        """A worker goes; what he has in hand he finishes first, what lay queued on his desk goes back at once."""
        self._room.pop(worker_id, None)
        if self.idle.pop(worker_id, None):
            del self.desks[worker_id]
            return
        self._leaving.add(worker_id)
        for job in self.desks[worker_id][1:]:
            self._take_back(job)
            self._wait(job)
        self._hand_out(became_idle=False)

    def open_tasks(self) -> set[int]:
        """Return the tasks that have not ended: waiting, queued or in somebody's hand."""
        return set(self._jobs)

    def _instant(self) -> datetime:
        return BEGINNING + timedelta(seconds=self._agenda.now)

    def _wait(self, job: Job) -> None:
        insort(self._line, (job.turn, job.task.task_id))

    def _take_back(self, job: Job) -> None:
        self.desks[self._queued.pop(job.task.task_id)].remove(job)

    def _hand_out(self, *, became_idle: bool) -> None:
        """Match as actions/hand_out.py does: tasks that lie queued are looked at when somebody became idle."""
        if not (self._line or (became_idle and self._queued)) or not (self.idle or self._room):
            return
        longest = LARGEST_HEAD if self.idle else len(self._room) + SPARE_WORKERS
        head = [self._jobs[task_id].task for _, task_id in self._line[:longest]]
        if became_idle and len(head) < len(self.idle):
            head += self._stealable(len(self.idle) - len(head))
        listed = self._listed({task.account_id for task in head})
        room = self._workers_with_room(len(head), {w for workers in listed.values() for w in workers})
        pairs = match(head, room, listed, self._instant())
        for pair in pairs:
            self._hand_over(pair)

    def _stealable(self, limit: int) -> list[Waiting]:
        queued = sorted((self._jobs[task_id].turn, task_id, holder) for task_id, holder in self._queued.items())
        return [
            msgspec.structs.replace(self._jobs[task_id].task, holder=holder) for _, task_id, holder in queued[:limit]
        ]

    def _listed(self, accounts: AbstractSet[int]) -> dict[int, AbstractSet[int]]:
        """Return, for accounts that list anybody, who of them is idle."""
        listing = [account for account in accounts if self._regards.lists_anybody(account)]
        return {account: self._regards.listed_among(account, self.idle, self._agenda.now) for account in listing}

    def _workers_with_room(self, tasks: int, listed: AbstractSet[int]) -> list[Idle]:
        limit = tasks + SPARE_WORKERS
        free = {idle.worker_id: idle for idle in islice(self.idle.values(), limit)}
        free |= {worker_id: self.idle[worker_id] for worker_id in listed}
        return [*free.values(), *self._room.values()] if len(self.idle) < limit else list(free.values())

    def _hand_over(self, pair: Pair) -> None:
        job = self._jobs[pair.task_id]
        if pair.task_id in self._queued:
            holder = self._queued[pair.task_id]
            self._take_back(job)
            self._room[holder] = Idle(holder, self._instant(), 1)
        else:
            self._line.remove((job.turn, pair.task_id))
            self._virtual_turn = max(self._virtual_turn, job.turn)
        self.desks[pair.worker_id].append(job)
        if pair.state is WorkState.QUEUED:
            self._queued[pair.task_id] = pair.worker_id
            del self._room[pair.worker_id]
        else:
            self._begin(pair.worker_id, self.idle.pop(pair.worker_id).idle_since)

    def _begin(self, worker_id: int, idle_since: datetime) -> None:
        """The worker looks at what lies on top; he has room for one more under it."""
        job = self.desks[worker_id][0]
        job.started = self._agenda.now
        self._room[worker_id] = Idle(worker_id, idle_since, 1)
        self._agenda.after(job.effort_seconds, self._finish, worker_id)

    def _finish(self, worker_id: int) -> None:
        desk = self.desks[worker_id]
        job = desk.pop(0)
        self._room.pop(worker_id, None)
        if job.passes:
            self._pass_on(job, worker_id)
        else:
            del self._jobs[job.task.task_id]
            self._on_end(job, worker_id)
        if worker_id in self._leaving:
            self._leaving.remove(worker_id)
            del self.desks[worker_id]
        elif desk:
            del self._queued[desk[0].task.task_id]
            self._begin(worker_id, self._instant())
        else:
            self.idle[worker_id] = Idle(worker_id, self._instant())
        self._hand_out(became_idle=worker_id in self.idle)

    def _pass_on(self, job: Job, worker_id: int) -> None:
        """Back into the line, for others only; the fifth who passes ends it (tasks.rules)."""
        job.passes -= 1
        job.task = msgspec.structs.replace(job.task, tried=job.task.tried | {worker_id})
        if is_unsolvable(len(job.task.tried)):
            del self._jobs[job.task.task_id]
            self._on_end(job, None)
        else:
            self._wait(job)
