"""Agreement against printed examples, against its definition pair by pair, and its intervals against known crowds."""

import random
from collections.abc import Callable
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.consensus.agreement import Rated, agreement
from manyeyes.consensus.disagreement import Distance, masi
from manyeyes.consensus.resampling import Estimate

# K. Krippendorff: Computing Krippendorff's Alpha-Reliability, 2011: sections A, B, C and D. A dot is a gap.
BINARY = "0 1 0 0 0 0 0 0 1 0 / 1 1 1 0 0 1 0 0 0 0"
TWO_NOMINAL = "a a b b d c c c e d d a / b a b b b c c c e d d d"
FOUR = "1 2 3 3 2 1 4 1 2 . . . / 1 2 3 3 2 2 4 1 2 5 . 3 / . 3 3 3 2 3 4 2 2 5 1 . / 1 2 3 3 2 4 4 1 2 5 1 ."
LABELS = st.sampled_from(["a", "b", "c"])
NUMBERS = st.integers(0, 6)
SETS = st.frozensets(LABELS)


def table(text: str, kind: type = str) -> list[Rated]:
    return [
        Rated(item, worker, kind(value))
        for worker, line in enumerate(text.split(" / "))
        for item, value in enumerate(line.split())
        if value != "."
    ]


def ratings(values: st.SearchStrategy):
    items = st.lists(st.dictionaries(st.integers(1, 6), values, max_size=5), max_size=8)
    return items.map(lambda found: [Rated(n, w, v) for n, given in enumerate(found) for w, v in given.items()])


def measured(rated: list[Rated], distance: Distance, tolerance: Decimal = Decimal(0)):
    return agreement(rated, distance, random.Random(7), tolerance)


def pairs(rated: list[Rated]) -> list[tuple[Rated, Rated, int]]:
    """Return each ordered pair of answers to one item, with how many others its item has beside one answer."""
    counts = {one.item: sum(other.item == one.item for other in rated) for one in rated}
    found = permutations(rated, 2)
    return [(one, two, counts[one.item] - 1) for one, two in found if one.item == two.item]


def alpha_by_definition(rated: list[Rated], apart: Callable[[Any, Any], float]) -> float | None:
    together = pairs(rated)
    kept = [one for one in rated if any(one is first for first, _, _ in together)]
    everywhere = sum(apart(one.value, two.value) for one, two in permutations(kept, 2))
    if not everywhere:
        return None
    inside = sum(apart(one.value, two.value) / others for one, two, others in together)
    return 1 - (len(kept) - 1) * inside / everywhere


@pytest.mark.parametrize(
    ("text", "kind", "distance", "alpha"),
    [
        (BINARY, str, Distance.NOMINAL, 0.095),
        (TWO_NOMINAL, str, Distance.NOMINAL, 0.692),
        (FOUR, str, Distance.NOMINAL, 0.743),
        (FOUR, int, Distance.INTERVAL, 0.849),
        (FOUR, Decimal, Distance.INTERVAL, 0.849),
    ],
)
def test_alpha_is_the_printed_one(text, kind, distance, alpha):
    assert measured(table(text, kind), distance).alpha.value == pytest.approx(alpha, abs=0.0005)


def test_the_printed_table_has_eleven_items_with_forty_answers_to_compare():
    found = measured(table(FOUR), Distance.NOMINAL)
    assert (found.items, found.answers) == (11, 40)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("ab", "ab", 0), ("", "", 0), ("ab", "cd", 1), ("", "a", 1), ("a", "ab", 1 - 1 / 3), ("ab", "bc", 1 - 1 / 9)],
)
def test_sets_are_apart_by_what_is_common_and_how_they_overlap(one, other, apart):
    assert masi(frozenset(one), frozenset(other)) == masi(frozenset(other), frozenset(one)) == pytest.approx(apart)


@pytest.mark.parametrize(
    ("distance", "values", "apart"),
    [
        (Distance.NOMINAL, LABELS, lambda one, two: one != two),
        (Distance.INTERVAL, NUMBERS, lambda one, two: (one - two) ** 2),
        (Distance.SETS, SETS, masi),
    ],
)
@given(st.data())
def test_alpha_is_its_definition(distance, values, apart, data):
    rated = data.draw(ratings(values))
    found, wanted = measured(rated, distance).alpha, alpha_by_definition(rated, apart)
    assert found is None if wanted is None else found.value == pytest.approx(wanted, abs=1e-9)


@given(ratings(NUMBERS), st.sampled_from([Decimal(0), Decimal(1), Decimal("2.5")]))
def test_pairs_and_people_are_counted_as_they_are(rated, tolerance):
    found, together = measured(rated, Distance.INTERVAL, tolerance), pairs(rated)
    numbers: list[tuple[Any, Any]] = [(one.value, two.value) for one, two, _ in together]
    alike = [abs(one - two) <= tolerance for one, two in numbers]
    assert found.pairs_alike is None if not together else found.pairs_alike.value == sum(alike) / len(alike)
    for worker, share in found.workers.items():
        mine = [is_alike for is_alike, (one, _, _) in zip(alike, together, strict=True) if one.worker_id == worker]
        assert share.value == sum(mine) / len(mine)
    assert set(found.workers) == {one.worker_id for one, _, _ in together}


@given(ratings(LABELS))
def test_who_gave_a_label_met_others_that_make_up_a_whole(rated):
    found, together = measured(rated, Distance.NOMINAL).confusion, pairs(rated)
    for label in {one.value for one, _, _ in together}:
        row = {two: share.value for (one, two), share in found.items() if one == label}
        weights = [(two.value, 1 / others) for one, two, others in together if one.value == label]
        assert sum(row.values()) == pytest.approx(1)
        for other, share in row.items():
            wanted = sum(weight for value, weight in weights if value == other) / sum(weight for _, weight in weights)
            assert share == pytest.approx(wanted)


def test_texts_have_no_table_of_confusion():
    rated = [Rated(n, worker, f"text {n}") for n in range(40) for worker in (1, 2)]
    found = measured(rated, Distance.NOMINAL)
    assert found.confusion == {}
    assert found.alpha.value == 1


def test_the_same_lots_give_the_same_intervals_and_the_value_needs_none():
    rated = drawn(random.Random("lots"), 60)
    first, again = (agreement(rated, Distance.NOMINAL, random.Random(3)) for _ in range(2))
    other = agreement(rated, Distance.NOMINAL, random.Random(4))
    assert first == again
    assert first.alpha != other.alpha
    assert first.alpha.value == pytest.approx(other.alpha.value, abs=1e-12)


def test_few_items_have_no_interval():
    rated = [Rated(n, worker, "ab"[worker * n % 2]) for n in range(9) for worker in (1, 2, 3)]
    found = measured(rated, Distance.NOMINAL)
    assert found.pairs_alike.low is found.alpha.high is None
    late = [Rated(n, worker, "ab"[worker * n % 2]) for n in range(20) for worker in (1, 2)] + [Rated(0, 9, "a")]
    workers = measured(late, Distance.NOMINAL).workers
    assert workers[9].low is None
    assert workers[1].low is not None


def drawn(chance: random.Random, items: int, right: float = 0.8) -> list[Rated]:
    """Return the answers of four people who are right with a chance and else give any label of three."""
    return [
        Rated(item, worker, "abc"[item % 3] if chance.random() < right else chance.choice("abc"))
        for item in range(items)
        for worker in range(4)
    ]


def test_intervals_hold_the_truth_in_about_as_many_cases_as_they_say():
    chance, runs = random.Random("coverage"), 50
    alike = 0.8**2 + (1 - 0.8**2) / 3  # both know it, or one of them has drawn by lot
    held = {"pairs": 0, "alpha": 0}
    for _ in range(runs):
        found = measured(drawn(chance, 40), Distance.NOMINAL)
        held["pairs"] += found.pairs_alike.low <= alike <= found.pairs_alike.high
        held["alpha"] += found.alpha.low <= 0.8**2 <= found.alpha.high
    assert all(43 <= count <= 50 for count in held.values()), held


def test_a_careless_person_is_seen_beside_the_others():
    chance = random.Random("careless")
    rated = drawn(chance, 100) + [Rated(item, 9, chance.choice("abc")) for item in range(100)]
    workers = measured(rated, Distance.NOMINAL).workers
    assert workers[9].high < min(workers[worker].low for worker in range(4))


def test_thousands_of_different_sets_are_measured_by_a_part_of_them():
    chance = random.Random("sets")
    rated = []
    for item in range(500):
        true = {label for label in "abcdefghijklm" if chance.random() < 0.3}
        rated += [Rated(item, w, frozenset(true ^ {chance.choice("abcdefghijklm")})) for w in range(3)]
    found = measured(rated, Distance.SETS).alpha.value
    assert found == pytest.approx(alpha_by_definition(rated[:450], masi), abs=0.06)


@pytest.mark.parametrize("distance", list(Distance))
def test_nothing_to_compare_is_no_agreement(distance):
    found = measured([Rated(1, 1, "a"), Rated(2, 1, "a")], distance)
    assert (found.items, found.alpha, found.pairs_alike, found.workers, found.confusion) == (0, None, None, {}, {})


def test_where_all_is_one_value_alpha_does_not_exist():
    found = measured([Rated(n, worker, "a") for n in range(12) for worker in (1, 2)], Distance.NOMINAL)
    assert found.alpha is None
    assert found.pairs_alike == Estimate(1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("values", "distance", "message"),
    [("ab", Distance.INTERVAL, "number"), ("ab", Distance.SETS, "frozenset")],
)
def test_what_does_not_fit_the_distance_is_refused(values, distance, message):
    with pytest.raises(ValueError, match=message):
        measured([Rated(1, worker, value) for worker, value in enumerate(values)], distance)


def test_two_answers_of_one_person_are_refused():
    with pytest.raises(ValueError, match="two answers of one person"):
        measured([Rated(1, 1, "a"), Rated(1, 1, "b")], Distance.NOMINAL)
