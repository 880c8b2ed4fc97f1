"""One form for what people type, judged by one table: typed_answers.json holds the screen to it as well."""

import sys
import unicodedata

import pytest
from hypothesis import given

from manyeyes.tasks.rules import ImageOptions, obstacle, unfit
from manyeyes.values.text import code_points
from manyeyes.values.text.rules import (
    LONGEST_NAME,
    fault,
    kept_words,
    normalised,
    read_name,
    read_words,
)
from support.typed_answers import ANYTHING, CASES, TypedAnswer
from tools import make_code_points

FAMILY = "👨\u200d👩\u200d👧"
EVERY = range(sys.maxunicode + 1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.about)
def test_an_answer_is_read_and_judged_as_the_table_says(case: TypedAnswer):
    options = ImageOptions(**case.options)
    found = obstacle(options, case.typed)
    assert (normalised(case.typed), found.key if found else "") == (case.text, case.why)
    assert obstacle(options, case.text) == found
    assert bool(unfit(options, case.typed)) == bool(case.why)


@given(ANYTHING)
def test_done_twice_is_done_once(text: str):
    once = normalised(text)
    assert normalised(once) == once
    assert kept_words(kept_words(text)) == kept_words(text)
    assert fault(once) in ("", "empty", "control", "unknown", "marks")


@given(ANYTHING)
def test_what_is_taken_is_composed_and_ends_in_what_is_seen(text: str):
    found = normalised(text)
    if not fault(found):
        assert unicodedata.normalize("NFC", found) == found
        assert found == found.strip()
        assert set(" ") >= {sign for sign in found if sign.isspace()}


@given(ANYTHING)
def test_words_are_never_refused(text: str):
    found = kept_words(text)
    assert all(fault(line) in ("", "empty") for line in found.split("\n"))


def test_no_character_falls_between_the_classes():
    refused = [point for point in EVERY if fault(f"x{chr(point)}x") not in ("", "empty")]
    kinds = {unicodedata.category(chr(point)) for point in refused}
    assert kinds <= {"Cc", "Cs", "Co", "Cn", "Cf", "Zs", "Zl", "Zp", "Mn", "Lo", "So"}
    letters = [point for point in refused if unicodedata.category(chr(point)) in ("Mn", "Lo", "So")]
    assert [normalised(f"x{chr(point)}x") in ("xx", "x x") for point in letters] == [True] * len(letters)


def test_a_composed_letter_is_judged_as_its_parts_are():
    for point in EVERY:
        sign = chr(point)
        if unicodedata.category(sign) not in ("Cs", "Cn") and unicodedata.normalize("NFC", sign) != sign:
            assert fault(normalised(sign)) == fault(normalised(unicodedata.normalize("NFC", sign)))


def test_the_table_is_what_the_tool_makes_of_all_that_this_python_knows():
    """A newer Unicode than the table's adds characters, an older one lacks some: neither may contradict it."""
    later = make_code_points.points(code_points.CLASSES["later"])
    known = [p for p in EVERY if unicodedata.category(chr(p)) != "Cn" and p not in later]
    for name, (_, holds) in make_code_points.CLASSES.items():
        listed = make_code_points.points(code_points.CLASSES[name])
        assert [hex(p) for p in known if holds(p) != (p in listed)] == [], name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" Ada ", "Ada"),
        (f"Meyer {FAMILY}", f"Meyer {FAMILY}"),
        ("Hue\u0302\u0301", "Huế"),
        ("Ada\u00a0Lovelace", "Ada Lovelace"),
        ("a\u0301" * LONGEST_NAME, "á" * LONGEST_NAME),
    ],
)
def test_a_name_is_kept_in_its_one_form(typed: str, name: str):
    assert read_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "the name must not be empty"),
        ("\u200b\u2800", "the name must not be empty"),
        ("\u0301", "the name must not be empty"),
        ("Ada\u202e", "the name holds control characters, or some that change the writing direction"),
        ("A\nB", "the name holds control characters"),
        ("A\ue000", "the name holds characters that are unassigned or private"),
        ("A" + "\u0323" * 31, "the name has too many marks"),
        ("x" * (LONGEST_NAME + 1), "the name has more than 60 characters"),
        ("x" + " " * 100_000 + "y", "the name has more than 60 characters"),
    ],
)
def test_a_name_that_nobody_could_read_is_refused_with_a_reason(typed: str, said: str):
    with pytest.raises(ValueError, match=f"^{said}"):
        read_name(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("wr\x00ong \n", "wrong"),
        (" one \r\n\u202etwo\u2029three\x85 \n\n", "one\ntwo\nthree"),
        ("a\n\nb", "a\n\nb"),
        ("e\u0301\ud800\ue000", "é"),
        ("e" + "\u0323" * 40, "\u1eb9" + "\u0323" * 29),
        (FAMILY, FAMILY),
    ],
)
def test_words_lose_what_cannot_be_shown_and_keep_their_lines(typed: str, kept: str):
    assert kept_words(typed) == kept


def test_words_are_counted_as_they_are_kept_and_never_cut():
    assert read_words("e\u0301\u200b" * 5 + "  \n", "reason", 5) == "é" * 5
    for long in ("e\u0301" * 5 + "x", "\u200b" * 41):
        with pytest.raises(ValueError, match="reason must have at most 5 characters"):
            read_words(long, "reason", 5)
