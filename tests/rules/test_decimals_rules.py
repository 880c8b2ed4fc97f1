"""Numbers with a point out of text: ASCII digits and nothing else, and never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.decimals import decimal_number, is_decimal, scientific_number

NONE = [
    "",
    ".",
    "-1",
    "+1",
    " 1",
    "1 ",
    "1_0",
    "１",
    "٣",
    "0.٣",
    "²",
    "nan",
    "inf",
    "Infinity",
    "1.",
    ".5",
    "1,5",
    "0x1",
]


@pytest.mark.parametrize("text", [*NONE, "1e3", "1E-3"])
def test_what_is_no_number_is_none(text: str):
    assert decimal_number(text) is None
    assert not is_decimal(text)


@given(st.integers(0, 10**12), st.integers(0, 999_999))
def test_a_number_is_read_as_it_is_written(whole: int, part: int):
    text = f"{whole}.{part:06d}"
    assert decimal_number(text) == scientific_number(text) == float(text)


@given(st.floats(0, 1e300))
def test_what_a_program_writes_is_read_again(number: float):
    assert scientific_number(repr(number)) == number


@pytest.mark.parametrize("text", NONE)
def test_an_exponent_is_all_that_programs_may_add(text: str):
    assert scientific_number(text) is None


@given(st.text(max_size=30))
def test_no_text_raises(text: str):
    found = decimal_number(text)
    assert found is None or (text.isascii() and found == float(text))
