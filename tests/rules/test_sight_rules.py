"""What is said of a picture larger than its recogniser makes out: pieces that cover it, and what a doubt leaves."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.recognisers.interface import Finding
from manyeyes.recognisers.people import People
from manyeyes.recognisers.sight import (
    OVERLAP,
    PIECES_AT_MOST,
    USUAL,
    Sight,
    boxes,
    chosen,
    combined,
    doubted,
    sight,
    window,
)

NOTHING, CODE, TEXT = 0, 1, 2
SIGHT = Sight((100, 100), NOTHING)
HERE, THERE = (0, 0, 100, 100), (90, 0, 190, 100)
sides = st.integers(1, 3000)


@given(sides, sides, st.tuples(st.integers(20, 900), st.integers(20, 900)))
def test_pieces_cover_a_picture_and_none_is_larger_than_what_is_made_out(
    width: int, height: int, at_once: tuple[int, int]
):
    found = boxes(width, height, at_once)
    assert all(right - left <= at_once[0] and bottom - top <= at_once[1] for left, top, right, bottom in found)
    for length, most, spans in (
        (width, at_once[0], sorted({(left, right) for left, _, right, _ in found})),
        (height, at_once[1], sorted({(top, bottom) for _, top, _, bottom in found})),
    ):
        assert (spans[0][0], spans[-1][1]) == (0, length)
        overlaps = [before[1] - after[0] for before, after in itertools.pairwise(spans)]
        assert all(overlap >= int(most * OVERLAP) - 1 for overlap in overlaps)


def test_what_fits_is_one_piece():
    assert boxes(100, 100, (100, 100)) == [(0, 0, 100, 100)]
    assert len(boxes(101, 100, (100, 100))) == 2


def test_of_too_many_pieces_some_are_chosen_from_everywhere():
    many = boxes(100_000, 10, (100, 100))
    some = chosen(many)
    assert (len(some), some[0], some[-1]) == (PIECES_AT_MOST, many[0], many[-1])
    assert len(set(some)) == PIECES_AT_MOST
    assert chosen(many[:PIECES_AT_MOST]) == many[:PIECES_AT_MOST]


def test_what_was_shrunk_before_is_made_out_in_smaller_pieces():
    assert window((1600, 800), 1.0) == (1600, 800)
    assert window((1600, 800), 2.0) == (800, 400)
    assert window((1, 1), 8.0) == (1, 1)


def test_the_surest_find_decides_and_says_where_it_is():
    whole = Finding(NOTHING, 0.9, {"seen": "whole"})
    pieces = [(HERE, Finding(TEXT, 0.6, {"seen": "here"})), (THERE, Finding(CODE, 0.95, {"seen": "there"}))]
    assert combined(SIGHT, whole, pieces) == Finding(CODE, 0.95, {"seen": "there", "piece": list(THERE)})
    assert combined(SIGHT, Finding(TEXT, 0.97), pieces) == Finding(TEXT, 0.97)


def test_without_a_find_the_least_sure_word_counts():
    pieces = [(HERE, Finding(NOTHING, 0.8)), (THERE, Finding(NOTHING, 0.99))]
    assert combined(SIGHT, Finding(NOTHING, 0.9, {"a": 1}), pieces) == Finding(NOTHING, 0.8, {"a": 1, "pieces": 2})
    assert combined(SIGHT, Finding(NOTHING, 0.7), pieces).rate == 0.7


def test_what_was_not_looked_at_leaves_no_opinion_but_a_find_stands():
    assert doubted(SIGHT, Finding(NOTHING, 0.99), "the edge") == Finding(NOTHING, 0.0, {"unseen": "the edge"})
    assert doubted(SIGHT, Finding(TEXT, 0.8), "the edge") == Finding(TEXT, 0.8)
    assert doubted(SIGHT, Finding(NOTHING, 0.99), "") == Finding(NOTHING, 0.99)
    every_label_speaks_for_all_of_it = Sight((100, 100), None)
    assert doubted(every_label_speaks_for_all_of_it, Finding(TEXT, 0.8), "the edge").rate == 0.0


def test_a_recogniser_that_says_nothing_of_itself_is_taken_for_the_usual_one():
    class Careless(People):
        pass

    class Precise(People):
        sees, nothing = (640, 480), 3

    class Boundless(People):
        sees = None

    class Wrong(People):
        sees = (0, 5)

    assert sight(Careless()) == Sight(USUAL, None)
    assert sight(Precise()) == Sight((640, 480), 3)
    assert sight(Boundless()) == Sight(None, None)
    with pytest.raises(ValueError, match="sees is a width and a height"):
        sight(Wrong())
