"""Numbers, labels and fields: what fits, the one form it is kept in, its value, and which questions can be asked."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.tasks.columns import cells_of, columns_of
from manyeyes.tasks.options import (
    answer_obstacle,
    answer_text,
    canonical,
    picture_options,
    shown_text,
    unfit_answer,
    value_of,
)
from manyeyes.tasks.question_rules import check_examples, check_question, tidied
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, FieldsOptions, NumberOptions, TextOptions
from manyeyes.tasks.rules import ImageOptions
from support.given_answers import GIVEN, RECEIPT, GivenAnswer, options_in
from support.typed_answers import ANYTHING

LABELS = ChoicesOptions(labels=("a", "b", "c"))
QUESTIONS = [NumberOptions(), ChoiceOptions(labels=("a", "b")), LABELS, RECEIPT]


@pytest.mark.parametrize("case", GIVEN, ids=lambda case: case.about)
def test_an_answer_has_one_form_and_is_judged_in_it(case: GivenAnswer):
    options = options_in(case.options)
    assert canonical(options, case.typed) == case.text
    found = answer_obstacle(options, case.typed)
    assert ((found.key, found.field) if found else ("", "")) == (case.why, case.field)
    assert answer_obstacle(options, case.text) == found
    assert bool(unfit_answer(options, case.typed)) == bool(case.why)


@given(st.sampled_from(QUESTIONS), ANYTHING | st.text(st.sampled_from('0123456789.,+-−٣ "[]{}:abctotal')))
def test_the_one_form_done_twice_is_as_done_once(options: Any, text: str):
    once = canonical(options, text)
    assert canonical(options, once) == once
    assert answer_obstacle(options, once) == answer_obstacle(options, text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_number_keeps_every_digit(number: Decimal):
    text = canonical(NumberOptions(), format(number, "f"))
    assert value_of(NumberOptions(), text) == number
    assert answer_text(number) == format(number, "f")


def test_values_and_what_people_read():
    given = '{"total":12.50,"currency":"USD","paid by":["card"]}'
    text = canonical(RECEIPT, given)
    assert value_of(RECEIPT, text) == {"shop": None, "total": Decimal("12.50"), "currency": "USD", "paid by": ["card"]}
    assert shown_text(RECEIPT, text) == "shop: –; total: 12.50; currency: USD; paid by: card"
    assert columns_of(RECEIPT) == ["shop", "total", "currency", "paid by"]
    assert cells_of(RECEIPT, text) == [None, Decimal("12.50"), "USD", ["card"]]
    assert cells_of(RECEIPT, "") == [None] * 4
    assert (shown_text(LABELS, '["a","c"]'), shown_text(LABELS, "[]")) == ("a, c", "–")
    assert (columns_of(LABELS), cells_of(LABELS, '["a"]')) == (["value"], [["a"]])
    assert str(value_of(NumberOptions(), "12.50")) == "12.50"


def test_numbers_in_json_keep_their_digits_and_monsters_are_no_answers():
    assert canonical(RECEIPT, '{"total":3.10,"currency":"EUR"}').startswith('{"shop":null,"total":3.10,')
    for monster in ("1e999999999", "1" * 5_000, "true", "NaN", "[1]", "{}"):
        assert unfit_answer(RECEIPT, f'{{"total":{monster},"currency":"EUR"}}')


def test_a_value_is_the_text_that_it_would_be_typed_as():
    values = ["x", Decimal("1.50"), 7, ["a", "b"], {"total": Decimal("1.50"), "note": None}, None, True]
    assert [answer_text(value) for value in values] == [
        *("x", "1.50", "7", '["a","b"]', '{"total":1.50,"note":null}', "", "true")
    ]


@pytest.mark.parametrize(
    ("options", "pointers"),
    [
        (ChoiceOptions(labels=()), ["/labels"]),
        (ChoiceOptions(labels=("a", "")), ["/labels/1"]),
        (ChoiceOptions(labels=("a", "b", " a\u200b")), ["/labels/2"]),
        (ChoiceOptions(labels=("a\u202e", "b")), ["/labels/0"]),
        (ChoiceOptions(labels=("a" * 201,)), ["/labels/0"]),
        (ChoiceOptions(labels=tuple(map(str, range(1_001)))), ["/labels"]),
        (ChoiceOptions(labels=tuple(str(n) + "x" * 150 for n in range(200))), ["/labels"]),
        (ChoicesOptions(labels=("a",), at_least=2), ["/at_least"]),
        (ChoicesOptions(labels=("a",), at_least=-1), ["/at_least"]),
        (NumberOptions(min=Decimal(2), max=Decimal(1)), ["/max"]),
        (NumberOptions(min=Decimal("NaN")), ["/min"]),
        (NumberOptions(max=Decimal("1E+999999")), ["/max"]),
        (NumberOptions(max=Decimal("1E-999999")), ["/max"]),
        (NumberOptions(tolerance=Decimal("-0.1")), ["/tolerance"]),
        (NumberOptions(tolerance=Decimal("Infinity")), ["/tolerance"]),
        (NumberOptions(tolerance=Decimal("1E+40")), ["/tolerance"]),
        (FieldsOptions(fields=(NumberOptions(name="a", tolerance=Decimal(-1)),)), ["/fields/0/tolerance"]),
        (NumberOptions(decimals=13), ["/decimals"]),
        (NumberOptions(decimals=-1), ["/decimals"]),
        (NumberOptions(unit="\u202e"), ["/unit"]),
        (NumberOptions(unit="u" * 31), ["/unit"]),
        (NumberOptions(name="total"), ["/name"]),
        (NumberOptions(comment="w" * 1_001), ["/words"]),
        (ImageOptions(min_length=3, max_length=2), ["/max_length"]),
        (ImageOptions(min_length=-1, max_length=501), ["/min_length", "/max_length"]),
        (ImageOptions(numeric=3), ["/numeric"]),
        (FieldsOptions(fields=()), ["/fields"]),
        (FieldsOptions(fields=(TextOptions(),)), ["/fields/0/name"]),
        (FieldsOptions(fields=(TextOptions(name="a\x07"),)), ["/fields/0/name"]),
        (FieldsOptions(fields=(TextOptions(name="a"), NumberOptions(name=" a"))), ["/fields/1/name"]),
        (FieldsOptions(fields=(TextOptions(name="a"),), optional=("b",)), ["/optional/0"]),
        (FieldsOptions(fields=(ChoiceOptions(name="a", labels=("x", "x")),)), ["/fields/0/labels/1"]),
        (FieldsOptions(fields=tuple(TextOptions(name=str(n)) for n in range(51))), ["/fields"]),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_where(options: Any, pointers: list[str]):
    assert [pointer for pointer, _ in check_question(tidied(options))] == pointers


@pytest.mark.parametrize("options", [*QUESTIONS, ImageOptions(), NumberOptions(decimals=12, unit="m³"), LABELS])
def test_a_question_that_can_be_asked_is_in_its_one_form(options: Any):
    assert check_question(tidied(options)) == []
    assert tidied(tidied(options)) == tidied(options)


@pytest.mark.parametrize(("given", "kept"), [("5E-1", "0.5"), ("0.50", "0.50"), ("0", "0"), ("1E+2", "100")])
def test_a_tolerance_is_kept_written_out(given: str, kept: str):
    question = tidied(NumberOptions(tolerance=Decimal(given)))
    assert check_question(question) == []
    assert str(question.tolerance) == kept


def test_nested_fields_cannot_even_be_written():
    nested = '{"kind":"fields","fields":[{"kind":"fields","name":"a","fields":[]}]}'
    with pytest.raises(msgspec.ValidationError):
        picture_options("fields", nested)


def test_examples_are_answers_of_the_question():
    assert check_examples(LABELS, ['["a"]', '["z"]']) == [("/1/answer", "one of the labels is wanted")]
    assert [pointer for pointer, _ in check_examples(LABELS, ["[]"] * 11)] == [""]
