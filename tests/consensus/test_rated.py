"""Answers as agreement compares them: numbers, labels, sets of them, texts, and a form by its fields."""

import random
from decimal import Decimal

import pytest

from manyeyes.consensus.disagreement import Distance
from manyeyes.consensus.rated import AgreedPart, ItemAnswered, agreed_parts, who_differs
from manyeyes.consensus.rules import Shape, ShapeKind

NUMBER = Shape(kind=ShapeKind.NUMBER, tolerance=Decimal("0.5"))
LABEL = Shape(kind=ShapeKind.LABEL, labels=("cat", "dog"))
LABELS = Shape(kind=ShapeKind.LABELS, labels=("red", "blue"))
FORM = Shape(kind=ShapeKind.FIELDS, fields={"total": NUMBER, "pet": LABEL, "name": Shape(kind=ShapeKind.TEXT)})


def agreed(shape: Shape, *items: tuple[str, ...]) -> list[AgreedPart]:
    """Return how far people agree who gave each item's texts in their order."""
    given = [ItemAnswered(item, worker, text) for item, texts in enumerate(items) for worker, text in enumerate(texts)]
    return agreed_parts(shape, given, random.Random(1))


@pytest.mark.parametrize(
    ("shape", "one", "alike", "other", "distance"),
    [
        (Shape(kind=ShapeKind.TEXT), "West Road", "WEST  ROAD", "West Rd", Distance.NOMINAL),
        (NUMBER, "12.50", "13", "13.01", Distance.INTERVAL),
        (Shape(kind=ShapeKind.NUMBER), "48213", "48213.0", "48218", Distance.NOMINAL),
        (LABEL, "cat", "cat", "dog", Distance.NOMINAL),
        (LABELS, '["red","blue"]', '["red","blue"]', '["red"]', Distance.SETS),
        (LABELS, "[]", "", '["red"]', Distance.SETS),
    ],
)
def test_each_kind_is_compared_by_its_own_rule(shape: Shape, one: str, alike: str, other: str, distance: Distance):
    (whole,) = agreed(shape, (one, alike), (one, other))
    assert (whole.name, whole.distance, whole.agreed.items, whole.agreed.answers) == ("", distance, 2, 4)
    assert whole.agreed.pairs_alike
    assert whole.agreed.pairs_alike.value == 0.5


def test_a_form_is_told_as_a_whole_and_field_by_field():
    parts = agreed(
        FORM,
        ('{"total":12.5,"pet":"cat","name":"Ada"}', '{"total":12.50,"pet":"dog","name":"ADA"}'),
        ('{"total":null,"pet":"cat","name":"Bo"}', '{"total":9,"pet":"cat","name":"Bo"}'),
    )
    shares = [(part.name, part.agreed.items, part.agreed.pairs_alike) for part in parts]
    assert [(name, items, share.value if share else None) for name, items, share in shares] == [
        ("", 2, 0.0),
        ("total", 1, 1.0),  # who left a number empty is beside nobody
        ("pet", 2, 0.5),
        ("name", 2, 1.0),
    ]


def test_only_labels_have_a_table_of_who_is_taken_for_what():
    (label,) = agreed(LABEL, ("cat", "dog"), ("cat", "cat"))
    assert {pair: share.value for pair, share in label.agreed.confusion.items()} == {
        ("cat", "cat"): pytest.approx(2 / 3),
        ("cat", "dog"): pytest.approx(1 / 3),
        ("dog", "cat"): 1.0,
        ("dog", "dog"): 0.0,
    }
    (text,) = agreed(Shape(kind=ShapeKind.TEXT), ("cat", "dog"), ("cat", "cat"))
    assert text.agreed.confusion == {}


def test_a_text_that_is_no_answer_of_the_form_is_told():
    with pytest.raises(ValueError, match="other fields"):
        agreed(FORM, ('{"total":1}', '{"total":1}'))


@pytest.mark.parametrize("shape", [NUMBER, LABEL, LABELS])
def test_of_nobody_there_is_nothing(shape: Shape):
    (whole,) = agreed(shape)
    assert (whole.agreed.items, whole.agreed.alpha, whole.agreed.workers) == (0, None, {})


def test_who_agrees_less_than_the_others_among_themselves_differs():
    careless = [("cat", "cat", "dog" if item % 3 == 0 else "cat") for item in range(60)]
    (found,) = agreed_parts(
        LABEL,
        [ItemAnswered(item, worker, text) for item, texts in enumerate(careless) for worker, text in enumerate(texts)],
        random.Random(1),
    )
    assert who_differs(found.agreed, dict.fromkeys(range(3), 120)) == {2}
    assert who_differs(found.agreed, {0: 120}) == frozenset()


def test_of_two_people_and_of_those_who_are_alike_nobody_differs():
    for texts in (("cat", "dog"), ("cat", "cat", "cat")):
        given = [ItemAnswered(item, worker, text) for item in range(30) for worker, text in enumerate(texts)]
        (found,) = agreed_parts(LABEL, given, random.Random(1))
        assert who_differs(found.agreed, dict.fromkeys(range(len(texts)), 30 * (len(texts) - 1))) == frozenset()
