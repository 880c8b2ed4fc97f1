"""Micro-units in and out of text: nothing is rounded, nothing but ValueError is raised."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from manyeyes.values import money

AMOUNTS = st.integers(0, money.LARGEST_MICROS)


@given(AMOUNTS)
def test_what_is_written_is_read_again(micros: int):
    assert money.parse(money.text(micros)) == micros


@given(AMOUNTS)
def test_six_decimals_are_written_always(micros: int):
    whole, part = money.text(micros).split(".")
    assert len(part) == 6
    assert int(whole) * money.MICROS + int(part) == micros


@given(AMOUNTS)
def test_what_is_below_zero_is_written_with_a_sign(micros: int):
    assert money.text(-micros - 1) == "-" + money.text(micros + 1)


@given(AMOUNTS)
def test_a_json_number_is_exact_to_the_micro(micros: int):
    assert Decimal(repr(money.number(micros))) * money.MICROS == micros


@given(st.text() | st.from_regex(r"[-+]?\d{0,30}(\.\d{0,40})?([eE][-+]?\d{1,8})?", fullmatch=True))
@example("1e9999999")
@example("1e-9999999")
@example("NaN")
@example("sNaN")
@example("-Infinity")
def test_any_text_is_an_amount_or_a_value_error(text: str):
    try:
        assert 0 <= money.parse(text) <= money.LARGEST_MICROS
    except ValueError:
        return


@pytest.mark.parametrize("text", ["0.0000001", "1.0000001", "1." + "0" * 34 + "1", "-0.000001", "1000000000.000001"])
def test_what_cannot_be_booked_exactly_is_refused(text: str):
    with pytest.raises(ValueError, match=r"decimals|between|amount"):
        money.parse(text)


@pytest.mark.parametrize(("text", "micros"), [("10.00", 10_000_000), ("0", 0), ("0.000001", 1), (" 7 ", 7_000_000)])
def test_what_people_write_is_understood(text: str, micros: int):
    assert money.parse(text) == micros


@pytest.mark.parametrize(
    "text", ["٣", "１０", "1_000", "1e3", "+5", "--0", "0x10", "nan", "", " ", "5.", ".5", "1,5", "1 0", "\u30005"]
)
def test_an_amount_has_one_spelling(text: str):
    with pytest.raises(ValueError, match="is not an amount of money"):
        money.parse(text)
