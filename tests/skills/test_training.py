"""A training set is short or paid, and guessing does not pass it."""

import itertools
import math
import re
from datetime import UTC, datetime
from fractions import Fraction

import msgspec
import pytest

from manyeyes.skills.training import (
    Practice,
    TrainingSet,
    chosen_pictures,
    guessed_chance,
    is_passed,
    may_practise,
    right_needed,
    training_fault,
)


def training(pictures=10, is_paid=False, pass_mark=0.8, options=4, commonest=0):
    return TrainingSet(pictures=pictures, is_paid=is_paid, pass_mark=pass_mark, options=options, commonest=commonest)


@pytest.mark.parametrize(
    "good",
    [
        training(),
        training(11, True),
        training(1, pass_mark=1.0, options=None),
        training(options=None, pass_mark=0.2),
        training(options=2, commonest=5),
    ],
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


def by_counting(training: TrainingSet) -> Fraction:
    """Return how likely a guess passes, by going through all that may come."""
    options, need = training.options or 50, right_needed(training)
    hit = max(Fraction(1, options), Fraction(training.commonest, training.pictures))
    chance = Fraction(0)
    for outcome in itertools.product((True, False), repeat=training.pictures):
        if sum(outcome) >= need:
            chance += math.prod((hit if right else 1 - hit) for right in outcome)
    return chance


@pytest.mark.parametrize("options", [2, 3, 10, None])
@pytest.mark.parametrize("pass_mark", [0.3, 0.5, 0.8, 1.0])
def test_a_set_is_taken_exactly_where_guessing_hardly_passes_it(options, pass_mark):
    for pictures in range(1, 8):
        most = range(-(-pictures // options), pictures + 1) if options else (0,)
        for commonest in most:
            made = training(pictures, pass_mark=pass_mark, options=options, commonest=commonest)
            chance = by_counting(made)
            assert guessed_chance(made) == pytest.approx(float(chance))
            assert (training_fault(made) == "") == (chance <= Fraction(6, 100))


@pytest.mark.parametrize(
    ("bad", "ways"),
    [
        (training(1, options=2, commonest=1), "pass always|it needs 8 pictures, of each label alike, at this"),
        (training(5, options=2, commonest=3), "34%|it needs 8 pictures, of each label alike"),
        (
            training(10, options=2, commonest=6),
            "17%|of each label alike|9 of these 10 must be right, a pass mark of 0.9",
        ),
        (training(6, options=1, commonest=6), "a higher pass mark"),
        (training(10, options=2, pass_mark=0.7, commonest=5), "16 pictures that are paid|8 of these 10"),
        (training(10, options=None, pass_mark=0.1), "18%|2 of these 10 must be right, a pass mark of 0.2"),
    ],
)
def test_a_refusal_says_what_would_do(bad, ways):
    fault = training_fault(bad)
    for words in ways.split("|"):
        assert words in fault


def test_what_a_refusal_says_would_do_does():
    """Of each set that is refused, so many pictures of each label alike are taken, and so is the mark it names."""
    for pictures, options, mark in itertools.product(range(1, 101), (2, 3, 5, None), (0.1, 0.5, 0.6, 0.8, 0.95)):
        made = training(pictures, True, mark, options, -(-pictures // options) if options else 0)
        fault = training_fault(made)
        if needed := re.search(r"it needs (\d+) pictures", fault):
            count = int(needed[1])
            alike = -(-count // options) if options else 0
            assert training_fault(training(count, True, mark, options, alike)) == ""
        if named := re.search(r"a pass mark of ([\d.]+)", fault):
            assert training_fault(msgspec.structs.replace(made, pass_mark=float(named[1]))) == ""
        assert not fault or needed or named or "a higher pass mark, and more pictures" in fault


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
    assert a_try(*range(7), pass_mark=1.0).only(set(range(1, 7))).left_ids == (1, 2, 3, 4, 5, 6)
    five = a_try(*range(7), pass_mark=1.0)
    for task_id in range(5):
        five = five.answered(task_id, is_right=True)
    left = five.only(()).settled(NOW)
    assert (left.is_passed, left.given, left.tries) == (True, 5, 1), "the mark is taken of what was asked"
    none = a_try(7, tries=3).only(()).settled(NOW)
    assert (none.ended_at, none.is_passed, none.tries) == (NOW, False, 2), "of which nothing was asked is no try"
    assert a_try(7, tries=0).only(()).settled(NOW).tries == 0


def test_of_a_try_that_lost_pictures_no_coin_passes_what_is_left():
    """Whoever waits until few are left gains nothing by it. A short one of which nothing went goes on."""
    for given in range(11):
        for left in range(11 - given):
            begun = a_try(*range(10), tries=2, pass_mark=0.8)
            for task_id in range(given):
                begun = begun.answered(task_id, is_right=True)
            found = begun.only(set(range(given, given + left))).settled(NOW)
            if given + left >= 8:
                assert (found.is_broken_off, found.tries) == (False, 2)
                assert len(found.left_ids) == left
            else:
                assert (found.is_broken_off, found.is_passed, found.tries, found.given) == (True, False, 1, given)
    whole = a_try(7, pass_mark=0.8)
    assert whole.only({7}) == whole
    assert whole.answered(7, is_right=True).settled(NOW).is_passed
