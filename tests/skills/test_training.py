"""A training set is short or paid, and guessing does not pass it."""

import pytest

from manyeyes.skills.training import TrainingSet, is_passed, may_practise, right_needed, training_fault


def training(pictures=10, is_paid=False, pass_mark=0.8, options=4):
    return TrainingSet(pictures=pictures, is_paid=is_paid, pass_mark=pass_mark, options=options)


@pytest.mark.parametrize(
    "good", [training(), training(11, True), training(1, pass_mark=1.0), training(options=None, pass_mark=0.1)]
)
def test_short_or_paid_is_taken(good):
    assert training_fault(good) == ""


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (training(11), "without pay"),
        (training(0), "from 1 to 100"),
        (training(101, True), "from 1 to 100"),
        (training(pass_mark=0.0), "above 0"),
        (training(pass_mark=1.01), "at most 1"),
        (training(pass_mark=0.25), "guesses"),
        (training(pass_mark=float("nan")), "above 0"),
    ],
)
def test_what_is_unfair_or_useless_is_refused(bad, why):
    assert why in training_fault(bad)


def test_the_mark_is_rounded_up_and_exact():
    assert right_needed(training(10, pass_mark=0.8)) == 8
    assert right_needed(training(7, pass_mark=0.8)) == 6
    assert right_needed(training(10, pass_mark=0.7)) == 7  # in binary fractions 0.7 x 10 is above 7
    assert is_passed(training(), 8)
    assert not is_passed(training(), 7)
    with pytest.raises(ValueError, match="0 to the number"):
        is_passed(training(), 11)


def test_one_may_try_three_times():
    assert [may_practise(tries) for tries in range(5)] == [True, True, True, False, False]
