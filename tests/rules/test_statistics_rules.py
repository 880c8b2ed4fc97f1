"""Buckets and raw rows share the seconds of a day between them: each second is counted once."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.statistics.rules import (
    DAY_SECONDS,
    SPENDING_WINDOWS,
    cut_seconds,
    minute_of,
    spending_windows,
    whole_minutes,
)
from manyeyes.values.time_window import MINUTE, Window

STARTS = st.integers(0, 4_102_444_800)


@given(STARTS)
def test_24_windows_make_a_day(start: int):
    windows = spending_windows(start)
    assert len(windows) == SPENDING_WINDOWS == 24
    assert windows[-1].end - windows[0].start == DAY_SECONDS


@given(st.lists(STARTS, min_size=2, max_size=6, unique=True), st.data())
def test_every_second_is_counted_in_its_window_once_by_its_bucket_or_by_raw_rows(
    bounds: list[int], data: st.DataObject
):
    windows = [Window(a, b) for a, b in itertools.pairwise(sorted(bounds))]
    near = data.draw(st.sampled_from(bounds)) + data.draw(st.integers(-120, 120))
    counted = [p.number for p in whole_minutes(windows) if p.first <= near // MINUTE < p.until]
    counted += [p.number for p in cut_seconds(windows) if p.first <= near < p.until]
    assert counted == [i for i, w in enumerate(windows) if w.start <= near < w.end]


@given(STARTS)
def test_raw_rows_are_asked_for_less_than_a_minute_at_each_end_of_a_window(start: int):
    pieces = cut_seconds(spending_windows(start))
    assert all(0 < p.until - p.first < MINUTE for p in pieces)
    assert len(pieces) == (2 * SPENDING_WINDOWS if start % MINUTE else 0)


@given(st.floats(0, 4_102_444_800))
def test_an_instant_lies_in_its_minute(second: float):
    assert minute_of(second) * MINUTE <= second < (minute_of(second) + 1) * MINUTE
