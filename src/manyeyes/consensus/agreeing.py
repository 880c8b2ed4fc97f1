"""Which answers say what a result says: they stand or fall with it (docs/decisions/0060)."""

from fractions import Fraction

from manyeyes.consensus.likeness import likeness
from manyeyes.consensus.parts import parts_of
from manyeyes.consensus.rules import Shape, ShapeKind


def agrees(shape: Shape, text: str, value: str) -> bool:
    """Tell whether an answer says what a result says: it is alike, a number is within the tolerance of it.

    Fields agree when each of them does, where both left one empty too. Both are in their kind's one form.
    """
    if shape.kind is ShapeKind.FIELDS:
        mine, told = parts_of(shape, text), parts_of(shape, value)
        return all(agrees(each, mine[name], told[name]) for name, each in shape.fields.items())
    if likeness(shape, text) == likeness(shape, value):
        return True
    if shape.kind is not ShapeKind.NUMBER or not shape.tolerance or not text or not value:
        return False
    return abs(Fraction(text) - Fraction(value)) <= Fraction(shape.tolerance)
