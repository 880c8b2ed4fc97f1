"""Who errs as somebody else does: copying pairs, and people who hand in what a model says (docs/decisions/0057).

Looked at are tasks where the right answer is known and at least one of the two was wrong. Two people who look for
themselves are then seldom both wrong in the same way; who copies is so nearly always. The bet is that of
skills/floor.py: it may be looked at after every task.
"""

from collections.abc import Iterable, Mapping

import msgspec

from manyeyes.skills.floor import FloorStanding

PEOPLE_ALARMS, MODEL_ALARMS = 0.006, 0.002
_ALIKE_GUESS = 0.98


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


def stake_on_alike(errors: Iterable[SharedError], options: int | None) -> float:
    """Return how many times the bet that one of the two copies has grown; 1 for none."""
    most = alike_at_most(options)
    stake = 1.0
    for error in errors:
        stake *= _ALIKE_GUESS / most if error.is_alike else (1 - _ALIKE_GUESS) / (1 - most)
    return stake


def is_copying_pair(errors: Iterable[SharedError], options: int | None, people: int) -> bool:
    """Tell whether two of so many people of a queue hand in the same work.

    Each of the others is one more who could look alike by chance, so the bet has to grow by as much more. Who of the
    two copies is not known: both are never asked the same again, and an operator is told; neither is stopped by it.
    """
    return stake_on_alike(errors, options) >= max(people - 1, 1) / PEOPLE_ALARMS


def is_model_user(errors: Iterable[SharedError], options: int | None) -> bool:
    """Tell whether somebody hands in what a model says whose own answers are known."""
    return stake_on_alike(errors, options) >= 1 / MODEL_ALARMS


QUICK_SHARE = 0.5
QUICK_LEAST = 10


def suspicion_with(standing: FloorStanding, quick: int, timed: int) -> float:
    """Return the suspicion, from 0 to 1, with haste in it: how many of their timed answers were quicker than reading.

    Some people are quick and right, so haste brings more gold and nothing else.
    """
    is_hasty = timed >= QUICK_LEAST and quick >= QUICK_SHARE * timed
    return 1.0 if is_hasty else standing.suspicion
