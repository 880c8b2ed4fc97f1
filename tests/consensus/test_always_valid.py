"""The bounds for every day: coverage over stopping times, exactly and by drawing; and what more evidence does."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.consensus.always_valid import Audits, least_wrong, most_wrong
from manyeyes.values.binomial_bounds import lower_bound, tail, upper_bound

COUNTS = st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)).map(lambda two: Audits(max(two), min(two)))


def edges(share: float, looks: Iterable[int]) -> list[tuple[int, int]]:
    """Return for each look, after so many audits, up to how many wrong ones ``most_wrong`` is below the true ``share``
    (-1: never), and from how many on ``least_wrong`` is above it. Neither ever falls.
    """
    found, few, many = [], -1, 0
    for audited in looks:
        while few < audited and most_wrong(Audits(audited, few + 1)) < share:
            few += 1
        while many <= audited and least_wrong(Audits(audited, many)) <= share:
            many += 1
        found.append((few, many))
    return found


@pytest.mark.parametrize("share", [0.01, 0.05, 0.3])
def test_somebody_who_looks_every_day_is_misled_in_at_most_one_of_twenty(share):
    chance, a_day, runs = random.Random(f"days {share}"), 5, 2_000
    daily = edges(share, range(a_day, 100 * a_day + 1, a_day))
    above = below = 0
    for _ in range(runs):
        wrong, is_above, is_below = 0, False, False
        for few, many in daily:
            wrong += sum(chance.random() < share for _ in range(a_day))
            is_above, is_below = is_above or wrong <= few, is_below or wrong >= many
        above, below = above + is_above, below + is_below
    assert above <= runs * 0.05
    assert below <= runs * 0.05


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5, 0.9])
def test_the_chance_ever_to_be_misled_is_at_most_one_of_twenty_exactly(share):
    """Follow the distribution of the count through 200 looks, one after each audit; what crosses an edge is out."""
    looks = edges(share, range(1, 201))
    for is_misled in (lambda wrong, look: wrong <= look[0], lambda wrong, look: wrong >= look[1]):
        left, misled = {0: 1.0}, 0.0
        for look in looks:
            following: dict[int, float] = {}
            for wrong, weight in left.items():
                following[wrong] = following.get(wrong, 0.0) + weight * (1 - share)
                following[wrong + 1] = following.get(wrong + 1, 0.0) + weight * share
            misled += sum(weight for wrong, weight in following.items() if is_misled(wrong, look))
            left = {wrong: weight for wrong, weight in following.items() if not is_misled(wrong, look)}
        assert 0 < misled <= 0.05


def test_a_bound_that_is_right_once_misleads_who_looks_daily():
    """Show that the test above can fail: Clopper and Pearson's bound, looked at as often, is far from one of twenty."""
    chance, share, runs, misled = random.Random("once"), 0.05, 300, 0
    for _ in range(runs):
        wrong = 0
        for day in range(1, 101):
            wrong += sum(chance.random() < share for _ in range(20))
            if tail(wrong, day * 20, share) < 0.05:  # upper_bound is below the share
                misled += 1
                break
    assert misled > runs * 0.1


@given(COUNTS, st.sampled_from([0.9, 0.95, 0.99]))
def test_what_was_found_lies_between_the_bounds_and_they_are_wider_than_for_one_look(audits, confidence):
    low, high = least_wrong(audits, confidence), most_wrong(audits, confidence)
    assert 0 <= low <= high <= 1
    if audits.audited:
        assert low <= audits.wrong / audits.audited <= high
        assert low <= lower_bound(audits.wrong, audits.audited, confidence) + 1e-6
        assert high >= upper_bound(audits.wrong, audits.audited, confidence) - 1e-6


@given(COUNTS)
def test_one_right_more_lowers_both_bounds_and_one_wrong_more_raises_them(audits):
    right, wrong = audits.after(False), audits.after(True)
    for bound in (most_wrong, least_wrong):
        assert bound(right) <= bound(audits) + 1e-9
        assert bound(wrong) >= bound(audits) - 1e-9


def test_nothing_is_known_without_an_audit():
    assert (least_wrong(Audits()), most_wrong(Audits())) == (0.0, 1.0)
    assert Audits().after(True).after(False) == Audits(2, 1)


def test_many_audits_come_close_to_the_truth():
    assert most_wrong(Audits(100_000, 2_000)) < 0.022
    assert least_wrong(Audits(100_000, 2_000)) > 0.018
    assert most_wrong(Audits(412, 6)) == pytest.approx(0.0389, abs=0.0001)


@pytest.mark.parametrize(("audits", "confidence"), [(Audits(1, 2), 0.95), (Audits(1, -1), 0.95), (Audits(), 1.0)])
def test_counts_that_cannot_be_are_refused(audits, confidence):
    for bound in (most_wrong, least_wrong):
        with pytest.raises(ValueError, match="confidence"):
            bound(audits, confidence)
