"""Tables that spreadsheets open: what would be a formula is a text, and a number stays a number."""

import csv
import io

import pytest

from manyeyes.values.spreadsheet import csv_text, guarded, unguarded

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "-",
    "+49 30 1",
    "-1e9",
]
NO_FORMULAS = ["", "a=1", "5", "-5", "+5", "-0.000700", "+12.5", "'=1", " =1", "2026-11-30", "Anna-Maria"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_reckon_with_is_a_text(text: str):
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", NO_FORMULAS)
def test_a_number_with_a_sign_and_other_words_stay_as_they_are(text: str):
    assert guarded(text) == text


def test_every_text_of_a_table_is_guarded_and_numbers_are_not():
    (row,) = csv.reader(io.StringIO(csv_text([["=1", -1, -0.5, "-0.5", "-a", None]]), newline=""))
    assert row == ["'=1", "-1", "-0.5", "-0.5", "'-a", ""]
