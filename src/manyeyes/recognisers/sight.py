"""How much of a picture a recogniser makes out, and what its word is worth beyond that. See docs/decisions/0043.

A recogniser says by two members what it can: ``sees`` and ``nothing`` (interface.py). One that says neither is taken
for one of `USUAL`, so that whoever has not thought about large pictures is never certain about them.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from manyeyes.recognisers.interface import Finding, Recogniser

USUAL = (1600, 1600)  # of 224 pixels, which classifiers mostly look at, a thing of 8 is left of one of 57
OVERLAP = 0.1  # of a piece, so that what lies across a cut is whole in one of them
PIECES_AT_MOST = 64
SHRUNK_AT_MOST = 2.0  # how many times smaller each side may have become before a recogniser gets the picture
DECIDES = 0.9  # the rate from which on nothing else is looked for
TOO_FINE = "parts of this picture were too fine to be made out"
LEFT_OUT = "other frames or pages of this file were not looked at"
Box = tuple[int, int, int, int]  # left, top, right, bottom, as Pillow has them


class Sight(msgspec.Struct, frozen=True):
    """``sees``: width and height that are made out at once, None: any. ``nothing``: the label that says that the
    picture shows nothing that is looked for; None where there is no such label."""

    sees: tuple[int, int] | None
    nothing: int | None

    def is_find(self, finding: Finding) -> bool:
        """Tell whether something was found: then it is there, whatever else the picture may show."""
        return self.nothing is not None and finding.label != self.nothing


def sight(recogniser: Recogniser) -> Sight:
    """Return what a recogniser says of itself. Raises ValueError for what no picture could be cut by."""
    sees, nothing = getattr(recogniser, "sees", USUAL), getattr(recogniser, "nothing", None)
    if sees is not None and (len(sees) != 2 or min(sees) < 1):
        raise ValueError(f"sees is a width and a height in pixels, or None; it is {sees!r}")
    return Sight(None if sees is None else (int(sees[0]), int(sees[1])), nothing)


def window(sees: tuple[int, int], shrunk: float) -> tuple[int, int]:
    """Return the width and height made out at once, in pixels of a picture whose sides had been ``shrunk`` before."""
    return max(1, int(sees[0] / shrunk)), max(1, int(sees[1] / shrunk))


def boxes(width: int, height: int, at_once: tuple[int, int]) -> list[Box]:
    """Return boxes that cover a picture, row by row, each within ``at_once`` and overlapping its neighbours."""
    columns, rows = _steps(width, at_once[0]), _steps(height, at_once[1])
    return [(left, top, right, bottom) for top, bottom in rows for left, right in columns]


def _steps(length: int, most: int) -> list[tuple[int, int]]:
    if length <= most:
        return [(0, length)]
    step = max(1, most - round(most * OVERLAP))
    count = math.ceil((length - most) / step) + 1
    starts = [round(number * (length - most) / (count - 1)) for number in range(count)]
    return [(start, start + most) for start in starts]


def chosen(all_boxes: Sequence[Box]) -> list[Box]:
    """Return at most `PIECES_AT_MOST` boxes, evenly spread."""
    count = len(all_boxes)
    if count <= PIECES_AT_MOST:
        return list(all_boxes)
    return [all_boxes[number * (count - 1) // (PIECES_AT_MOST - 1)] for number in range(PIECES_AT_MOST)]


def combined(sight: Sight, whole: Finding, pieces: Sequence[tuple[Box, Finding]]) -> Finding:
    """Return what is said of a picture whose pieces were looked at too: the surest find, else the least sure nothing.

    The details of a find in a piece say where it is.
    """
    finds: list[tuple[Finding, dict[str, Any]]] = [(whole, {})] if sight.is_find(whole) else []
    finds += [(found, {"piece": list(box)}) for box, found in pieces if sight.is_find(found)]
    if finds:
        best, where = max(finds, key=lambda pair: pair[0].rate)
        return _with(best, best.rate, where)
    rate = min(found.rate for found in itertools.chain((whole,), (found for _, found in pieces)))
    return _with(whole, rate, {"pieces": len(pieces)})


def doubted(sight: Sight, finding: Finding, unseen: str) -> Finding:
    """Return the finding at rate 0, no opinion, where something was not looked at; a find stands all the same."""
    if not unseen or sight.is_find(finding):
        return finding
    return _with(finding, 0.0, {"unseen": unseen})


def _with(finding: Finding, rate: float, details: dict[str, Any]) -> Finding:
    return Finding(finding.label, rate, {**finding.details, **details})
