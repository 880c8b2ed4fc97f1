"""Windows from any second: consecutive, half-open, and cut minutes named exactly."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.window import HOUR, MINUTE, Window, hours, split_minutes

SECONDS = st.integers(0, 4_102_444_800)


@given(SECONDS, st.integers(1, 48))
def test_windows_follow_each_other_without_a_gap(start: int, count: int):
    windows = hours(start, count)
    assert windows[0].start == start
    assert [w.end - w.start for w in windows] == [HOUR] * count
    assert [w.end for w in windows[:-1]] == [w.start for w in windows[1:]]


@given(SECONDS, st.integers(1, 48))
def test_a_minute_is_split_if_and_only_if_a_boundary_lies_inside_it(start: int, count: int):
    windows = hours(start, count)
    cut = split_minutes(windows)
    boundaries = [start + i * HOUR for i in range(count + 1)]
    assert cut == sorted(set(cut))
    assert all(w.end - w.start == MINUTE and w.start % MINUTE == 0 for w in cut)
    assert {b for b in boundaries if b % MINUTE} == {b for b in boundaries if any(w.start < b < w.end for w in cut)}
    assert all(any(w.start < b < w.end for b in boundaries) for w in cut)


@given(st.integers(0, 68_000_000))
def test_windows_that_begin_on_a_minute_split_none(minute: int):
    assert split_minutes(hours(minute * MINUTE, 24)) == []


@given(st.lists(SECONDS, min_size=2, max_size=6, unique=True))
def test_windows_of_any_length_split_at_most_one_minute_per_boundary(bounds: list[int]):
    ordered = sorted(bounds)
    windows = [Window(a, b) for a, b in itertools.pairwise(ordered)]
    assert {w.start for w in split_minutes(windows)} == {b - b % MINUTE for b in ordered if b % MINUTE}
