"""Whose reports of incorrect tokens are ignored: `reports.abuse_guard` over any crowd of accounts."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.reports.abuse_guard import FEWEST_INCORRECT, FEWEST_OTHERS, FEWEST_TASKS, Tally, limit_of, outliers

USUAL = [Tally(n, 200, count) for n, count in enumerate((16, 18, 20, 20, 22, 24), 1)]  # 8 to 12 %


def judged(tally, others=USUAL, ignored=()) -> list[Any]:
    return [o.tally.account_id for o in outliers([*others, tally], ignored)]


def test_who_suddenly_reports_everything_is_far_outside():
    (found,) = outliers([*USUAL, Tally(50, 100, 100)], ())
    assert found.tally.account_id == 50
    assert found.mean == pytest.approx(0.1)
    assert 0.12 < found.limit < 0.3


@pytest.mark.parametrize("incorrect", [0, 8, 10, 12, 16])
def test_what_is_usual_passes(incorrect):
    assert judged(Tally(50, 100, incorrect)) == []


def test_the_limit_itself_passes():
    tasks = 10_000
    limit = limit_of(tasks, USUAL)
    assert judged(Tally(50, tasks, int(limit * tasks))) == []
    assert judged(Tally(50, tasks, int(limit * tasks) + 1)) == [50]


def test_too_few_tasks_reports_or_others_are_not_judged():
    assert judged(Tally(50, FEWEST_TASKS - 1, FEWEST_TASKS - 1)) == []
    few = [Tally(n, 10_000, 1) for n in range(1, 7)]
    assert judged(Tally(50, 100, FEWEST_INCORRECT - 1), few) == []
    assert judged(Tally(50, 100, FEWEST_INCORRECT), few) == [50]
    assert judged(Tally(50, 100, 100), USUAL[: FEWEST_OTHERS - 1]) == []
    assert judged(Tally(50, 100, 100), USUAL[:FEWEST_OTHERS]) == [50]


def test_who_never_reports_says_nothing_about_how_many_are_incorrect():
    silent = [Tally(n, 1_000, 0) for n in range(100, 150)]
    assert judged(Tally(50, 1_000, 120), [*USUAL, *silent]) == []


def test_an_ignored_account_is_neither_judged_nor_among_the_others():
    loud, loudest = Tally(50, 100, 100), Tally(51, 100, 100)
    assert judged(loud, [*USUAL, loudest]) == []
    assert judged(loud, [*USUAL, loudest], {51}) == [50]
    assert judged(loud, USUAL, {50}) == []


def test_an_account_with_many_tasks_has_one_voice_in_the_mean():
    (found,) = outliers([*USUAL, Tally(7, 1_000_000, 200_000), Tally(50, 100, 100)], ())
    assert found.mean == pytest.approx((6 * 0.1 + 0.2) / 7)


@given(st.integers(0, 2**32), st.integers(FEWEST_OTHERS, 30), st.integers(100, 2_000))
def test_more_reports_are_never_less_of_an_outlier(seed, count, tasks):
    chance = random.Random(seed)
    others = [Tally(n, chance.randint(100, 2_000), chance.randint(1, 100)) for n in range(count)]
    found = [bool(judged(Tally(-1, tasks, k), others).count(-1)) for k in range(0, tasks + 1, max(tasks // 50, 1))]
    assert found == sorted(found)


@given(st.integers(0, 2**32))
def test_honest_accounts_are_hardly_ever_outliers(seed):
    """Twenty accounts whose answers fail equally often: sampling alone puts nobody outside in 30 draws of them."""
    chance = random.Random(seed)
    tallies = [Tally(n, 400, sum(chance.random() < 0.1 for _ in range(400))) for n in range(20)]
    assert len(outliers(tallies, ())) <= 1
