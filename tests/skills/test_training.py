"""A training set is short or paid, and guessing does not pass it."""

from datetime import UTC, datetime

import pytest

from manyeyes.skills.training import (
    Practice,
    TrainingSet,
    chosen_pictures,
    is_passed,
    may_practise,
    right_needed,
    training_fault,
)


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


def test_pictures_come_in_turn_from_each_label():
    assert chosen_pictures([[1, 2, 3], [4], [5, 6]], 5) == [1, 4, 5, 2, 6]
    assert chosen_pictures([[1, 2]], 9) == [1, 2]
    assert chosen_pictures([], 3) == []


NOW = datetime(2026, 11, 22, tzinfo=UTC)


def a_try(*left: int, tries: int = 1, pass_mark: float = 0.5) -> Practice:
    return Practice(
        worker_id=1,
        queue_id=1,
        tries=tries,
        left_ids=left,
        is_paid=False,
        pass_mark=pass_mark,
        pay_micros=0,
        lease_seconds=60,
        begun_at=NOW,
    )


def test_a_try_is_over_when_nothing_is_left():
    begun = a_try(7, 8)
    half = begun.answered(7, is_right=True).settled(NOW)
    assert (half.ended_at, half.given, half.correct, half.left_ids, half.pictures) == (None, 1, 1, (8,), 2)
    over = half.answered(8, is_right=False).settled(NOW)
    assert (over.ended_at, over.is_passed, over.tries) == (NOW, True, 1)
    assert not half.answered(8, is_right=False).settled(NOW).answered(9, is_right=False).settled(NOW).left_ids
    assert not a_try(7, pass_mark=0.6).answered(7, is_right=False).settled(NOW).is_passed


def test_what_is_forgotten_is_no_part_of_a_try():
    assert a_try(7, 8, 9).only({8}).left_ids == (8,)
    left = a_try(7, 8, 9, pass_mark=1.0).answered(7, is_right=True).only(()).settled(NOW)
    assert (left.is_passed, left.given, left.tries) == (True, 1, 1), "the mark is taken of what was asked"
    none = a_try(7, tries=3).only(()).settled(NOW)
    assert (none.ended_at, none.is_passed, none.tries) == (NOW, False, 2), "of which nothing was asked is no try"
    assert a_try(7, tries=0).only(()).settled(NOW).tries == 0
