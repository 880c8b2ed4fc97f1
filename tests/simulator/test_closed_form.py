"""Closed forms: their known values, so that the simulations are held against something that is right."""

import math

import pytest

from manyeyes.simulator.closed_form import (
    accuracy_of_first_praised,
    accuracy_of_stay_or_shift,
    beta_shape,
    erlang_c,
    majority_error,
    majority_votes,
    mean_wait,
)
from manyeyes.simulator.confidence_intervals import Interval, interval, student_95, tasks_to_notice


def test_with_one_server_the_share_that_waits_is_the_load():
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert mean_wait(1, 0.5, 10.0) == pytest.approx(10.0)


def test_erlang_c_is_the_sum_it_stands_for():
    servers, load = 5, 0.8
    offered = servers * load
    last = offered**servers / math.factorial(servers) / (1 - load)
    assert erlang_c(servers, load) == pytest.approx(
        last / (sum(offered**n / math.factorial(n) for n in range(5)) + last)
    )


def test_a_beta_shape_has_the_mean_and_the_deviation_that_were_asked_for():
    a, b = beta_shape(0.8, 0.15)
    assert a / (a + b) == pytest.approx(0.8)
    assert math.sqrt(a * b / (a + b) ** 2 / (a + b + 1)) == pytest.approx(0.15)


@pytest.mark.parametrize(("mean", "spread"), [(1.0, 0.1), (0.0, 0.1), (0.8, 0.4), (1.2, 0.1)])
def test_no_beta_shape_where_there_is_none(mean, spread):
    with pytest.raises(ValueError, match="no accuracies"):
        beta_shape(mean, spread)


def test_a_crowd_of_two_sorts_tells_what_the_closed_forms_say():
    """With a beta distribution the integrals are known; here they are summed over a fine grid."""
    a, b = beta_shape(0.7, 0.1)
    grid = [(n + 0.5) / 4_000 for n in range(4_000)]
    weights = [x ** (a - 1) * (1 - x) ** (b - 1) for x in grid]

    def mean(of):
        return sum(w * of(x) for w, x in zip(weights, grid, strict=True)) / sum(weights)

    assert accuracy_of_first_praised(0.7, 0.1) == pytest.approx(mean(lambda x: x * x) / mean(lambda x: x), abs=1e-4)
    stints = mean(lambda x: 1 / (1 - x))
    assert accuracy_of_stay_or_shift(0.7, 0.1) == pytest.approx(mean(lambda x: x / (1 - x)) / stints, abs=1e-4)
    assert accuracy_of_stay_or_shift(0.9, 0.25) == 1.0  # so many who never err that one of them stays for ever


@pytest.mark.parametrize("accuracy", [0.99, 0.9, 0.7])
def test_two_of_three_err_as_the_textbook_says(accuracy):
    error = 1 - accuracy
    assert majority_error(accuracy, 2) == pytest.approx(3 * error**2 - 2 * error**3)
    assert majority_votes(accuracy, 2) == pytest.approx(2 + 2 * error * accuracy)
    assert (majority_error(accuracy, 1), majority_votes(accuracy, 1)) == (pytest.approx(error), pytest.approx(1.0))


def test_the_more_alike_reviewers_err_the_more_three_are_like_one():
    errors = [majority_error(0.9, 2, likeness) for likeness in (0.0, 0.001, 0.3, 0.7, 0.999)]
    assert errors == sorted(errors)
    assert errors[1] == pytest.approx(errors[0], abs=1e-3)
    assert errors[-1] == pytest.approx(0.1, abs=1e-3)


@pytest.mark.parametrize(("freedom", "tabled"), [(8, 2.306), (9, 2.262), (19, 2.093), (29, 2.045), (99, 1.984)])
def test_students_quantiles_are_the_tabled_ones(freedom, tabled):
    assert student_95(freedom) == pytest.approx(tabled, abs=0.001)


def test_an_interval_of_known_numbers():
    found = interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])
    assert found.mean == 5.5
    assert found.reach == pytest.approx(2.262 * 3.02765 / math.sqrt(10), abs=0.002)
    assert Interval(5.0, 2.0).low == 3.0


def test_half_the_difference_takes_four_times_the_tasks_to_notice():
    far, near = tasks_to_notice(0.5, 0.52), tasks_to_notice(0.5, 0.51)
    assert near / far == pytest.approx(4, rel=0.01)
    assert tasks_to_notice(0.8, 0.85) == pytest.approx(903, abs=2)  # as sample size tables for two proportions have it
    assert tasks_to_notice(0.8, 0.8) == math.inf
