"""What results add to the counts that statistics read: rows to be summed in the transaction that makes them true.

A change may be negative: what no longer counts is taken off where it was counted.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from manyeyes.recognitions.duration_histograms import Measure
from manyeyes.recognitions.rules import QUARTER_SECONDS


class DayChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change to the counts of a day in the app's time zone and one of the recogniser's labels (-1: failed)."""

    recognition_id: int
    day: date
    label: int
    total: int = 0
    review: int = 0
    reviewed: int = 0
    overturned: int = 0


class QuarterChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change to the counts of the result's quarter of an hour (`quarter`), whenever it is that it is made."""

    recognition_id: int
    quarter: int
    certain: int = 0
    uncertain: int = 0
    failed: int = 0
    asked: int = 0
    reviewed: int = 0
    overturned: int = 0
    undecided: int = 0


class TimeChange(msgspec.Struct, frozen=True):
    """A change to a measure's histogram in the result's quarter: ``times`` durations more in ``bucket``.

    The buckets are those of duration_histograms.py.
    """

    recognition_id: int
    quarter: int
    measure: Measure
    bucket: int
    times: int = 1


Change = TypeVar("Change", DayChange, QuarterChange, TimeChange)
KEYS = {DayChange: 3, QuarterChange: 2, TimeChange: 4}  # how many of the first fields name the row


def quarter(at: datetime) -> int:
    """Return the quarter of an hour that an instant lies in: Unix time / 900."""
    return int(at.timestamp() // QUARTER_SECONDS)


def merged(changes: Iterable[Change]) -> list[Change]:
    """Return one change per row, sorted by the rows' keys: the order in which they are locked."""
    sums: dict[tuple[Any, ...], Change] = {}
    for change in changes:
        kind = type(change)
        fields = kind.__struct_fields__
        key = tuple([getattr(change, name) for name in fields[: KEYS[kind]]])
        before = sums.get(key)
        if before is not None:
            amounts = {name: getattr(before, name) + getattr(change, name) for name in fields[KEYS[kind] :]}
            change = msgspec.structs.replace(before, **amounts)
        sums[key] = change
    return [sums[key] for key in sorted(sums)]
