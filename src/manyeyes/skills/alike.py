"""Who errs as somebody else does: copying pairs, and people who hand in what a model says (docs/decisions/0057, 0066).

Looked at are tasks where the right answer is known and at least one of the two was wrong. Two people who look for
themselves are then seldom both wrong in the same way; who copies is so nearly always. The bet is that of
skills/floor.py: it may be looked at after every task.
"""

import enum
import math
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

PEOPLE_ALARMS, MODEL_ALARMS = 0.006, 0.002
_ALIKE_GUESS = 0.98


class AlikeKind(enum.StrEnum):
    """What was found of somebody; all of it is for a human to judge, and stops nobody."""

    PAIR = "pair"  # two hand in the same work; who of them copies is not known
    MODEL = "model"  # they hand in what the recogniser says
    HASTE = "haste"  # they answer before they can have looked


class FoundAlike(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with its numbers; ``other_id`` is 0 but of a pair, whose lower number is ``worker_id``.

    ``tasks``: pictures that both answered and not both rightly, of haste the answers whose time is known; ``alike``: on
    how many of these both were wrong in the same way, or how many came too soon. ``expected``: how many that would be
    at the most of people who look for themselves. ``first_at``: the first picture on which they were wrong alike.
    """

    worker_id: int
    kind: AlikeKind
    other_id: int = 0
    tasks: int
    alike: int
    expected: float
    first_at: datetime | None = None


class SharedError(msgspec.Struct, frozen=True):
    """A task that two answered and not both rightly. ``is_alike``: both were wrong, with the same answer."""

    task_id: int
    is_alike: bool


def alike_at_most(options: int | None) -> float:
    """Return the share of such tasks in which people who do not copy are wrong in the same way, at the most.

    People find the same pictures hard, so it is far above what independent errors would give: of two labels there is
    only one wrong one; the same slip of the pen is rare.
    """
    if options is None:
        return 0.2
    return 0.4 if options == 2 else 0.3


def shared_errors(truths: Mapping[int, str], mine: Mapping[int, str], theirs: Mapping[int, str]) -> list[SharedError]:
    """Return the tasks, by their ids, that both answered and at least one of them wrongly; all values are keys.

    ``truths``: of gold, of reviewers, or of two others who said the same (`two_say`); never the word of either of them.
    """
    common = sorted(truths.keys() & mine.keys() & theirs.keys())
    return [
        SharedError(task, mine[task] == theirs[task])
        for task in common
        if not (mine[task] == truths[task] == theirs[task])
    ]


def two_say(others: Mapping[int, str]) -> str | None:
    """Return what both of the two with the lowest numbers gave, by the keys of who was asked beside a pair, else None.

    Two, however many there are: what most of more people say is oftener wrong where it is disputed, and there the best
    people look alike.
    """
    first = [others[worker_id] for worker_id in sorted(others)[:2]]
    return first[0] if len(first) == 2 and first[0] == first[1] else None


def log_growth(options: int | None) -> tuple[float, float]:
    """Return what a task adds to the bet's logarithm where the two were wrong alike, and where they were not."""
    most = alike_at_most(options)
    return math.log(_ALIKE_GUESS / most), math.log((1 - _ALIKE_GUESS) / (1 - most))


def stake_on_alike(errors: Iterable[SharedError], options: int | None) -> float:
    """Return how many times the bet that one of the two copies has grown; 1 for none."""
    alike, unlike = log_growth(options)
    return math.exp(sum(alike if error.is_alike else unlike for error in errors))


def pair_alarm(people: int) -> float:
    """Return how many times the bet on two of so many people of a queue has to grow until they are found.

    Each of the others is one more who could look alike by chance, so it is as much more.
    """
    return max(people - 1, 1) / PEOPLE_ALARMS


def is_copying_pair(errors: Iterable[SharedError], options: int | None, people: int) -> bool:
    """Tell whether two of so many people of a queue hand in the same work.

    Who of the two copies is not known: an operator is told; neither is stopped by it.
    """
    return stake_on_alike(errors, options) >= pair_alarm(people)


MODEL_ALARM = 1 / MODEL_ALARMS


def is_model_user(errors: Iterable[SharedError], options: int | None) -> bool:
    """Tell whether somebody hands in what a model says whose own answers are known."""
    return stake_on_alike(errors, options) >= MODEL_ALARM


QUICK_MS = 500  # nobody has looked, whatever the picture; the way to the server is in it
QUICK_SHARE = 0.5
QUICK_LEAST = 10


def is_hasty(quick: int, timed: int) -> bool:
    """Tell whether so many of somebody's timed answers were too quick that they get a newcomer's share of gold.

    Some people are quick and right, so haste brings more gold and nothing else.
    """
    return timed >= QUICK_LEAST and quick >= QUICK_SHARE * timed
