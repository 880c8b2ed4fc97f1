"""Does a customer who reports answers get more correct ones? One world, run with each way to report."""

import enum
import random
from collections import Counter
from datetime import datetime, timedelta

import msgspec

from manyeyes.allow_list.rules import FILTER_TERMS, shut_until
from manyeyes.reports.rules import is_late
from manyeyes.simulator.event_queue import BEGINNING, Agenda
from manyeyes.simulator.preferences import Regards
from manyeyes.simulator.workplace import LIFE_SECONDS, DrawnTask, Floor
from manyeyes.simulator.world import CUSTOMER, Crowd, Traffic, World

AFTERWARDS = LIFE_SECONDS + 60.0  # the world goes on until what was counted has ended


class Reporting(enum.StrEnum):
    """What a customer reports of their results: nothing, the correct ones, or the incorrect ones too."""

    SILENT = "silent"
    PRAISE = "praise"
    BOTH = "both"


class Meeting(enum.StrEnum):
    """What the customer's next task finds when it comes; only the first lets the allow-list help."""

    IDLE = "idle"  # a listed worker is here and idle
    BUSY = "busy"  # listed workers are here, all of them busy
    ELSEWHERE = "elsewhere"  # all who are listed work on other queues, or went home
    NOBODY = "nobody"  # nobody's entry is younger than an hour
    REFUSED = "refused"  # error 54: all who are here are filtered


class Plan(msgspec.Struct, frozen=True):
    """A world, and who reports what in it. What comes in the ``measured`` seconds after the warm-up is counted."""

    world: World
    customer: Reporting
    others: Reporting = Reporting.SILENT
    warm_up: float = 3_600.0
    measured: float = 3_600.0

    def counts(self, job: DrawnTask) -> bool:
        """Tell whether the task came in the time that is counted."""
        return 0 <= job.created - self.warm_up < self.measured


class Sums(msgspec.Struct):
    """One side's tasks. ``accuracy`` sums those of the workers who answered, ``waited`` the seconds until they began.

    ``unanswered`` were refused since everybody is filtered, passed on by five workers, or taken by nobody in time.
    """

    solved: int = 0
    unanswered: int = 0
    correct: int = 0
    accuracy: float = 0.0
    waited: float = 0.0

    @property
    def share(self) -> float:
        """Return the share of correct answers to expect of those who answered: the counted share without its luck."""
        return self.accuracy / self.solved if self.solved else 0.0

    @property
    def wait(self) -> float:
        """Return the mean wait until a task was begun, in seconds."""
        return self.waited / self.solved if self.solved else 0.0


class AllowListOutcome(msgspec.Struct, kw_only=True):
    """What the measured time brought: the customer's side, the others', and what the customer's tasks met."""

    customer: Sums = msgspec.field(default_factory=Sums)
    others: Sums = msgspec.field(default_factory=Sums)
    meetings: Counter[Meeting] = msgspec.field(default_factory=Counter)
    listed: int = 0  # how many the customer listed, summed over their tasks
    filtered: int = 0  # how many of those on the queue they filtered, likewise
    here: int = 0


def live_through(plan: Plan, seed: int) -> AllowListOutcome:
    """Run the plan once. The same seed brings the same tasks and workers, whoever reports what."""
    return _Life(plan, seed).outcome


class _Life:
    def __init__(self, plan: Plan, seed: int) -> None:
        self.outcome = AllowListOutcome()
        self._plan = plan
        self._agenda, self._regards = Agenda(), Regards()
        self._floor = Floor(self._agenda, self._regards, self._end)
        self._crowd = Crowd(plan.world, self._agenda, self._floor, seed)
        traffic = Traffic(plan.world, self._agenda, self._take_in)
        traffic.begin(plan.world.rate, range(CUSTOMER, CUSTOMER + 1), random.Random(f"{seed} customer"))
        others = range(CUSTOMER + 1, CUSTOMER + 1 + plan.world.others)
        traffic.begin(plan.world.others_rate, others, random.Random(f"{seed} others"))
        self._agenda.run(plan.warm_up + plan.measured + AFTERWARDS)

    def _take_in(self, job: DrawnTask) -> None:
        account = job.task.account_id
        present = self._floor.desks.keys()
        filtered = self._regards.filtered(account, present, job.created)
        until = self._regards.filtered_until(account, job.created)
        ends = {worker_id: BEGINNING + timedelta(seconds=second) for worker_id, second in until.items()}
        shut = shut_until(self._floor.seen_lately(), ends, FILTER_TERMS)
        is_refused = shut is not None and self._agenda.instant() + timedelta(seconds=LIFE_SECONDS) <= shut
        if account == CUSTOMER and self._plan.counts(job):
            listed = self._regards.listed(CUSTOMER, job.created)
            self.outcome.listed += len(listed)
            self.outcome.filtered += len(filtered)
            self.outcome.here += len(present)
            self.outcome.meetings[Meeting.REFUSED if is_refused else self._meeting(listed)] += 1
        if is_refused:
            self._sums(job).unanswered += 1
        else:
            self._floor.submit(job)

    def _sums(self, job: DrawnTask) -> Sums:
        """Return where the task counts; what came before or after the counted time counts nowhere."""
        if not self._plan.counts(job):
            return Sums()
        return self.outcome.customer if job.task.account_id == CUSTOMER else self.outcome.others

    def _meeting(self, listed: frozenset[int]) -> Meeting:
        if not listed:
            return Meeting.NOBODY
        if not listed & self._floor.desks.keys():
            return Meeting.ELSEWHERE
        return Meeting.IDLE if listed & self._floor.idle.keys() else Meeting.BUSY

    def _end(self, job: DrawnTask, worker_id: int | None) -> None:
        sums = self._sums(job)
        if worker_id is None:
            sums.unanswered += 1
            return
        accuracy = self._crowd.accuracies[worker_id]
        is_correct = job.luck < accuracy
        sums.solved += 1
        sums.correct += is_correct
        sums.accuracy += accuracy
        sums.waited += job.started - job.created
        reporting = self._plan.customer if job.task.account_id == CUSTOMER else self._plan.others
        if reporting is Reporting.BOTH or (reporting is Reporting.PRAISE and is_correct):
            delay, ended_at = self._plan.world.report_seconds, self._agenda.instant()
            self._agenda.after(delay, self._report, job.task.account_id, worker_id, is_correct, ended_at)

    def _report(self, account_id: int, worker_id: int, is_correct: bool, ended_at: datetime) -> None:
        if not is_late(ended_at, self._agenda.instant()):
            say = self._regards.praise if is_correct else self._regards.complain
            say(account_id, worker_id, self._agenda.now)
