"""Windows from any second: consecutive and half-open."""

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.time_window import HOUR, hours

SECONDS = st.integers(0, 4_102_444_800)


@given(SECONDS, st.integers(1, 48))
def test_windows_follow_each_other_without_a_gap(start: int, count: int):
    windows = hours(start, count)
    assert windows[0].start == start
    assert [w.end - w.start for w in windows] == [HOUR] * count
    assert [w.end for w in windows[:-1]] == [w.start for w in windows[1:]]
