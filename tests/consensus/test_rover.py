"""Texts voted together: equal texts stay, no order of people changes anything, and nothing that is typed breaks it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyeyes.consensus.rover import VotedSlot, draft, proposal, slots_of, text_of
from manyeyes.consensus.rules import Given, Shape, ShapeKind, Skill
from manyeyes.consensus.tokens import characters, words
from manyeyes.tasks.options import canonical
from manyeyes.tasks.shapes import shape_of
from manyeyes.values.text.rules import normalised
from support.given_answers import RECEIPT

TEXT = Shape(kind=ShapeKind.TEXT)
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
EXTREMES = (
    "",
    " ",
    "x" * 500,
    "word " * 100,
    "字" * 500,
    "👨‍👩‍👧❤️👍🏿🇻🇳🇹🇭" + ENGLAND,
    "שלום עולם, מה שלומך היום? " * 4,
    "السلام عليكم ورحمة الله وبركاته",
    "e\u0301" * 30 + "Hue\u0302\u0301",
    "น้ำใจงามเป็นสิ่งที่ดีและควรจดจำไว้เสมอในทุกวันของชีวิต",
    "٠۰०০๐໐០၀０𝟎 ١۱१১๑໑១၁１𝟏",
)
typed = st.sampled_from(EXTREMES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
similar = st.lists(st.text("abc d", max_size=8).map(normalised), min_size=1, max_size=6)


def people(*texts: str) -> list[Given]:
    return [Given(n, text) for n, text in enumerate(texts)]


@pytest.mark.parametrize("text", EXTREMES)
def test_of_one_text_and_of_equal_ones_it_is_that_text(text: str):
    text = normalised(text)
    for count in (1, 2, 5):
        slots = slots_of([text] * count, [1.0] * count)
        assert text_of(slots) == text
        assert all(slot.share == 1 for slot in slots)
    assert proposal(TEXT, people(text, text), {}) == text


@given(typed)
def test_cutting_loses_nothing(text: str):
    for cut in (characters, words):
        assert "".join(token.text for token in cut(text)) == text
        assert all(token.key for token in cut(text))


def test_characters_are_what_people_see():
    assert [token.text for token in characters("Hué👨‍👩‍👧🇻🇳❤️👍🏿" + ENGLAND)] == [
        *("H", "u", "é"), "👨‍👩‍👧", "🇻🇳", "❤️", "👍🏿", ENGLAND,
    ]  # fmt: skip
    assert [token.key for token in words("The CAT, 'sat' — ok!")] == ["the", "cat", "sat", "—", "ok"]
    assert [token.text for token in words("go 北京 now")] == ["go", " 北", "京", " now"]


@given(st.lists(typed, min_size=1, max_size=4) | similar, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_no_order_of_people_changes_it_and_it_is_in_one_form(texts: list[str], chance):
    answers = people(*map(normalised, texts))
    skills = {0: Skill(right=9.5, wrong=0.1), 2: Skill(wrong=3.3)}
    found = proposal(TEXT, answers, skills)
    assert normalised(found) == found
    chance.shuffle(answers)
    assert proposal(TEXT, answers, skills) == found


@given(similar)
def test_where_most_are_equal_it_is_what_they_typed(texts: list[str]):
    answers = people(*texts, *["dab c"] * (len(texts) + 1))
    assert proposal(TEXT, answers, {}) == "dab c"


@pytest.mark.parametrize(
    ("texts", "voted"),
    [
        (("A1B2C8", "A1B2CB", "A182C3", "AIB2C3"), "A1B2C3"),
        (("1234567", "123567", "1234568"), "1234567"),
        (("Straße 12", "strasse 12", "Straße 1"), "Straße 12"),
        (("ab", "ab c", "abc"), "abc"),
        (
            (
                "the quick brown fox jumps over the lazy dog today",
                "The quick brown fox jumped over the lazy dog, today",
                "the quick green fox jumped over lazy dog today",
            ),
            "the quick brown fox jumped over the lazy dog today",
        ),
    ],
)
def test_each_slot_is_what_most_have_there(texts: tuple[str, ...], voted: str):
    assert proposal(TEXT, people(*texts), {}) == voted


def test_slots_say_how_many_agree():
    assert slots_of(["cat", "cut", "cat"], [1.0, 1.0, 2.0]) == [
        VotedSlot("c", 1.0),
        VotedSlot("a", 0.75),
        VotedSlot("t", 1.0),
    ]
    assert slots_of([], []) == []


def test_who_was_right_more_often_weighs_more_and_an_equal_vote_goes_to_the_first():
    known = {1: Skill(right=50), 0: Skill(wrong=50)}
    assert proposal(TEXT, people("7", "1"), known) == "1"
    assert proposal(TEXT, people("1", "7"), known) == "7"
    assert proposal(TEXT, people("7", "1"), {}) == proposal(TEXT, people("1", "7"), {}) == "1"


def test_of_other_kinds_it_is_the_largest_group_and_fields_are_proposed_one_by_one():
    assert proposal(Shape(kind=ShapeKind.NUMBER), people("3", "1", "3.0"), {}) == "3"
    assert proposal(TEXT, [], {}) == ""
    answers = [
        canonical(RECEIPT, f'{{"shop":"{shop}","total":{total},"currency":"EUR","paid by":["card"]}}')
        for shop, total in (("Cafe Uno", "12.50"), ("Cafe Umo", "12.50"), ("Cale Uno", "12.00"))
    ]
    found = proposal(shape_of(RECEIPT), people(*answers), {})
    assert found == '{"shop":"Cafe Uno","total":12.50,"currency":"EUR","paid by":["card"]}'


def test_a_draft_is_voted_together_where_no_two_typed_alike():
    given = people("Main Stret 12", "Mein Street 12", "Main Street 13")
    assert draft(TEXT, given, {}) == "Main Street 12"
    trusted = {1: Skill(right=100.0), 0: Skill(wrong=10.0), 2: Skill(wrong=10.0)}
    assert draft(TEXT, given, trusted) == "Mein Street 12"


@pytest.mark.parametrize("texts", [(), ("cat",), ("cat", "dog"), ("cat", "dog", "CAT")])
def test_nothing_is_drafted_where_two_typed_alike_or_nobody_can_disagree(texts):
    assert draft(TEXT, people(*texts), {}) is None


def test_nothing_but_text_is_drafted():
    labels = Shape(kind=ShapeKind.LABEL, labels=("cat", "dog"))
    assert draft(labels, people("cat", "dog"), {}) is None
    assert draft(Shape(kind=ShapeKind.NUMBER), people("12", "13"), {}) is None


def test_of_a_form_the_fields_are_drafted_that_nobody_typed_alike():
    shape = Shape(kind=ShapeKind.FIELDS, fields={"street": TEXT, "house": Shape(kind=ShapeKind.NUMBER)})
    form = '{"street":"%s","house":%s}'
    one_each = [form % each for each in (("Main Stret", 12), ("Mein Street", 12), ("Maine Street", 13))]
    assert draft(shape, people(*one_each), {}) == form % ("Main Street", 12)
    agreed = [form % each for each in (("Main St", 12), ("Main St", 13), ("Main Str", 14))]
    assert draft(shape, people(*agreed), {}) is None
