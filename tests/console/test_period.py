"""The address of a statement: any month or time, in any spelling and zone, and back again."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.console.customer.statement_period import StatementQuery, asked
from manyeyes.console.shared.charts import bar_chart, round_top
from manyeyes.roles.customer.statement_span import StatementSpan, month_span, read_span

NOW = datetime(2026, 11, 22, 10, 0, 0, 500_000, tzinfo=UTC)
ZONES = ["UTC", "Asia/Bangkok", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
seconds = st.datetimes(datetime(2001, 1, 1), datetime(2199, 1, 1)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC))
zones = st.sampled_from([*ZONES, "America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia"])


def span_of(**given: str) -> StatementSpan:
    return read_span({name.rstrip("_"): value for name, value in given.items()}, NOW)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1550533500", datetime(2019, 2, 18, 23, 45, tzinfo=UTC)),
        ("2019-01-31T09:30:15Z", datetime(2019, 1, 31, 9, 30, 15, tzinfo=UTC)),
        ("2019-01-31T09:30:15+07:00", datetime(2019, 1, 31, 2, 30, 15, tzinfo=UTC)),
        ("2019-01-31T09:30:15 07:00", datetime(2019, 1, 31, 2, 30, 15, tzinfo=UTC)),
        ("2019-01-31 09:30", datetime(2019, 1, 31, 2, 30, tzinfo=UTC)),
        ("2019-01-31", datetime(2019, 1, 30, 17, tzinfo=UTC)),
        ("2019-01-31T09:30:15.999Z", datetime(2019, 1, 31, 9, 30, 15, tzinfo=UTC)),
    ],
)
def test_a_beginning_is_read_in_its_zone(text: str, found: datetime):
    assert span_of(from_=text, to="2019-03-01", tz="Asia/Bangkok").start == found


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"from_": "yesterday"}, "from"),
        ({"from_": "99999999999999999999"}, "from"),
        ({"from_": "1900-01-01"}, "2000"),
        ({"from_": "2026-02-30"}, "from"),
        ({"from_": "2026-01-01", "to": "soon"}, "to"),
        ({"from_": "2026-01-02", "to": "2026-01-01"}, "before"),
        ({"from_": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "before"),
        ({"from_": "2025-01-01", "to": "2026-01-02"}, "366"),
        ({"to": "2026-01-01"}, "from is missing"),
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-1"}, "month"),
        ({"month": "1999-12"}, "month"),
        ({"month": "٢٠٢٦-01"}, "month"),
        ({"month": "2026-11", "from_": "2026-01-01"}, "either"),
        ({"tz": "Mars/Base"}, "zone"),
        ({"tz": "../../etc/passwd"}, "zone"),
        ({"tz": "/etc/passwd"}, "zone"),
    ],
)
def test_what_cannot_be_is_said(wrong: dict[str, str], why: str):
    with pytest.raises(ValueError, match=why):
        span_of(**wrong)


def test_a_month_is_the_zones_own_and_without_any_it_is_this_one():
    november = span_of(tz="America/New_York")
    assert (november.month, november.start) == ("2026-11", datetime(2026, 11, 1, 4, tzinfo=UTC))
    assert november.end == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert len(november.windows()) == 30
    assert {(w.end - w.start) // 3600 for w in november.windows()} == {24, 25}
    assert span_of(month="2024-02").windows()[-1].end == datetime(2024, 3, 1, tzinfo=UTC).timestamp()
    late = read_span({"tz": "Asia/Bangkok"}, datetime(2026, 11, 30, 18, tzinfo=UTC))
    assert late.month == "2026-12"


def test_dates_are_whole_and_without_an_end_it_is_until_now():
    span = span_of(from_="2026-03-28", to="2026-03-30", tz="Europe/Berlin")
    assert (span.end - span.start, span.first_day, span.last_day) == (
        timedelta(hours=71),
        date(2026, 3, 28),
        date(2026, 3, 30),
    )
    assert span_of(from_="2026-11-20").end == datetime(2026, 11, 22, 10, 0, 1, tzinfo=UTC)
    assert len(span_of(from_="2026-10-25", to="2026-10-25", tz="Europe/Berlin").windows()) == 25


@given(zones, st.dates(date(2001, 1, 1), date(2190, 12, 31)), st.integers(0, 300))
def test_days_follow_each_other_without_a_gap(tz: str, first: date, more: int):
    last = first + timedelta(days=more)
    span = read_span({"from": str(first), "to": str(last), "tz": tz}, NOW)
    windows = span.windows()
    assert windows[0].start == span.window.start
    assert windows[-1].end == span.window.end
    assert all(one.end == following.start for one, following in pairwise(windows))
    assert all(window.start < window.end for window in windows)


@given(zones, st.integers(2001, 2198), st.integers(1, 12))
def test_months_follow_each_other(tz: str, year: int, month: int):
    span = month_span(f"{year}-{month:02}", tz)
    assert span.beside(1).start == span.end
    assert span.beside(-1).end == span.start
    assert span.beside(1).beside(-1) == span


@given(seconds, st.integers(1, 360 * 86_400), zones, st.text(max_size=20), st.text(max_size=9))
def test_an_address_asks_the_same_again(start: datetime, length: int, tz: str, queue: str, ip: str):
    span = StatementSpan(start=start, end=start + timedelta(seconds=length), tz=tz)
    question = StatementQuery(span=span, queue=queue.strip(), ip=ip.strip())
    query = dict(parse_qsl(urlsplit(question.address()).query, keep_blank_values=True))
    assert asked(query, NOW) == question
    place = (start + timedelta(microseconds=7), (81, 3, 0))
    query = dict(parse_qsl(urlsplit(question.page(place)).query, keep_blank_values=True))
    assert asked(query, NOW).before == place


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=24))
def test_bars_stay_inside_their_drawing(values):
    chart = bar_chart(values, [""] * len(values), [""] * len(values), str)
    for bar, value in zip(chart.bars, values, strict=True):
        assert 0 <= bar.y <= bar.y + bar.height <= chart.base + 0.02
        assert chart.left <= bar.x <= bar.x + bar.width <= chart.width
        assert (bar.height > 0) == (value > 0) or value < round_top(max(values)) / 10_000


@pytest.mark.parametrize(("largest", "top"), [(0, 2), (3, 4), (7, 8), (11, 20), (2_100, 4_000), (99_000, 100_000)])
def test_a_scale_ends_on_a_round_number(largest, top):
    assert round_top(largest) == top
