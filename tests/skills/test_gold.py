"""Gold comes by lot, from 20 % to 2 %, more where there is doubt, and no item twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.skills.gold import chosen_gold, gold_share, lot

counts, shares, ids = st.integers(0, 10_000), st.floats(0, 1), st.integers(1, 99)


@given(counts, shares)
def test_the_share_stays_between_2_and_20_percent_and_falls(checked, suspicion):
    assert 0.02 <= gold_share(checked + 1, suspicion) <= gold_share(checked, suspicion) <= 0.2


@given(counts, shares, shares)
def test_more_suspicion_never_means_less_gold(checked, one, other):
    assert gold_share(checked, max(one, other)) >= gold_share(checked, min(one, other))


def test_newcomers_get_a_fifth_and_old_hands_a_fiftieth():
    assert gold_share(0) == 0.2
    assert gold_share(20) == pytest.approx(0.11)
    assert gold_share(400) == pytest.approx(0.02, abs=1e-6)
    assert gold_share(400, 1.0) == pytest.approx(0.2)


@pytest.mark.parametrize(("checked", "suspicion"), [(-1, 0.0), (0, -0.1), (0, 1.1)])
def test_what_is_no_count_or_share_is_refused(checked, suspicion):
    with pytest.raises(ValueError, match="from 0"):
        gold_share(checked, suspicion)


@given(st.lists(st.lists(ids, max_size=6), max_size=4), st.sets(ids), shares, st.floats(0, 1, exclude_max=True))
def test_nobody_gets_an_item_twice(items, seen, share, drawn):
    chosen = chosen_gold(items, seen, share, drawn)
    there = {item for group in items for item in group}
    assert chosen is None or (chosen in there and chosen not in seen)
    assert (chosen is None) == (drawn >= share or not there - seen)


def test_every_truth_is_as_likely_and_so_is_every_item_of_it():
    chosen = [chosen_gold([[1, 2, 3, 4], [5, 6], [7]], {7}, 0.25, n / 1_024) for n in range(1_024)]
    assert [chosen.count(item) for item in range(1, 8)] == [32, 32, 32, 32, 64, 64, 0]


def test_lots_are_even_and_the_same_again_and_differ_between_people_and_seeds():
    drawn = [lot(b"seed", worker, nth) for worker in range(20) for nth in range(100)]
    assert all(0 <= number < 1 for number in drawn)
    assert 0.48 < sum(drawn) / len(drawn) < 0.52
    assert lot(b"seed", 3, 7) == drawn[307]
    assert len({lot(b"seed", 1, 1), lot(b"seed", 1, 2), lot(b"seed", 2, 1), lot(b"other", 1, 1)}) == 4


def test_gaps_between_gold_cannot_be_counted_on():
    gaps, since = set(), 0
    for nth in range(2_000):
        since += 1
        if lot(b"seed", 1, nth) < 0.2:
            gaps.add(since)
            since = 0
    assert {1, 2, 3, 4, 5, 6, 7, 8, 9, 10} <= gaps
