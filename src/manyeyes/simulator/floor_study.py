"""How soon the floor's rules find who does not look, and how often they are wrong about who does."""

from datetime import UTC, datetime
from random import Random
from statistics import median

import msgspec

from manyeyes.simulator.crowd import (
    FALLING_TASKS,
    GOOD_TASKS,
    HONEST_HABITS,
    LEAST_ACCURACY,
    CrowdWorld,
    Habit,
    SimulatedPicture,
    accuracy_at,
    honest_accuracy,
    look,
    no_look,
    picture,
)
from manyeyes.skills.alike import SharedError, is_copying_pair, is_model_user, two_say
from manyeyes.skills.floor import FloorRule, FloorStanding, peers_right, standing
from manyeyes.skills.gold import gold_share
from manyeyes.skills.rules import Evidence, EvidenceSource, views_of_peers

NOW = datetime(2026, 1, 1, tzinfo=UTC)  # evidence does not fade in the floor's test: one instant will do
ME, PARTNER = 0, 1
EVERY_LOOK_UNTIL, LATER_LOOKS = 50, 10  # after so many tasks the rules look at every tenth only, to be quick
GOLD_BEFORE = 100  # pictures of gold, from which the queue knows how often the others are right
_MODEL = -1


class FloorCase(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of person in one queue. ``panel``: people who are asked at once about a picture. ``tasks``: at most.

    ``accuracy``: of the person, where it is not drawn (of a copying pair: of who looks).
    """

    world: CrowdWorld
    rule: FloorRule
    habit: Habit
    panel: int = 3
    tasks: int = 50
    accuracy: float | None = None


class FloorFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What ``runs`` of a case gave: the share found in time, half of them after ``median_tasks``; ``gold``: per run.

    For who drifts, tasks are counted from when they fell below the floor. ``alike``: the share found by likeness, to a
    person or a model; they are not stopped by it.
    """

    case: FloorCase
    runs: int
    found: float
    stopped: float
    alike: float
    median_tasks: float | None
    gold: float


class _Run:
    """One person at work until they are found or done."""

    def __init__(self, case: FloorCase, seed: int) -> None:
        self.case, self.chance = case, Random(f"floor {case.habit} {case.world} {case.panel} {seed}")
        world = case.world
        self.rule = msgspec.structs.replace(case.rule, peers_right=_measured(world, case.panel, self.chance))
        self.evidence: list[Evidence] = []
        self.errors: dict[int, list[SharedError]] = {}
        self.gold = 0
        self.stood = FloorStanding(stake=1.0, suspicion=0.0, is_below=False)
        self.accuracy = self._own_accuracy()
        others = range(1, world.people)
        self.others = {n: honest_accuracy(world, self.chance) for n in others}
        self.careless = {n for n in others if self.chance.random() < world.careless} - {PARTNER}

    def found_after(self) -> tuple[int, bool] | None:
        """Return after how many tasks the rules found something, and whether it was likeness; None: they did not."""
        for done in range(self.case.tasks):
            self._task(done)
            if self._has_fresh_gold:  # as actions/count_evidence.py: a floor is looked at after each answer to gold
                self.stood = standing(self.evidence, self.rule)
                if self.stood.is_below:
                    return done + 1, False
            if (done < EVERY_LOOK_UNTIL or not done % LATER_LOOKS) and self._is_alike():
                return done + 1, True
        return None

    @property
    def _has_fresh_gold(self) -> bool:
        return bool(self.evidence) and self.evidence[-1].source is EvidenceSource.GOLD

    def _own_accuracy(self) -> float:
        if self.case.habit is Habit.JUST_GOOD_ENOUGH:
            return self.case.rule.floor
        return honest_accuracy(self.case.world, self.chance) if self.case.accuracy is None else self.case.accuracy

    def _task(self, done: int) -> None:
        world, chance = self.case.world, self.chance
        is_gold = chance.random() < gold_share(self.gold, self.stood.suspicion)
        seen = picture(world, chance, is_gold)
        model = look(world, chance, seen, world.model)
        keys = {ME: self._mine(done, seen, model)}
        self.gold += is_gold
        for n in self._panel():
            keys[n] = self._theirs(n, seen, keys[ME])
        if is_gold:
            self.evidence.append(self._piece(done, EvidenceSource.GOLD, seen.truth, keys[ME]))
        elif (view := views_of_peers(keys, keys).get(ME)) is not None:
            self.evidence.append(self._piece(done, EvidenceSource.PEERS, view.truth, keys[ME], view.is_unanimous))
        for n, key in [*keys.items(), (_MODEL, model)]:
            truth = seen.truth if is_gold else two_say({m: k for m, k in keys.items() if m not in (ME, n)})
            if n != ME and truth is not None and not keys[ME] == key == truth:
                self.errors.setdefault(n, []).append(SharedError(done, keys[ME] == key))

    def _mine(self, done: int, seen: SimulatedPicture, model: str) -> str:
        habit, world = self.case.habit, self.case.world
        if habit is Habit.RANDOM:
            return no_look(world, self.chance)
        if habit is Habit.FIRST_LABEL:
            return "label 0" if world.options else "ok"
        if habit is Habit.MODEL:
            return model
        return look(world, self.chance, seen, accuracy_at(habit, self.accuracy, done))

    def _panel(self) -> list[int]:
        if self.case.habit is Habit.COPYING:
            rest = self.chance.sample(range(PARTNER + 1, self.case.world.people), self.case.panel - 2)
            return [PARTNER, *rest]
        return self.chance.sample(range(1, self.case.world.people), self.case.panel - 1)

    def _theirs(self, n: int, seen: SimulatedPicture, mine: str) -> str:
        if self.case.habit is Habit.COPYING and n == PARTNER:
            return mine
        if n in self.careless:
            return no_look(self.case.world, self.chance)
        return look(self.case.world, self.chance, seen, self.others[n])

    def _piece(self, task: int, source: EvidenceSource, truth: str, given: str, is_unanimous: bool = False) -> Evidence:
        return Evidence(task_id=task, source=source, at=NOW, truth=truth, given=given, is_unanimous=is_unanimous)

    def _is_alike(self) -> bool:
        options, people = self.case.world.options, self.case.world.people
        return any(
            is_model_user(errors, options) if n == _MODEL else is_copying_pair(errors, options, people)
            for n, errors in self.errors.items()
        )


def study(case: FloorCase, runs: int) -> FloorFinding:
    """Return what so many runs of a case give; the same ones each time."""
    found: list[tuple[int, bool]] = []
    gold = 0
    for seed in range(runs):
        run = _Run(case, seed)
        after = run.found_after()
        gold += run.gold
        if after is not None:
            found.append(after)
    below = below_from(case)
    in_time = [(tasks - below, is_alike) for tasks, is_alike in found if tasks >= below]
    return FloorFinding(
        case=case,
        runs=runs,
        found=len(in_time) / runs,
        stopped=sum(not is_alike for _, is_alike in in_time) / runs,
        alike=sum(is_alike for _, is_alike in in_time) / runs,
        median_tasks=median(tasks for tasks, _ in in_time) if in_time else None,
        gold=gold / runs,
    )


def below_from(case: FloorCase) -> int:
    """Return the task from which on somebody is below the floor: 0 but for who drifts, whose start must be given."""
    if case.habit is not Habit.DRIFTING:
        return 0
    if case.accuracy is None:
        raise ValueError("of who drifts the accuracy at the beginning is needed")
    falling = (case.accuracy - case.rule.floor) / (case.accuracy - LEAST_ACCURACY)
    return GOOD_TASKS + round(FALLING_TASKS * falling)


def is_promise_kept(finding: FloorFinding, found_at_least: float = 0.95, alarms_at_most: float = 0.02) -> bool:
    """Tell whether a finding keeps the aim for its kind of person."""
    if finding.case.habit in HONEST_HABITS:
        return finding.found <= alarms_at_most
    return finding.found >= found_at_least


def _measured(world: CrowdWorld, panel: int, chance: Random) -> float:
    """Return how often the others were right in the gold that the queue has seen so far."""
    right = checked = 0
    for _ in range(GOLD_BEFORE):
        seen = picture(world, chance, is_gold=True)
        keys = {n: look(world, chance, seen, honest_accuracy(world, chance)) for n in range(panel)}
        careless = {n: no_look(world, chance) for n in keys if n and chance.random() < world.careless}
        if (view := views_of_peers(keys | careless, keys).get(ME)) is not None:
            checked += 1
            right += view.truth == seen.truth
    return peers_right(right, checked)
