"""Whether people see the same: Krippendorff's alpha, pairs alike, who is taken for what, and each person beside others.

K. Krippendorff: Computing Krippendorff's Alpha-Reliability, 2011 (University of Pennsylvania, Annenberg School): alpha
is 1 where all say the same, 0 where they agree as often as answers drawn by lot would, below 0 where they agree less.
It needs no truth and stands gaps; items with one answer say nothing and are left out.

Agreement is not being right: people who err together agree. What is right, audits say (proof.py).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from manyeyes.consensus.disagreement import Distance, between, like, within
from manyeyes.consensus.resampling import FEWEST_ITEMS, Draws, Estimate, Lots, dot

MOST_LABELS = 30  # a table of more is no table that anybody reads; texts have none


class Rated(msgspec.Struct, frozen=True):
    """What one person said of one item, as it is compared.

    ``value``: the key of its likeness (a text or one label), a number (interval), or a frozenset of labels (sets).
    """

    item: Hashable
    worker_id: int
    value: Hashable


class AgreementFound(msgspec.Struct, frozen=True, kw_only=True):
    """How far people agree on ``items`` that have ``answers`` of at least two.

    ``alpha``: None where all answers are one value, or none is there. ``pairs_alike``: the share of pairs of answers to
    one item that are alike. ``confusion``: for (given, other): who gave the one, how large a share of the others gave
    the other; of labels only. ``workers``: by person, the share of others' answers to the same items like theirs.
    """

    items: int
    answers: int
    alpha: Estimate | None
    pairs_alike: Estimate | None
    confusion: Mapping[tuple[str, str], Estimate]
    workers: Mapping[int, Estimate]


def agreement(
    rated: Iterable[Rated], distance: Distance, lots: Lots, tolerance: Decimal = Decimal(0)
) -> AgreementFound:
    """Return how far people agree, with intervals of 95 % over items; equal ``lots`` give equal ones.

    ``tolerance``: numbers that differ by so much at most are alike (not for alpha, which squares differences). Raises
    ValueError when somebody answered an item twice, or a value does not fit the distance.
    """
    items = _together(rated)
    draws = Draws(len(items), lots)
    counted = [Counter(item.values()) for item in items]
    alike = [like(counts, distance, tolerance) for counts in counted]
    return AgreementFound(
        items=len(items),
        answers=sum(map(len, items)),
        alpha=_alpha(counted, distance, draws, lots),
        pairs_alike=_pairs_alike(counted, alike, draws),
        confusion=_confusion(counted, draws) if distance is Distance.NOMINAL else {},
        workers=_workers(items, alike, draws),
    )


def _together(rated: Iterable[Rated]) -> list[dict[int, Hashable]]:
    """Return the answers by worker, of each item that has two or more."""
    items: defaultdict[Hashable, dict[int, Hashable]] = defaultdict(dict)
    for one in rated:
        given = items[one.item]
        if one.worker_id in given:
            raise ValueError("an item has two answers of one person")
        given[one.worker_id] = one.value
    return [given for given in items.values() if len(given) > 1]


def _alpha(counted: Sequence[Counter[Hashable]], distance: Distance, draws: Draws, lots: Lots) -> Estimate | None:
    """Return 1 less the disagreement within items, measured by that among all answers."""
    if not counted:
        return None
    inside, values = draws.empty(), [Counter[Hashable]() for _ in range(draws.blocks)]
    for block, counts in zip(draws.block_of, counted, strict=True):
        inside[block] += within(counts, distance)
        values[block].update(counts)
    sizes = [float(counts.total()) for counts in values]
    table = between(values, distance, lots)

    def figure(times: Sequence[int]) -> float | None:
        answers = dot(times, sizes)
        everywhere = dot(times, (dot(row, times) for row in table)) / (answers - 1)
        return 1 - dot(times, inside) / everywhere if everywhere > 0 else None

    return draws.estimate(figure)


def _pairs_alike(
    counted: Sequence[Counter[Hashable]], alike: Sequence[Mapping[Hashable, int]], draws: Draws
) -> Estimate | None:
    parts, wholes = draws.empty(), draws.empty()
    for block, counts, likes in zip(draws.block_of, counted, alike, strict=True):
        answers = counts.total()
        parts[block] += sum(count * (likes[value] - 1) for value, count in counts.items())
        wholes[block] += answers * (answers - 1)
    return draws.ratio(parts, wholes)


def _confusion(counted: Sequence[Counter[Hashable]], draws: Draws) -> dict[tuple[str, str], Estimate]:
    """Return the shares of the table of coincidences by row, in which each answer weighs 1; none of too many labels."""
    labels = {value for counts in counted for value in counts}
    if len(labels) > MOST_LABELS:
        return {}
    given: defaultdict[Hashable, list[float]] = defaultdict(draws.empty)
    pairs: defaultdict[tuple[Hashable, Hashable], list[float]] = defaultdict(draws.empty)
    for block, counts in zip(draws.block_of, counted, strict=True):
        others = counts.total() - 1
        for one, count in counts.items():
            given[one][block] += count
            for two, other in counts.items():
                pairs[one, two][block] += count * (other - (one == two)) / others
    shares = {
        (str(one), str(two)): draws.ratio(parts, given[one]) for (one, two), parts in sorted(pairs.items(), key=str)
    }
    return {pair: share for pair, share in shares.items() if share is not None}


def _workers(
    items: Sequence[Mapping[int, Hashable]], alike: Sequence[Mapping[Hashable, int]], draws: Draws
) -> dict[int, Estimate]:
    parts: defaultdict[int, list[float]] = defaultdict(draws.empty)
    wholes: defaultdict[int, list[float]] = defaultdict(draws.empty)
    answered: Counter[int] = Counter()
    for block, given, likes in zip(draws.block_of, items, alike, strict=True):
        for worker, value in given.items():
            parts[worker][block] += likes[value] - 1
            wholes[worker][block] += len(given) - 1
            answered[worker] += 1
    shares = {worker: draws.ratio(parts[worker], wholes[worker]) for worker in sorted(parts)}
    return {
        worker: share if answered[worker] >= FEWEST_ITEMS else Estimate(share.value)
        for worker, share in shares.items()
        if share is not None
    }
