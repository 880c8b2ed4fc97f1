"""The binomial tail against exact fractions, and Clopper and Pearson's bound against printed values."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.binomial_bounds import drawn_tail, fewest_trials, tail, upper_bound


def exactly(count: int, trials: int, share: Fraction) -> Fraction:
    parts = (math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(count + 1))
    return sum(parts, Fraction(0))


@given(st.integers(1, 60), st.integers(1, 99), st.data())
def test_the_tail_is_the_sum_in_whole_numbers(trials, percent, data):
    count = data.draw(st.integers(0, trials))
    expected = exactly(count, trials, Fraction(percent, 100))
    assert tail(count, trials, percent / 100) == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize(
    ("count", "trials", "share", "expected"),
    [
        (0, 1000, 0.0, 1.0),
        (5, 5, 0.9, 1.0),
        (4, 5, 1.0, 0.0),
        (999, 1_000, 0.5, 1.0),
        (0, 100_000, 0.02, 0.0),  # far below what a float can hold: none, not a fault
    ],
)
def test_the_ends_of_the_tail(count, trials, share, expected):
    assert tail(count, trials, share) == pytest.approx(expected, abs=1e-9)


def test_a_long_tail_neither_underflows_nor_exceeds_one():
    assert tail(20_000, 1_000_000, 0.02) == pytest.approx(0.502, abs=0.001)
    assert 1e-9 < tail(1_160, 60_000, 0.02) < 0.2


@pytest.mark.parametrize(
    ("count", "trials", "confidence", "expected"),
    [
        # One side of the two-sided limits that textbooks print: 5 of 100 and 10 of 20 at 95 %, 1 of 10 at 90 %.
        (5, 100, 0.975, 0.11283),
        (10, 20, 0.975, 0.72804),
        (1, 10, 0.95, 0.39416),
        (0, 10, 0.975, 0.30850),
        (0, 100, 0.95, 1 - 0.05 ** (1 / 100)),  # the rule of three, exactly
        (7, 7, 0.95, 1.0),
    ],
)
def test_the_bound_is_the_printed_one(count, trials, confidence, expected):
    assert upper_bound(count, trials, confidence) == pytest.approx(expected, abs=1e-5)


@given(st.integers(1, 3_000), st.sampled_from([0.9, 0.95, 0.99]), st.data())
def test_the_bound_and_the_test_say_the_same(trials, confidence, data):
    count = data.draw(st.integers(0, min(trials - 1, 60)))
    bound = upper_bound(count, trials, confidence)
    assert count / trials < bound < 1
    assert tail(count, trials, bound * 0.999) > 1 - confidence
    assert tail(count, trials, min(bound * 1.001, 1)) <= 1 - confidence


@pytest.mark.parametrize(("share", "confidence", "fewest"), [(0.02, 0.95, 149), (0.05, 0.95, 59), (0.01, 0.99, 459)])
def test_so_many_flawless_trials_prove_a_share(share, confidence, fewest):
    assert fewest_trials(share, confidence) == fewest
    assert tail(0, fewest, share) <= 1 - confidence < tail(0, fewest - 1, share)


@given(st.integers(1, 60), st.data())
def test_the_tail_of_a_lot_without_putting_back_is_the_sum_in_whole_numbers(there, data):
    drawn, hits = data.draw(st.integers(0, there)), data.draw(st.integers(0, there))
    count = data.draw(st.integers(0, there))
    ways = sum(math.comb(hits, k) * math.comb(there - hits, drawn - k) for k in range(min(count, drawn) + 1))
    assert drawn_tail(count, drawn, hits, there) == pytest.approx(ways / math.comb(there, drawn), rel=1e-9, abs=1e-12)


def test_a_lot_from_very_many_is_the_binomial_tail():
    assert drawn_tail(12, 393, 500_000, 10_000_000) == pytest.approx(tail(12, 393, 0.05), rel=1e-3)
