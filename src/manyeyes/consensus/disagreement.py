"""How far two answers are apart, and how far all are: what Krippendorff's alpha is made of.

Sums stay apart by block of items (resampling.py), so that alpha can be had again for any choice of blocks.
"""

import enum
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from manyeyes.consensus.resampling import Lots, dot

_MOST_SETS = 320  # different sets of labels; of more, answers drawn by lot stand for all
ValueCounts = Mapping[Hashable, float]  # how often each value was given
Table = list[list[float]]  # by block and block


class Distance(enum.StrEnum):
    """How answers are apart.

    Nominal: alike (0) or not (1). Interval: the square of the difference. Sets: MASI, 0 where they are the same, 1
    where nothing is common (R. Passonneau: Measuring Agreement on Set-valued Items, LREC 2006).
    """

    NOMINAL = "nominal"
    INTERVAL = "interval"
    SETS = "sets"


def masi(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how far two sets are apart: 1 less the share in common, times 1, 2/3, 1/3 or 0 by how they overlap."""
    if one == other:
        return 0.0
    common = len(one & other)
    if not common:
        return 1.0
    overlap = 2 / 3 if common in (len(one), len(other)) else 1 / 3
    return 1 - overlap * common / len(one | other)


def number(value: Hashable) -> float:
    """Return a number that was given. Raises ValueError for anything else."""
    if isinstance(value, int | float | Decimal | Fraction):
        return float(value)
    raise ValueError("a number is wanted where answers are apart by their difference")


def labels_of(value: Hashable) -> frozenset[str]:
    """Return a set of labels that was given. Raises ValueError for anything else."""
    if isinstance(value, frozenset):
        return value
    raise ValueError("a frozenset of labels is wanted where answers are sets")


def like(counts: Counter[Hashable], distance: Distance, tolerance: Decimal) -> dict[Hashable, int]:
    """Return for each value of an item how many of its answers are like it, its own among them."""
    if distance is not Distance.INTERVAL or not tolerance:
        return dict(counts)
    exact = {value: Fraction(value) for value in counts if isinstance(value, int | float | Decimal | Fraction)}
    most = Fraction(tolerance)
    return {one: sum(counts[two] for two in exact if abs(exact[one] - exact[two]) <= most) for one in exact}


def within(counts: Counter[Hashable], distance: Distance) -> float:
    """Return the disagreement in an item of two answers or more: over all ordered pairs, by its answers less one."""
    answers = counts.total()
    return _apart(counts, answers, distance) / (answers - 1)


def _apart(counts: Counter[Hashable], answers: int, distance: Distance) -> float:
    if distance is Distance.NOMINAL:
        return answers * answers - sum(count * count for count in counts.values())
    if distance is Distance.SETS:
        pairs = combinations(counts, 2)
        return 2 * sum(counts[one] * counts[two] * masi(labels_of(one), labels_of(two)) for one, two in pairs)
    middle = sum(number(value) * count for value, count in counts.items()) / answers
    return 2 * answers * sum(count * (number(value) - middle) ** 2 for value, count in counts.items())


def between(blocks: Sequence[Counter[Hashable]], distance: Distance, lots: Lots) -> Table:
    """Return the disagreement of all ordered pairs of answers, one of the one block and one of the other."""
    if distance is Distance.INTERVAL:
        return _squares(blocks)
    if distance is Distance.SETS:
        return _of_sets(blocks, lots)
    sizes = [counts.total() for counts in blocks]
    table = [[float(one * two) for two in sizes] for one in sizes]
    places: defaultdict[Hashable, list[tuple[int, int]]] = defaultdict(list)
    for block, counts in enumerate(blocks):
        for value, count in counts.items():
            places[value].append((block, count))
    for each in places.values():
        for one, count in each:
            row = table[one]
            for two, other in each:
                row[two] -= count * other
    return table


def _squares(blocks: Sequence[Counter[Hashable]]) -> Table:
    """Return the sums of squared differences, from three sums a block, about the mean lest large numbers cancel."""
    sizes = [float(counts.total()) for counts in blocks]
    middle = sum(number(v) * count for counts in blocks for v, count in counts.items()) / max(sum(sizes), 1)
    sums = [sum((number(v) - middle) * count for v, count in counts.items()) for counts in blocks]
    squares = [sum((number(v) - middle) ** 2 * count for v, count in counts.items()) for counts in blocks]
    places = range(len(blocks))
    return [
        [squares[one] * sizes[two] + sizes[one] * squares[two] - 2 * sums[one] * sums[two] for two in places]
        for one in places
    ]


def _of_sets(blocks: Sequence[Counter[Hashable]], lots: Lots) -> Table:
    counted = _thinned(blocks, lots)
    values = list({value: None for counts in counted for value in counts})
    sets = [labels_of(value) for value in values]
    apart = [[masi(one, two) for two in sets] for one in sets]
    rows = [[counts.get(value, 0.0) for value in values] for counts in counted]
    means = [[dot(each, row) for row in rows] for each in apart]  # of each value, to the answers of each block
    by_block = list(zip(*means, strict=True))
    return [[dot(row, column) for column in by_block] for row in rows]


def _thinned(blocks: Sequence[Counter[Hashable]], lots: Lots) -> list[ValueCounts]:
    """Return the counts; with too many different sets, those of some answers of each block, which weigh as all do."""
    if len({value for counts in blocks for value in counts}) <= _MOST_SETS:
        return list(blocks)
    few = _MOST_SETS // len(blocks)
    thinned: list[ValueCounts] = []
    for counts in blocks:
        drawn = lots.choices(list(counts.elements()), k=few)
        thinned.append({value: count * counts.total() / few for value, count in Counter(drawn).items()})
    return thinned
