"""The address of a statement: any second, in any spelling, and back again."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.console.customer.statement_period import StatementQuery, asked, instant
from manyeyes.console.shared.charts import bar_chart, round_top

NOW = datetime(2026, 11, 22, 10, 0, 0, 500_000, tzinfo=UTC)
seconds = st.datetimes(datetime(2001, 1, 1), datetime(2199, 1, 1)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1550533500", datetime(2019, 2, 18, 23, 45, tzinfo=UTC)),
        ("2026-01-31T09:30:15Z", datetime(2026, 1, 31, 9, 30, 15, tzinfo=UTC)),
        ("2026-01-31T09:30:15+07:00", datetime(2026, 1, 31, 2, 30, 15, tzinfo=UTC)),
        ("2026-01-31T09:30:15 07:00", datetime(2026, 1, 31, 2, 30, 15, tzinfo=UTC)),
        ("2026-01-31 09:30", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        ("yesterday", None),
        ("99999999999999999999", None),
        ("1900-01-01", None),
        ("", None),
    ],
)
def test_an_instant_is_read(text, found):
    assert instant(text) == found


def test_without_a_start_it_is_the_last_24_hours_with_this_second():
    question = asked({}, NOW)
    assert (question.start, question.end) == (
        datetime(2026, 11, 21, 10, 0, 1, tzinfo=UTC),
        datetime(2026, 11, 22, 10, 0, 1, tzinfo=UTC),
    )
    assert question.is_readable


def test_an_unreadable_start_is_said_so():
    question = asked({"from": "soon", "page": "-3"}, NOW)
    assert (question.is_readable, question.page) == (False, 1)


@given(seconds, st.text(max_size=20), st.text(max_size=9), st.integers(1, 9_999_999))
def test_an_address_asks_the_same_again(start, queue, ip, page):
    question = StatementQuery(start=start, queue=queue.strip(), ip=ip.strip(), page=page)
    query = dict(parse_qsl(urlsplit(question.address()).query, keep_blank_values=True))
    assert asked(query, NOW) == question


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
