"""Votes, counted or weighed, and ties. Pure."""

import math
from collections.abc import Mapping, Sequence

import msgspec

from manyeyes.consensus.likeness import Alike

_ALIKE = 1e-9  # scores that differ by less are equal: they are sums of the same logarithms


class Winner(msgspec.Struct, frozen=True):
    """``place``: of the best group in the list; ``is_tied``: another one is as good."""

    place: int
    is_tied: bool


def weighed(groups: Sequence[Alike], weights: Mapping[int, float]) -> list[float]:
    """Return the sum of its people's ``weights``, by worker, of each group; the order of people changes nothing."""
    return [math.fsum(weights[each.worker_id] for each in group.given) for group in groups]


def counted(groups: Sequence[Alike]) -> list[float]:
    """Return how many people gave each group's answer."""
    return [float(len(group.given)) for group in groups]


def winner(groups: Sequence[Alike], *scores: Sequence[float]) -> Winner:
    """Return the group with the highest of the first ``scores``; of equal ones by the next, then by the lowest worker.

    Tied by the first scores is tied. There is at least one group. Neither the order in which people answered nor how a
    label is called decides.
    """
    tied = list(range(len(groups)))
    is_tied = False
    for number, each in enumerate(scores):
        most = max(each[place] for place in tied)
        tied = [place for place in tied if each[place] >= most - _ALIKE]
        is_tied = is_tied or (number == 0 and len(tied) > 1)
    return Winner(min(tied, key=lambda place: min(given.worker_id for given in groups[place].given)), is_tied)
