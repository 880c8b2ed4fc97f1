"""Buckets and raw rows share the seconds of a day between them: each second is counted once."""

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.statistics.rules import DAY_SECONDS, SPENDING_WINDOWS, minute_of, raw_minutes, spending_windows
from manyeyes.window import MINUTE

STARTS = st.integers(0, 4_102_444_800)


@given(STARTS)
def test_24_windows_make_a_day(start: int):
    windows = spending_windows(start)
    assert len(windows) == SPENDING_WINDOWS == 24
    assert windows[-1].end - windows[0].start == DAY_SECONDS


@given(STARTS, st.integers(-120, DAY_SECONDS + 120))
def test_every_second_is_counted_by_its_bucket_or_by_raw_rows_but_never_by_both(start: int, offset: int):
    windows, second = spending_windows(start), start + offset
    minute = minute_of(second)
    raw = second - second % MINUTE in raw_minutes(windows)
    whole = windows[0].start <= minute * MINUTE and minute * MINUTE + MINUTE <= windows[-1].end
    is_inside = 0 <= offset < DAY_SECONDS
    assert not (is_inside and not raw and not whole), "a second that nobody counts"
    if whole and not raw:
        (window,) = [w for w in windows if w.start <= minute * MINUTE and minute * MINUTE + MINUTE <= w.end]
        assert window.start <= second < window.end


@given(st.floats(0, 4_102_444_800))
def test_an_instant_lies_in_its_minute(second: float):
    assert minute_of(second) * MINUTE <= second < (minute_of(second) + 1) * MINUTE
