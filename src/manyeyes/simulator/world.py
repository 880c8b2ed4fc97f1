"""The simulated installation: what it is like, its workers, its traffic."""

import random
from collections.abc import Callable

import msgspec

from manyeyes.dispatch.rules import WaitingTask
from manyeyes.simulator.closed_form import beta_shape
from manyeyes.simulator.event_queue import Agenda
from manyeyes.simulator.workplace import DrawnTask, Floor
from manyeyes.tasks.rules import RECAPTCHA_V3

CUSTOMER = 1  # the account that is looked at; the others follow it
MINUTE = 60.0


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What the simulated installation is like; docs/why/allow-list.md gives each default its reason.

    ``rate`` is the customer's, in tasks per minute; ``load`` the share of the workers' time that the other accounts'
    tasks take; ``here`` the share of their time that a worker spends on the customer's queue, in stretches of
    ``stay_seconds`` on average. Accuracies follow a beta distribution with the standard deviation ``spread``.
    ``pass_share`` is how often a worker passes a task on; a result is reported ``report_seconds`` after it came.
    """

    workers: int = 100
    rate: float = 10.0
    load: float = 0.4
    others: int = 10
    here: float = 0.25
    stay_seconds: float = 600.0
    shift_seconds: float = 10_800.0
    handling_seconds: float = 15.0
    accuracy: float = 0.8
    spread: float = 0.15
    pass_share: float = 0.03
    report_seconds: float = 5.0

    @property
    def others_rate(self) -> float:
        """Return how many tasks the other accounts send per minute, together."""
        return self.load * self.workers * self.here / self.handling_seconds * MINUTE

    @property
    def total_load(self) -> float:
        """Return what share of the time of those who are here all tasks take, the customer's included."""
        return self.load + self.rate / MINUTE * self.handling_seconds / (self.workers * self.here)


class Crowd:
    """The workers: who is how accurate, and when each comes to the customer's queue and goes to another one.

    At the end of their shift a worker leaves for good and another one replaces them, with an accuracy of their own.
    """

    def __init__(self, world: World, agenda: Agenda, floor: Floor, seed: int) -> None:
        self.accuracies: dict[int, float] = {}
        self._world, self._agenda, self._floor = world, agenda, floor
        for chair in range(world.workers):
            chance = random.Random(f"{seed} chair {chair}")
            worker_id = self._somebody(chance)
            if world.here >= 1:
                agenda.after(0.0, floor.come, worker_id)
            elif chance.random() < world.here:
                agenda.after(0.0, self._come, worker_id, chance)
            else:
                agenda.after(chance.expovariate(1 / self._away_seconds), self._come, worker_id, chance)

    @property
    def _away_seconds(self) -> float:
        return self._world.stay_seconds * (1 - self._world.here) / self._world.here

    def _somebody(self, chance: random.Random) -> int:
        worker_id = len(self.accuracies) + 1
        self.accuracies[worker_id] = chance.betavariate(*beta_shape(self._world.accuracy, self._world.spread))
        return worker_id

    def _come(self, worker_id: int, chance: random.Random) -> None:
        self._floor.come(worker_id)
        self._agenda.after(chance.expovariate(1 / self._world.stay_seconds), self._go, worker_id, chance)

    def _go(self, worker_id: int, chance: random.Random) -> None:
        self._floor.leave(worker_id)
        away = chance.expovariate(1 / self._away_seconds)
        if chance.random() < (self._world.stay_seconds + self._away_seconds) / self._world.shift_seconds:
            worker_id = self._somebody(chance)
        self._agenda.after(away, self._come, worker_id, chance)


class Traffic:
    """Tasks of one or several accounts, arriving at random with a steady rate, each outcome drawn beforehand."""

    def __init__(self, world: World, agenda: Agenda, take_in: Callable[[DrawnTask], None]) -> None:
        self._world, self._agenda, self._take_in = world, agenda, take_in
        self._tasks = 0

    def begin(self, per_minute: float, accounts: range, chance: random.Random) -> None:
        """Let tasks of these accounts come, ``per_minute`` together."""
        if per_minute > 0:
            self._agenda.after(chance.expovariate(per_minute / MINUTE), self._arrive, per_minute, accounts, chance)

    def _arrive(self, per_minute: float, accounts: range, chance: random.Random) -> None:
        self._tasks += 1
        account = accounts[int(chance.random() * len(accounts))]
        effort = chance.expovariate(1 / self._world.handling_seconds)
        luck, passes = chance.random(), 0
        while chance.random() < self._world.pass_share:
            passes += 1
        task = WaitingTask(
            task_id=self._tasks, account_id=account, created_at=self._agenda.instant(), kind=RECAPTCHA_V3
        )
        self._take_in(DrawnTask(task=task, effort_seconds=effort, luck=luck, passes=passes, created=self._agenda.now))
        self.begin(per_minute, accounts, chance)
