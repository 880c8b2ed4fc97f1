"""What a result would have been had asking ended earlier: what a lower threshold is judged by. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from manyeyes.consensus.decide import TYPED_ALIKE, is_clear
from manyeyes.consensus.rules import Given, Method, Shape, Skill
from manyeyes.consensus.verdicts import verdict


class Reached(msgspec.Struct, frozen=True, array_like=True):
    """``score`` and ``value`` after one of the answers; the score is 0 where no threshold would have let it pass."""

    score: float
    value: str


def reached(
    shape: Shape, given: Sequence[Given], skills: Mapping[int, Skill], first: int, method: Method
) -> tuple[Reached, ...]:
    """Return what sure terms could have accepted after the ``first`` answers and after each one more.

    ``given``: in the order in which they were asked for; where fewer came than ``first``, there is one stop, of all.
    """
    counts = range(min(first, len(given)), len(given) + 1)
    found = [verdict(shape, given[:count], skills, method) for count in counts if count]
    return tuple(Reached(each.confidence if is_clear(each, TYPED_ALIKE) else 0.0, each.value) for each in found)
