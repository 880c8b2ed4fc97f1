"""Wire ids, admission, fitting answers and endings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.tasks.rules import (
    WIRE_BITS,
    WIRE_MASK,
    WORKERS_BEFORE_UNSOLVABLE,
    Depth,
    Ending,
    ImageOptions,
    QueueTerms,
    is_full,
    is_readable,
    is_unsolvable,
    price,
    unfit,
    usable,
    widen,
    wire_id,
)
from manyeyes.tasks.store import portions
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import normalised

SERIALS = st.integers(1, 2**53) | st.integers(1, 2**22).map(lambda n: n << WIRE_BITS)
LAGS = st.integers(-(2 ** (WIRE_BITS - 1)) + 1, 2 ** (WIRE_BITS - 1))
QUEUE = QueueTerms(
    queue_id=1,
    name="English ImageToText",
    language="en",
    price_micros=700,
    pay_micros=500,
    capacity=10,
    lease_seconds=60,
)


@given(SERIALS)
def test_a_wire_id_is_a_positive_int32_or_its_serial_is_passed_over(serial: int):
    assert 0 <= wire_id(serial) <= 2**31 - 1
    assert usable(serial) == (wire_id(serial) != 0)


@given(SERIALS, LAGS)
def test_a_wire_id_finds_its_serial_within_a_thousand_million_of_the_newest(serial: int, lag: int):
    assert widen(wire_id(serial), serial + lag) == serial


@given(st.integers(1, 1_000), st.integers(1, 1_000))
def test_ids_are_found_again_on_both_sides_of_the_wrap(before: int, after: int):
    newest = (1 << WIRE_BITS) + after
    old = (1 << WIRE_BITS) - before
    assert widen(wire_id(old), newest) == old
    assert widen(wire_id(newest), old) == newest


def test_of_two_serials_that_are_equally_near_the_older_one_is_meant():
    newest, half = 5 << 31, 1 << 30
    assert widen(wire_id(newest - half), newest) == newest - half
    assert widen(wire_id(newest + half - 1), newest) == newest + half - 1


@given(st.integers(1, WIRE_MASK), st.integers(0, 2**53))
def test_any_wire_id_widens_to_a_number_that_has_it(wire: int, newest: int):
    serial = widen(wire, newest)
    assert wire_id(serial) == wire
    assert abs(serial - newest) <= 2 ** (WIRE_BITS - 1)


@given(st.integers(0, 9), st.integers(0, 5_000), st.integers(0, 5_000))
def test_below_capacity_everybody_pays_the_price_of_the_queue(waiting: int, average: int, bid: int):
    assert price(QUEUE, Depth(waiting, average), bid) == QUEUE.price_micros


@given(st.integers(10, 10**6), st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_full_queue_takes_only_a_bid_above_the_average_and_at_that_bid(waiting: int, average: int, bid: int):
    decided = price(QUEUE, Depth(waiting, average), bid)
    if bid > average and bid > QUEUE.price_micros:
        assert decided == bid
    else:
        assert isinstance(decided, Refusal)
        assert decided.reason is Reason.QUEUE_FULL


def test_a_queue_is_full_at_its_capacity():
    assert [is_full(QUEUE, Depth(n, 0)) for n in (9, 10, 11)] == [False, True, True]


def test_five_different_workers_who_fail_end_a_task():
    assert [is_unsolvable(n) for n in range(7)] == [n >= WORKERS_BEFORE_UNSOLVABLE == 5 for n in range(7)]


def test_only_what_people_answered_or_tried_enough_is_charged():
    assert [ending for ending in Ending if ending.charged] == [Ending.SOLVED, Ending.UNSOLVABLE]


def test_a_result_is_readable_for_as_long_as_it_was_promised():
    assert [is_readable(age, 300) for age in (0.0, 299.9, 300.0, 301.0)] == [True, True, False, False]


# Latin, Greek, Cyrillic; what other characters do is in test_text_rules.py.
PLAIN = st.text(st.characters(max_codepoint=0x2FF, categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20)
PLAIN = PLAIN.map(normalised)  # as answers come (actions/answer_tasks.py)


@given(PLAIN.filter(bool))
def test_any_plain_text_fits_where_nothing_is_asked(text: str):
    assert unfit(ImageOptions(), text) == ""


@given(st.text(st.sampled_from("  \t\n"), max_size=4))
def test_nothing_but_space_never_fits(text: str):
    assert unfit(ImageOptions(), text)


@given(PLAIN)
def test_only_digits_means_the_ten_of_ascii_and_nothing_else(text: str):
    fits = unfit(ImageOptions(numeric=1), text) == ""
    assert fits == (bool(text) and set(text) <= set("0123456789"))


@given(PLAIN)
def test_no_digits_means_none(text: str):
    assert bool(unfit(ImageOptions(numeric=2), text)) == (not text or any(c.isdigit() for c in text))


@given(PLAIN, st.integers(0, 20), st.integers(0, 20))
def test_lengths_are_kept(text: str, shortest: int, longest: int):
    if not unfit(ImageOptions(min_length=shortest, max_length=longest), text):
        assert len(text) >= shortest
        assert longest == 0 or len(text) <= longest


@given(PLAIN)
def test_a_phrase_has_a_space_inside(text: str):
    assert bool(unfit(ImageOptions(phrase=True), text)) == (" " not in text)


@pytest.mark.parametrize(
    ("options", "text", "fits"),
    [
        *[(ImageOptions(numeric=1), text, False) for text in ("12 345", "12.5", "-3", "-", "12a", "²", "١٢", "１２")],
        (ImageOptions(numeric=1), "0123456789", True),
        (ImageOptions(numeric=1, phrase=True), "12 345", True),
        (ImageOptions(numeric=1, phrase=True), "12345", False),
        (ImageOptions(numeric=1, phrase=True), "12 34a", False),
        (ImageOptions(), "x" * 501, False),
        (ImageOptions(), "a\x00b", False),
        (ImageOptions(), "\ud800", False),
        (ImageOptions(min_length=3), "ab", False),
    ],
)
def test_examples_of_answers(options: ImageOptions, text: str, fits: bool):
    assert (unfit(options, text) == "") is fits


@pytest.mark.parametrize(
    ("sizes", "portioned"),
    [
        ([], []),
        ([4], [[4]]),
        ([5, 5, 1], [[5, 5], [1]]),
        ([11, 1, 12, 13], [[11], [1], [12], [13]]),
        ([1, 9, 10, 3, 8], [[1, 9], [10], [3], [8]]),
    ],
)
def test_pictures_are_stored_so_many_bytes_at_once(sizes, portioned):
    blobs = [(n, "image/png", b"x" * size) for n, size in enumerate(sizes)]
    found = list(portions(blobs, 10))
    assert [[len(data) for _, _, data in some] for some in found] == portioned
    assert [blob for some in found for blob in some] == blobs
