"""What terms will bring is told by the decision itself: exact for its crowd, with a band that widens with ignorance."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyeyes.consensus.rehearsal import KnownCrowd, rehearse
from manyeyes.consensus.rules import HowMany, Proof, Shape, ShapeKind

TWO = Shape(kind=ShapeKind.LABEL, labels=("no", "yes"))
THREE = HowMany(first=3, at_most=3)
SURE = HowMany(first=1, at_most=5, wrong_at_most=0.05)


def crowd(accuracy=0.8, checked=100.0, difficulty=0.0, **more):
    return KnownCrowd(accuracy=accuracy, checked=checked, difficulty=difficulty, **more)


def test_one_answer_is_as_right_as_the_people_are():
    told = rehearse(crowd(difficulty=0.3), TWO, HowMany(first=1, at_most=1), 1_000, 700)
    assert told.accuracy.expected == pytest.approx(0.8, abs=0.002)
    assert told.people.expected == pytest.approx(1)
    assert told.micros.expected == pytest.approx(700_000)


def test_two_of_three_are_right_as_the_binomial_says():
    told = rehearse(crowd(), TWO, THREE, 1_000, 700)
    assert told.accuracy.expected == pytest.approx(0.8**3 + 3 * 0.8**2 * 0.2)


def test_people_who_err_together_gain_less_from_being_many():
    apart, together = (rehearse(crowd(difficulty=d), TWO, THREE, 1_000, 1).accuracy.expected for d in (0.0, 0.5))
    assert 0.8 < together < apart


def test_time_is_divided_among_those_who_work():
    one, four = (rehearse(crowd(at_work=n, seconds=8), TWO, THREE, 100, 1).seconds.expected for n in (1, 4))
    assert one == pytest.approx(2_400)
    assert four == pytest.approx(600)


def test_the_less_is_known_the_wider_the_band():
    little, much = (rehearse(crowd(checked=checked), TWO, THREE, 1_000, 1).accuracy for checked in (10, 1_000))
    assert little.high - little.low > 2 * (much.high - much.low)


def test_a_refused_question_leaves_everything_uncertain():
    told = rehearse(crowd(), TWO, SURE, 1_000, 1, Proof(is_refused=True))
    assert told.uncertain.expected == pytest.approx(1)
    assert told.accuracy.expected == 0


@settings(max_examples=20, deadline=None)
@given(
    st.floats(0.5, 0.99),
    st.floats(0, 0.8),
    st.sampled_from([ShapeKind.LABEL, ShapeKind.TEXT, ShapeKind.NUMBER, ShapeKind.FIELDS, ShapeKind.LABELS]),
    st.sampled_from([THREE, SURE, HowMany(first=2, at_most=4)]),
)
def test_bands_hold_what_is_expected_and_stay_where_they_can_be(accuracy, difficulty, kind, how_many):
    shape = Shape(kind=kind, labels=("a", "b", "c"), fields={"x": Shape(kind=ShapeKind.TEXT)})
    told = rehearse(crowd(accuracy, 30, difficulty), shape, how_many, 500, 10)
    for band in (told.accuracy, told.uncertain, told.people, told.micros, told.seconds):
        assert band.low <= band.expected + 1e-9
        assert band.expected <= band.high + 1e-9
    assert 0 <= told.accuracy.low <= told.accuracy.high <= 1
    assert how_many.first <= told.people.low + 1e-9
    assert told.people.high <= how_many.at_most


@pytest.mark.parametrize(
    "bad", [crowd(0.0), crowd(1.0), crowd(difficulty=1.0), crowd(difficulty=-0.1), crowd(at_work=0)]
)
def test_shares_outside_are_refused(bad):
    with pytest.raises(ValueError, match="between 0 and 1"):
        rehearse(bad, TWO, THREE, 10, 1)


@pytest.mark.parametrize("labels", [(), ("yes",)])
def test_labels_that_are_not_written_yet_are_rehearsed_as_three(labels):
    told = rehearse(crowd(), Shape(kind=ShapeKind.LABEL, labels=labels), THREE, 10, 1)
    assert told == rehearse(crowd(), Shape(kind=ShapeKind.LABEL, labels=("a", "b", "c")), THREE, 10, 1)
