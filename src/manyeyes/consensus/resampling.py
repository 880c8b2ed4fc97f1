"""How far a figure about items might be off: intervals by drawing the items anew (B. Efron, Ann. Statist. 7, 1979).

Items are dealt by lot into at most 64 blocks, and blocks are drawn, not items: a figure of sums then needs one sum a
block, and a hundred thousand answers cost hardly more than a hundred. Whoever calls brings the lots, so that equal ones
give equal intervals; nothing here draws by itself.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from operator import mul
from typing import Protocol, TypeVar

import msgspec

BLOCKS, DRAWS = 64, 300
FEWEST_ITEMS = 10  # with fewer the items that were not seen matter more than those that were
_OUTSIDE = 0.025  # on either side of an interval of 95 %

T = TypeVar("T")


class Lots(Protocol):
    """What is asked of a seeded generator; `random.Random` is one."""

    def sample(self, population: Sequence[T], k: int) -> list[T]:
        """Return ``k`` different ones by lot."""

    def choices(self, population: Sequence[T], *, k: int) -> list[T]:
        """Return ``k`` by lot, the same one perhaps several times."""


class Estimate(msgspec.Struct, frozen=True):
    """A figure with its interval of 95 %; ``low`` and ``high`` are None with fewer than `FEWEST_ITEMS` items."""

    value: float
    low: float | None = None
    high: float | None = None


class Draws:
    """How often each block is in each draw; the same for all figures about the same items."""

    def __init__(self, items: int, lots: Lots) -> None:
        """Deal ``items`` (places from 0 on) into blocks and draw; needs nothing of what was said of them."""
        self.blocks = max(1, min(items, BLOCKS))
        order = lots.sample(range(items), items)
        self.block_of = [0] * items
        for place, item in enumerate(order):
            self.block_of[item] = place % self.blocks
        self.times: list[list[int]] = []
        if items >= FEWEST_ITEMS:
            for _ in range(DRAWS):
                drawn = Counter(lots.choices(range(self.blocks), k=self.blocks))
                self.times.append([drawn[block] for block in range(self.blocks)])

    def estimate(self, figure: Callable[[Sequence[int]], float | None]) -> Estimate | None:
        """Return a figure and its interval. ``figure`` says what it is when each block counts so often.

        None where the figure does not exist; draws in which it does not exist are left out.
        """
        value = figure([1] * self.blocks)
        if value is None:
            return None
        drawn = sorted(found for times in self.times if (found := figure(times)) is not None)
        if not drawn:
            return Estimate(value)
        edge = math.floor(_OUTSIDE * len(drawn))
        return Estimate(value, drawn[edge], drawn[-1 - edge])

    def ratio(self, parts: Sequence[float], wholes: Sequence[float]) -> Estimate | None:
        """Return the sum of ``parts`` in the sum of ``wholes``, both by block."""

        def figure(times: Sequence[int]) -> float | None:
            whole = dot(times, wholes)
            return dot(times, parts) / whole if whole else None

        return self.estimate(figure)

    def empty(self) -> list[float]:
        """Return a sum for each block, all 0."""
        return [0.0] * self.blocks


def dot(left: Iterable[float], right: Iterable[float]) -> float:
    """Return the sum of the products, place by place."""
    total: float = sum(map(mul, left, right))
    return total
