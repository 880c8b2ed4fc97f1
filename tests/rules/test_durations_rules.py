"""Durations are kept in buckets that are right to two per cent, and counts are merged to one row per key."""

import math
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.recognitions.counters import DayChange, QuarterChange, TimeChange, merged, quarter
from manyeyes.recognitions.duration_histograms import RELATIVE_ERROR, Measure, bucket, percentile, value

WEEK = 7 * 86_400_000


@given(st.floats(1, WEEK))
def test_a_bucket_s_value_is_within_two_per_cent_of_all_in_it(ms):
    assert abs(value(bucket(ms)) - ms) <= RELATIVE_ERROR * ms * 1.000001


@given(st.lists(st.integers(0, WEEK), min_size=1, max_size=200), st.sampled_from([0.0, 0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_within_two_per_cent_of_the_one_among_the_durations_themselves(durations, share):
    counts: dict[int, int] = {}
    for ms in durations:
        counts[bucket(ms)] = counts.get(bucket(ms), 0) + 1
    exact = sorted(durations)[max(0, math.ceil(share * len(durations) - 1e-9) - 1)]
    found = percentile(counts, share)
    assert abs(found - exact) <= max(1.0, RELATIVE_ERROR * exact * 1.000001)


def test_of_two_durations_95_of_100_are_within_the_longer_one():
    counts = {bucket(400): 1, bucket(1500): 1}
    assert percentile(counts, 0.5) == value(bucket(400))
    assert percentile(counts, 0.95) == percentile(counts, 0.99) == value(bucket(1500))


def test_of_nothing_there_is_no_percentile():
    assert percentile({}, 0.5) is None
    assert percentile({3: 0}, 0.5) is None


def test_the_largest_duration_has_a_bucket_that_the_table_takes():
    assert bucket(2**31) < 2**15
    assert bucket(0) == bucket(1) == 0


def test_changes_become_one_row_per_key_sorted():
    monday, tuesday = date(2026, 1, 5), date(2026, 1, 6)
    changes = [
        DayChange(recognition_id=2, day=monday, label=0, total=1),
        DayChange(recognition_id=1, day=tuesday, label=1, total=1),
        DayChange(recognition_id=1, day=tuesday, label=-1, total=2),
    ]
    assert merged(
        [
            *changes,
            DayChange(recognition_id=1, day=tuesday, label=1, total=1, review=1),
            DayChange(recognition_id=2, day=monday, label=0, reviewed=-1),
        ]
    ) == [
        DayChange(recognition_id=1, day=tuesday, label=-1, total=2),
        DayChange(recognition_id=1, day=tuesday, label=1, total=2, review=1),
        DayChange(recognition_id=2, day=monday, label=0, total=1, reviewed=-1),
    ]
    assert merged(
        [QuarterChange(recognition_id=1, quarter=5, certain=1), QuarterChange(recognition_id=1, quarter=5, asked=1)]
    ) == [QuarterChange(recognition_id=1, quarter=5, certain=1, asked=1)]
    twice = [TimeChange(1, 5, Measure.VERDICT, 7)] * 2
    assert merged(twice) == [TimeChange(1, 5, Measure.VERDICT, 7, 2)]
    assert merged([]) == []


def test_a_quarter_is_unix_time_in_quarters_of_an_hour():
    assert quarter(datetime(1970, 1, 1, 0, 29, 59, tzinfo=UTC)) == 1
    assert quarter(datetime(1970, 1, 1, 0, 30, tzinfo=UTC)) == 2
