"""Soft apps: what their owners get, and the days that getAppStats shows (docs/contracts/anticaptcha.md#getappstats)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec

DAYS_SHOWN = 31  # the contract's sample runs from 25 January to 24 February


class AppDay(msgspec.Struct, frozen=True, kw_only=True):
    """What one day (UTC) adds to an app's row of one customer: ended tasks, and money in micro-units."""

    soft_id: int
    day: date
    account_id: int
    solved: int = 0
    unsolvable: int = 0
    released: int = 0
    share_micros: int = 0
    taken_back_micros: int = 0
    paid_out_micros: int = 0


class DaySum(msgspec.Struct, frozen=True, kw_only=True):
    """An app's day over all its customers; ``users`` are those who had a task that ended."""

    users: int = 0
    solved: int = 0
    unsolvable: int = 0
    released: int = 0
    share_micros: int = 0
    taken_back_micros: int = 0


def share(price_micros: int, percent: int | None) -> int | None:
    """Return what of a price goes to the app's owner, rounded down; None for an app that is not known."""
    return None if percent is None else price_micros * percent // 100


def merged(days: Iterable[AppDay]) -> list[AppDay]:
    """Return one row per app, day and customer, sorted by them: the order in which rows are locked."""
    sums: dict[tuple[int, date, int], list[int]] = {}
    for row in days:
        key, amounts = msgspec.structs.astuple(row)[:3], msgspec.structs.astuple(row)[3:]
        sums[key] = [a + b for a, b in zip(sums.get(key, [0] * len(amounts)), amounts, strict=True)]
    names = AppDay.__struct_fields__[3:]
    return [
        AppDay(soft_id=soft_id, day=day, account_id=account_id, **dict(zip(names, amounts, strict=True)))
        for (soft_id, day, account_id), amounts in sorted(sums.items())
    ]


def days_until(today: date) -> list[date]:
    """Return the days that are shown, the oldest first."""
    return [today - timedelta(days=back) for back in range(DAYS_SHOWN - 1, -1, -1)]


def together(cells: Iterable[Mapping[date, DaySum]]) -> dict[date, DaySum]:
    """Return the sums of an app's days over cells; an account lives in one cell, so nobody counts twice."""
    sums: dict[date, DaySum] = {}
    for found in cells:
        for day, row in found.items():
            before = sums.get(day, DaySum())
            sums[day] = DaySum(**{name: getattr(before, name) + getattr(row, name) for name in row.__struct_fields__})
    return sums
