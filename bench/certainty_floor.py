"""Careless and dishonest people in simulated crowds: how soon the shipping rules find them, and whom they wrong.

The aims: of each kind 95 % found within 50 tasks, of honest people at most 2 %. What misses one stays in the table.
"""

from collections.abc import Iterator

import msgspec

from bench.row import Row
from manyeyes.simulator.crowd import HONEST_HABITS, CrowdWorld, Habit
from manyeyes.simulator.floor_study import FloorCase, below_from, study
from manyeyes.skills.floor import FloorRule

RUNS, SMALL_RUNS = 200, 20
HONEST_TASKS, DRIFTING_TASKS = 150, 150
QUEUES = {
    "4 labels": (CrowdWorld(model=0.7), FloorRule(floor=0.7, options=4)),
    "2 labels": (CrowdWorld(options=2, accuracy=0.93, spread=0.03, model=0.7), FloorRule(floor=0.85, options=2)),
    "typed": (CrowdWorld(options=None, model=0.7), FloorRule(floor=0.7)),
}
CARELESS, CAREFUL = 0.7, 0.85  # accuracies of who is copied, and of a model


def measure(small: bool) -> list[Row]:
    """Return for each kind of person the share that is found, of honest ones the share that is wronged."""
    runs = SMALL_RUNS if small else RUNS
    return [_row(name, case, runs) for name, case in _cases()]


def _cases() -> Iterator[tuple[str, FloorCase]]:
    for name, (world, rule) in QUEUES.items():
        for habit in Habit:
            case = FloorCase(world=world, rule=rule, habit=habit)
            if habit is Habit.COPYING:
                for accuracy in (CARELESS, CAREFUL):
                    yield f"{name}: {habit}, {accuracy:.0%} right", _with(case, panel=5, accuracy=accuracy)
            elif habit is Habit.MODEL:
                for accuracy in (CARELESS, CAREFUL):
                    model = msgspec.structs.replace(world, model=accuracy)
                    yield f"{name}: {habit}, {accuracy:.0%} right", _with(case, world=model)
            elif habit is Habit.DRIFTING:
                case = _with(case, accuracy=0.92)
                yield f"{name}: {habit}", _with(case, tasks=below_from(case) + DRIFTING_TASKS)
            else:
                yield f"{name}: {habit}", _with(case, tasks=HONEST_TASKS) if habit in HONEST_HABITS else case
        if rule.options == 2:
            skewed = msgspec.structs.replace(world, first=0.9)
            case = FloorCase(world=skewed, rule=rule, habit=Habit.FIRST_LABEL)
            yield f"{name}: {Habit.FIRST_LABEL}, which is right in 90 %", case


def _with(case: FloorCase, **changed: object) -> FloorCase:
    return msgspec.structs.replace(case, **changed)


def _row(name: str, case: FloorCase, runs: int) -> Row:
    found = study(case, runs)
    is_honest = case.habit in HONEST_HABITS
    within = f"within {case.tasks - below_from(case)} tasks"
    details = {
        "median task": "none" if found.median_tasks is None else float(found.median_tasks),
        "stopped %": 100 * found.stopped,
        "alike %": 100 * found.alike,
        "gold": found.gold,
    }
    aim = "≤ 2 %" if is_honest else "≥ 95 % within 50"
    return Row(f"{name}, {'wronged' if is_honest else 'found'} {within}", 100 * found.found, "%", aim, details)
