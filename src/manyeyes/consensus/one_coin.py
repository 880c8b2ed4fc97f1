"""How likely each answer is when every person is right with one chance of their own. Pure.

The model of one coin per person (Dawid and Skene 1979 with one parameter; Nitzan and Paroush 1982 for the weights):
who is wrong gives each other answer equally often. For labels there are as many choices as the question has; for open
questions as many as `OPEN_CHOICES`, and what nobody gave may be right too.
"""

import math
from collections.abc import Mapping, Sequence

import msgspec

from manyeyes.consensus.likeness import Alike
from manyeyes.consensus.rules import Shape, ShapeKind, Skill
from manyeyes.consensus.skills import OPEN_CHOICES, UNKNOWN, chance_right
from manyeyes.consensus.votes import weighed


class Weighed(msgspec.Struct, frozen=True):
    """``weights``: log-odds of each group against an answer that nobody gave; ``chances``: that each is right."""

    weights: list[float]
    chances: list[float]


def choices(shape: Shape, seen: int) -> int:
    """Return among how many answers people choose, with ``seen`` different ones given; at least two."""
    if shape.kind is ShapeKind.LABEL:
        return max(len(shape.labels), seen, 2)
    return max(OPEN_CHOICES, seen + 1)


def one_coin(shape: Shape, groups: Sequence[Alike], skills: Mapping[int, Skill]) -> Weighed:
    """Return how much each group weighs by the people in it, and how likely it is right; all answers equal before."""
    among = choices(shape, len(groups))
    people = {given.worker_id for group in groups for given in group.given}
    weights = weighed(groups, {worker: _weight(skills.get(worker, UNKNOWN), among) for worker in people})
    return Weighed(weights, shares(weights, among - len(groups)))


def shares(logs: Sequence[float], unseen: int = 0) -> list[float]:
    """Return chances that are in proportion to the exponentials of ``logs``; ``unseen`` more answers stand at 0."""
    most = max([*logs, 0.0]) if unseen else max(logs)
    parts = [math.exp(each - most) for each in logs]
    total = math.fsum([*parts, unseen * math.exp(-most)]) if unseen else math.fsum(parts)
    return [part / total for part in parts]


def _weight(skill: Skill, among: int) -> float:
    """Return by how much one person's word makes an answer likelier, as a logarithm; at least 0."""
    right = chance_right(skill, among)
    return max(math.log(right * (among - 1) / (1 - right)), 0.0)
