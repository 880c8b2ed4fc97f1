"""Hours, days and months of any zone: dense, half-open, aligned to its clocks, on quarters of an hour."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.recognitions.counters import quarter
from manyeyes.recognitions.time_spans import MOST_SPANS, Grain, Span, asked, instant, midnight, split

NOW = datetime(2026, 3, 10, 22, 7, 33, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"localtime"})
HOUR = timedelta(hours=1)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def hours_of(zone, since, until) -> list[Any]:
    """The lengths in hours of the days from one to the other, as the zone's clocks have them."""
    found = split(asked({"from": since, "to": until}, ZoneInfo(zone), NOW), Grain.DAY, ZoneInfo(zone))
    return [(span.end - span.start) / HOUR for span in found]


def test_nothing_asked_is_seven_days_with_today():
    shanghai = ZoneInfo("Asia/Shanghai")
    assert asked({}, shanghai, NOW) == Span(utc(2026, 3, 4, 16), utc(2026, 3, 11, 16))
    assert asked({}, UTC, NOW) == Span(utc(2026, 3, 4), utc(2026, 3, 11))
    assert asked({"to": "2026-02-01"}, UTC, NOW) == Span(utc(2026, 1, 25), utc(2026, 2, 1))
    assert asked({"from": "2026-03-10"}, UTC, NOW) == Span(utc(2026, 3, 10), utc(2026, 3, 11))


@pytest.mark.parametrize(
    ("text", "zone", "at"),
    [
        ("2026-01-31", "UTC", utc(2026, 1, 31)),
        ("2026-01-31", "Asia/Kathmandu", utc(2026, 1, 30, 18, 15)),
        ("2026-01-31T09:30:00Z", "Asia/Shanghai", utc(2026, 1, 31, 9, 30)),
        ("2026-01-31T09:30", "Asia/Shanghai", utc(2026, 1, 31, 1, 30)),
        ("2026-01-31T09:30:00 07:00", "UTC", utc(2026, 1, 31, 2, 30)),  # a plus that an address has lost
        ("2026-04-24", "Africa/Cairo", utc(2026, 4, 23, 22)),  # clocks jump over this midnight
    ],
)
def test_instants_and_dates(text, zone, at):
    assert instant("from", text, ZoneInfo(zone)) == at


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"from": "soon"}, "from must be a date or an instant"),
        ({"to": "2026-02-30"}, "to must be a date or an instant"),
        ({"from": "2026-01-31T09:31:00Z"}, "from must be on a quarter of an hour"),
        ({"from": "1999-12-31"}, "from must lie between"),
        ({"to": "9999-12-31"}, "to must lie between"),
        ({"to": "0001-01-01"}, "to must"),
        ({"from": "2026-03-10", "to": "2026-03-10"}, "from must be before to"),
    ],
)
def test_what_cannot_be_read_is_said(query, says):
    with pytest.raises(ValueError, match=says):
        asked(query, UTC, NOW)


@pytest.mark.parametrize(
    ("zone", "since", "until", "hours"),
    [
        ("Europe/Berlin", "2026-03-28", "2026-03-31", [24, 23, 24]),
        ("Europe/Berlin", "2026-10-24", "2026-10-27", [24, 25, 24]),
        ("Australia/Lord_Howe", "2026-04-04", "2026-04-07", [24, 24.5, 24]),
        ("America/Havana", "2026-10-31", "2026-11-03", [24, 25, 24]),  # clocks go back to this day's midnight
        ("Africa/Cairo", "2026-04-23", "2026-04-26", [24, 23, 24]),  # they jump over the midnight
        ("Pacific/Apia", "2011-12-29", "2012-01-01", [24, 24]),  # a day that never was
    ],
)
def test_days_have_the_hours_that_the_zones_clocks_give_them(zone, since, until, hours):
    assert hours_of(zone, since, until) == hours


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Eucla", "America/St_Johns"])
def test_hours_of_zones_with_halves_and_quarters_begin_on_their_own_full_hour(zone):
    found = split(Span(utc(2026, 1, 1), utc(2026, 1, 2)), Grain.HOUR, ZoneInfo(zone))
    assert [span.start.astimezone(ZoneInfo(zone)).minute for span in found[1:]] == [0] * (len(found) - 1)
    assert {span.end - span.start for span in found[1:-1]} == {HOUR}


def test_months_are_of_the_zone():
    tokyo = ZoneInfo("Asia/Tokyo")
    found = split(asked({"from": "2026-01-15", "to": "2026-03-01"}, tokyo, NOW), Grain.MONTH, tokyo)
    assert [span.start for span in found] == [utc(2026, 1, 14, 15), utc(2026, 1, 31, 15)]
    assert found[-1].end == utc(2026, 2, 28, 15)


@pytest.mark.parametrize("grain", list(Grain))
def test_too_much_at_once_is_refused_with_what_would_do(grain):
    with pytest.raises(ValueError, match=f"at most {MOST_SPANS[grain]} {grain}s"):
        split(Span(utc(2000, 1, 1), utc(2200, 1, 1)), grain, UTC)


@given(
    zone=st.sampled_from(ZONES),
    start=st.integers(min_value=quarter(utc(2012, 1, 1)), max_value=quarter(utc(2037, 1, 1))),
    length=st.integers(min_value=1, max_value=96 * 31),
    grain=st.sampled_from(list(Grain)),
)
def test_spans_are_dense_and_of_the_zone(zone, start, length, grain):
    tz = ZoneInfo(zone)
    whole = Span(*(datetime.fromtimestamp(n * 900, UTC) for n in (start, start + length)))
    found = split(whole, grain, tz)
    assert (found[0].start, found[-1].end) == (whole.start, whole.end)
    assert all(one.end == other.start for one, other in pairwise(found))
    for span in found:
        first, until = span.quarters
        assert first < until
        assert (first * 900, until * 900) == (span.start.timestamp(), span.end.timestamp())
    for span in found[1:]:
        local = span.start.astimezone(tz)
        begins = {Grain.DAY: midnight(local.date(), tz), Grain.MONTH: midnight(local.date().replace(day=1), tz)}
        assert span.start == begins[grain] if grain in begins else local.minute == 0
