"""Which answers are alike: an equivalence whatever is typed, and groups that no order of answers changes."""

import sys
import unicodedata
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.consensus.likeness import groups, likeness
from manyeyes.consensus.rules import Given, Shape, ShapeKind

ANY = Shape(kind=ShapeKind.TEXT)
CASE = Shape(kind=ShapeKind.TEXT, case=True)
METER = Shape(kind=ShapeKind.NUMBER)
ENGLAND, WALES = (
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(sign)) for sign in code) + "\U000e007f" for code in ("gbeng", "gbwls")
)
# Ideographs and Hangul syllables are left out: 130,000 letters to which nothing is done one by one.
ALIKE_ALL = ((0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0x17000, 0x18CFF), (0x20000, 0x2F7FF), (0x30000, 0x3FFFF))
ASSIGNED = [
    chr(p)
    for p in range(sys.maxunicode + 1)
    if unicodedata.category(chr(p)) not in ("Cn", "Cs", "Co")
    and not any(first <= p <= last for first, last in ALIKE_ALL)
]
DIGITS = (
    "٠١٢",
    "۰۱۲",
    "०१२",
    "০১২",
    "๐๑๒",
    "໐໑໒",
    "០១២",
    "၀၁၂",
    "０１２",
    "𝟎𝟏𝟐",
    "𞥐𞥑𞥒",
    "𑛀𑛁𑛂",
    "𑽐𑽑𑽒",
)  # the last: Unicode 15

typed = st.text(st.characters(exclude_categories=["Cs"]), max_size=500) | st.lists(
    st.sampled_from(
        [*"aAiIİıßſﬁΣσςÅǅ１١๑²①ー ", "\u0307", "\u0301", "\u0345", "\u200d", "\ufe0f", "\u3000", "👨‍👩‍👧", "ש", "ﷺ"]
    ),
    max_size=12,
).map("".join)
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-20, max_value=20).map(
    lambda number: f"{number:f}".replace("-0.00", "0.00")
)


def people(*texts: str) -> list[Given]:
    return [Given(n, text) for n, text in enumerate(texts)]


def values(shape: Shape, *texts: str) -> list[tuple[str, int]]:
    return [(group.value, len(group.given)) for group in groups(shape, people(*texts))]


@pytest.mark.parametrize(
    "alike",
    [
        ("ABC 12", "abc 12", "ＡＢＣ　１２", " a\u200bbc \t12 "),
        ("office", "oﬃce", "OFFICE"),
        ("Straße", "STRASSE", "strasse"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος", "σίσυφοσ"),
        ("İzmir", "izmir", "IZMIR", "İZMİR", "i\u0307zmi\u0307r"),
        ("Iğdır", "ığdır", "IĞDIR"),
        ("Huế", "Hue\u0302\u0301", "HUẾ"),
        ("a\u0323\u0302", "a\u0302\u0323", "ậ"),
        ("می\u200cخواهم", "میخواهم"),
        ("❤\ufe0f", "❤"),
        *((digits, "012") for digits in DIGITS),
    ],
)
def test_what_a_person_calls_the_same_is_alike(alike: tuple[str, ...]):
    assert len({likeness(ANY, text) for text in alike}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("abc", "abd"),
        ("ab", "a b"),
        ("o", "0"),
        ("e", "é"),
        ("12", "21"),
        ("", "a"),
        ("👍🏻", "👍🏿"),
        (ENGLAND, WALES),
        ("שלום", "םולש"),
    ],
)
def test_what_differs_is_not_alike(one: str, other: str):
    assert likeness(ANY, one) != likeness(ANY, other)


def test_capitals_count_where_the_question_says_so_and_all_else_is_alike_still():
    assert likeness(CASE, "aB") != likeness(CASE, "ab")
    assert likeness(CASE, "ı") != likeness(CASE, "i")
    assert likeness(CASE, "ａB　١") == likeness(CASE, "aB 1")


@pytest.mark.parametrize("shape", [ANY, CASE])
def test_the_key_of_a_key_is_itself_for_every_character(shape: Shape):
    for text in (prefix + sign + suffix for sign in ASSIGNED for prefix, suffix in (("", ""), ("i", "\u0307"))):
        assert likeness(shape, likeness(shape, text)) == likeness(shape, text), ascii(text)


def test_every_decimal_digit_is_its_value_and_a_letters_capital_is_alike():
    for sign in ASSIGNED:
        if (digit := unicodedata.decimal(sign, None)) is not None:
            assert likeness(ANY, sign) == str(digit), ascii(sign)
        assert likeness(ANY, sign) == likeness(ANY, sign.upper()) == likeness(ANY, sign.lower()), ascii(sign)


@given(typed, st.sampled_from([ANY, CASE]))
def test_the_key_of_a_key_is_itself_for_every_text(text: str, shape: Shape):
    key = likeness(shape, text)
    assert likeness(shape, key) == key
    assert likeness(shape, f" {unicodedata.normalize('NFD', text)} ") == key


@pytest.mark.parametrize(("one", "other"), [("12.50", "12.5"), ("100", "100.0"), ("0", "0.00")])
def test_numbers_of_one_value_are_alike(one: str, other: str):
    assert likeness(METER, one) == likeness(METER, other)
    assert likeness(METER, "100") != likeness(METER, "10")


@given(st.lists(typed, max_size=6), st.randoms(use_true_random=False), st.sampled_from([ANY, CASE]))
def test_groups_take_each_answer_once_in_whatever_order(texts: list[str], chance, shape: Shape):
    answers = people(*texts)
    found = groups(shape, answers)
    assert sorted((each for group in found for each in group.given), key=lambda each: each.worker_id) == answers
    assert all(group.value in {each.text for each in group.given} for group in found)
    assert len({likeness(shape, group.value) for group in found}) == len(found)
    chance.shuffle(answers)
    assert groups(shape, answers) == found


def test_the_value_is_what_most_typed_exactly_and_the_first_by_code_points_at_a_tie():
    assert values(ANY, "ab", "AB", "ab", "c") == [("ab", 3), ("c", 1)]
    assert values(ANY, "１２", "12") == [("12", 2)]
    assert values(ANY, "hello", "Hello") == [("Hello", 2)]
    assert values(METER, "12.5", "12.50", "12.50", "13") == [("12.50", 3), ("13", 1)]
    assert groups(ANY, []) == []


@pytest.mark.parametrize(
    ("tolerance", "texts", "found"),
    [
        ("0", ("10", "10.0", "11"), [("10", 2), ("11", 1)]),
        ("1", ("10", "11"), [("10", 2)]),
        ("0.99", ("10", "11"), [("10", 1), ("11", 1)]),
        ("1", ("10", "11", "12"), [("11", 3)]),
        ("1", ("10", "11", "12.01"), [("10", 2), ("12.01", 1)]),
        ("1", ("10", "10", "12", "12", "12"), [("12", 3), ("10", 2)]),
        ("1", ("1", "2", "3", "4"), [("2", 3), ("4", 1)]),
        ("0.1", ("0.3", "0.2"), [("0.2", 2)]),  # as floats they are further apart than a tenth
        ("5", ("12.50", "12.5", "12.50"), [("12.50", 3)]),
        (
            "0.0000000000000000000000000000000000000001",
            ("0", f"0.{'0' * 39}1", f"0.{'0' * 39}2"),
            [(f"0.{'0' * 39}1", 3)],
        ),
        ("1", ("-1", "1", "none", "none"), [("none", 2), ("-1", 1), ("1", 1)]),
    ],
)
def test_numbers_within_the_tolerance_of_their_median_are_alike(tolerance: str, texts, found):
    assert values(Shape(kind=ShapeKind.NUMBER, tolerance=Decimal(tolerance)), *texts) == found


@given(st.lists(numbers, max_size=9), st.integers(0, 500), st.randoms(use_true_random=False))
def test_groups_of_numbers_keep_the_tolerance_in_whatever_order(texts: list[str], hundredths: int, chance):
    shape = Shape(kind=ShapeKind.NUMBER, tolerance=Decimal(hundredths) / 100)
    answers = people(*texts)
    found = groups(shape, answers)
    assert sorted((each for group in found for each in group.given), key=lambda each: each.worker_id) == answers
    for group in found:
        ordered = sorted(Fraction(each.text) for each in group.given)
        assert Fraction(group.value) == ordered[(len(ordered) - 1) // 2]
        assert all(abs(number - Fraction(group.value)) <= Fraction(hundredths, 100) for number in ordered)
    values_apart = [{Fraction(each.text) for each in group.given} for group in found]
    assert sum(map(len, values_apart)) == len(set().union(*values_apart))
    chance.shuffle(answers)
    assert groups(shape, answers) == found
