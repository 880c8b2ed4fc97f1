"""Shares are whole micros, never more than the charge; days are added up app by app."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.soft_apps.rules import DAYS_SHOWN, AppDay, DaySum, days_until, merged, share, together

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("price", "percent", "given"),
    [(700, 10, 70), (705, 10, 70), (9, 10, 0), (1, 100, 1), (700, 0, 0), (700, None, None)],
)
def test_a_share_is_a_part_of_the_price_rounded_down(price, percent, given):
    assert share(price, percent) == given


@given(st.integers(1, 10**12), st.integers(0, 100))
def test_a_share_is_never_more_than_the_price(price: int, percent: int):
    assert 0 <= (share(price, percent) or 0) <= price


def test_rows_of_the_same_app_day_and_customer_become_one_and_are_sorted():
    rows = [
        AppDay(soft_id=8, day=MONDAY, account_id=2, solved=1, share_micros=70),
        AppDay(soft_id=7, day=MONDAY, account_id=2, released=1),
        AppDay(soft_id=8, day=MONDAY, account_id=1, unsolvable=1),
        AppDay(soft_id=8, day=MONDAY, account_id=2, solved=True, taken_back_micros=70, paid_out_micros=5),
    ]
    assert merged(rows) == [
        AppDay(soft_id=7, day=MONDAY, account_id=2, released=1),
        AppDay(soft_id=8, day=MONDAY, account_id=1, unsolvable=1),
        AppDay(soft_id=8, day=MONDAY, account_id=2, solved=2, share_micros=70, taken_back_micros=70, paid_out_micros=5),
    ]


def test_the_days_shown_end_today_and_have_no_gap():
    days = days_until(MONDAY)
    assert (len(days), days[-1], days[0]) == (DAYS_SHOWN, MONDAY, MONDAY - timedelta(days=30))
    assert all(after - before == timedelta(days=1) for before, after in itertools.pairwise(days))


def test_days_of_several_cells_are_added_up():
    found = together(
        [
            {MONDAY: DaySum(users=1, solved=2, share_micros=5)},
            {},
            {MONDAY: DaySum(users=1, solved=1, unsolvable=1, released=1, share_micros=2, taken_back_micros=3)},
        ]
    )
    assert found == {MONDAY: DaySum(users=2, solved=3, unsolvable=1, released=1, share_micros=7, taken_back_micros=3)}
