"""Whole numbers out of text: ASCII digits and nothing else, and never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.integers import integer, whole_number

NONE = ["", "-", "+5", " 5", "5 ", "1_000", "１２", "٣", "²", "5.0", "1e3", "0x10", "--5", "5-", "9" * 10_000]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_number_is_none(text):
    assert whole_number(text, 9) is None
    assert integer(text, 9) is None


@given(st.integers(0, 10**9 - 1))
def test_a_number_is_read_as_it_is_written(number):
    assert whole_number(str(number), 9) == integer(str(number), 9) == number
    assert integer(f"-{number}", 9) == -number
    assert whole_number(f"-{number}", 9) is None


def test_it_has_so_many_digits_at_most():
    assert (whole_number("99", 2), whole_number("100", 2), whole_number("007", 3)) == (99, None, 7)
    assert (integer("-99", 2), integer("-100", 2)) == (-99, None)


@given(st.text(max_size=30))
def test_no_text_raises(text):
    found = integer(text, 30)
    assert found is None or found == int(text)
