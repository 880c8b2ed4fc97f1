"""Spans of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.durations import duration_text, read_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("10m", 600),
        ("24h", 86_400),
        ("30d", 2_592_000),
        (" 5m ", 300),
        ("0", 0),
        ("007m", 420),
    ],
)
def test_a_number_and_its_unit(text: str, seconds: int):
    assert read_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "h", "1.5h", "-1", "1 h", "1H", "1w", "٦m", "1h30m", "1_0", "0x1", "9999999999", "1e3"]
)
def test_what_is_none(text: str):
    assert read_duration(text) is None


@given(st.integers(0, 999_999_999))
def test_what_is_written_is_read_again(seconds: int):
    assert read_duration(duration_text(seconds)) == seconds


def test_the_largest_whole_unit_is_written():
    assert [duration_text(n) for n in (0, 59, 60, 90, 3_600, 86_400, 129_600)] == [
        "0s",
        "59s",
        "1m",
        "90s",
        "1h",
        "1d",
        "36h",
    ]
