"""Cursors: what was written is read back, and nothing else is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.cursors import OF_DELIVERIES, OF_REPORTS, OF_RESULTS, cursor, read_cursor, read_number

INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2286, 1, 1), timezones=st.just(UTC))
SERIALS = st.integers(0, 10**18 - 1)


@given(INSTANTS, SERIALS, st.integers(0, 9))
def test_a_report_s_cursor_is_read_back(at, task_id, rank):
    assert read_cursor(OF_REPORTS, cursor(at, task_id, rank)) == (at, [task_id, rank])


@given(INSTANTS, SERIALS)
def test_a_result_s_cursor_is_read_back(at, result_id):
    assert read_cursor(OF_RESULTS, cursor(at, result_id)) == (at, [result_id])


def test_how_a_cursor_is_written():
    at = datetime(2026, 1, 31, 12, 0, 0, 123456, UTC)
    assert cursor(at, 77, 2) == "1769860800123456_77_2"
    assert read_number(OF_DELIVERIES, "77") == 77


@pytest.mark.parametrize("text", ["", "1", "1_2", "1_2_3_4", "-1_2_3", "1_2_-3", "1_2_33", "x_2_3", "1_2_3\n", "١_2_3"])
def test_what_is_no_cursor_of_reports(text):
    assert read_cursor(OF_REPORTS, text) is None


@pytest.mark.parametrize("text", ["", "1", "1_-2", "1_2_3", "12345678901234567_1", "1_1234567890123456789"])
def test_what_is_no_cursor_of_results(text):
    assert read_cursor(OF_RESULTS, text) is None


@pytest.mark.parametrize("text", ["", "-1", "1_2", "+1", " 1", "1234567890123456789", "١"])
def test_what_is_no_cursor_of_deliveries(text):
    assert read_number(OF_DELIVERIES, text) is None


@pytest.mark.parametrize("digits", [16, 17])
def test_the_largest_instant_is_still_a_date(digits):
    form = OF_RESULTS if digits == 16 else OF_REPORTS
    text = "9" * digits + ("_1" if digits == 16 else "_1_1")
    assert read_cursor(form, text) is not None
