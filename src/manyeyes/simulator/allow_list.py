"""Does a customer who reports answers get more correct ones? One house, lived through once with each way to report."""

import enum
import random
from collections import Counter
from datetime import timedelta

import msgspec

from manyeyes.reports.rules import is_late
from manyeyes.simulator.agenda import Agenda
from manyeyes.simulator.floor import BEGINNING, Floor, Job
from manyeyes.simulator.house import CUSTOMER, Crowd, Traffic, World
from manyeyes.simulator.regards import Regards


class Reporting(enum.StrEnum):
    """What a customer reports of his results: nothing, the correct ones, or the incorrect ones too."""

    SILENT = "silent"
    PRAISE = "praise"
    BOTH = "both"


class Meeting(enum.StrEnum):
    """What the customer's next task finds when it comes; only the first lets the allow-list help."""

    IDLE = "idle"  # a listed worker is here and idle
    BUSY = "busy"  # listed workers are here, all of them busy
    ELSEWHERE = "elsewhere"  # all who are listed work on other queues, or went home
    NOBODY = "nobody"  # nobody's entry is younger than an hour


class Plan(msgspec.Struct, frozen=True):
    """A world, who reports what in it, and for how long: counting begins after the warm-up, in seconds."""

    world: World
    customer: Reporting
    others: Reporting = Reporting.SILENT
    warm_up: float = 3_600.0
    measured: float = 3_600.0


class Sums(msgspec.Struct):
    """Solved tasks of one side: how many, how many correctly, their workers' accuracies, their seconds of waiting."""

    solved: int = 0
    correct: int = 0
    accuracy: float = 0.0
    waited: float = 0.0

    @property
    def share(self) -> float:
        """Return the share of correct answers to expect of those who answered: the counted share without its luck."""
        return self.accuracy / self.solved if self.solved else 0.0

    @property
    def wait(self) -> float:
        return self.waited / self.solved if self.solved else 0.0


class Outcome(msgspec.Struct):
    """What the measured time brought: the customer's side, the others', and what the customer's tasks met."""

    customer: Sums = msgspec.field(default_factory=Sums)
    others: Sums = msgspec.field(default_factory=Sums)
    meetings: Counter[Meeting] = msgspec.field(default_factory=Counter)
    listed: int = 0  # summed over the customer's tasks


def live_through(plan: Plan, seed: int) -> Outcome:
    """Run the plan once. The same seed brings the same tasks and workers, whoever reports what."""
    return _Life(plan, seed).outcome


class _Life:
    def __init__(self, plan: Plan, seed: int) -> None:
        self.outcome = Outcome()
        self._plan = plan
        self._agenda, self._regards = Agenda(), Regards()
        self._floor = Floor(self._agenda, self._regards, self._end)
        self._crowd = Crowd(plan.world, self._agenda, self._floor, seed)
        traffic = Traffic(plan.world, self._agenda, self._take_in)
        traffic.begin(plan.world.rate, range(CUSTOMER, CUSTOMER + 1), random.Random(f"{seed} customer"))
        others = range(CUSTOMER + 1, CUSTOMER + 1 + plan.world.others)
        traffic.begin(plan.world.others_rate, others, random.Random(f"{seed} others"))
        self._agenda.run(plan.warm_up + plan.measured)

    def _take_in(self, job: Job) -> None:
        if job.task.account_id == CUSTOMER and job.created >= self._plan.warm_up:
            listed = self._regards.listed(CUSTOMER, job.created)
            self.outcome.listed += len(listed)
            self.outcome.meetings[self._meeting(listed)] += 1
        self._floor.submit(job)

    def _meeting(self, listed: frozenset[int]) -> Meeting:
        if not listed:
            return Meeting.NOBODY
        if not listed & self._floor.desks.keys():
            return Meeting.ELSEWHERE
        return Meeting.IDLE if listed & self._floor.idle.keys() else Meeting.BUSY

    def _end(self, job: Job, worker_id: int | None) -> None:
        if worker_id is None:
            return  # five passed it on: nothing to report, and too rare to show
        accuracy = self._crowd.accuracies[worker_id]
        is_correct = job.luck < accuracy
        is_customers = job.task.account_id == CUSTOMER
        if job.created >= self._plan.warm_up:
            sums = self.outcome.customer if is_customers else self.outcome.others
            sums.solved += 1
            sums.correct += is_correct
            sums.accuracy += accuracy
            sums.waited += job.started - job.created
        reporting = self._plan.customer if is_customers else self._plan.others
        if reporting is Reporting.BOTH or (reporting is Reporting.PRAISE and is_correct):
            ended_at = self._agenda.now
            delay = self._plan.world.report_seconds
            self._agenda.after(delay, self._report, job.task.account_id, worker_id, is_correct, ended_at)

    def _report(self, account_id: int, worker_id: int, is_correct: bool, ended_at: float) -> None:
        now = self._agenda.now
        if is_late(BEGINNING + timedelta(seconds=ended_at), BEGINNING + timedelta(seconds=now)):
            return
        if is_correct:
            self._regards.praise(account_id, worker_id, now)
        else:
            self._regards.take_off(account_id, worker_id)
