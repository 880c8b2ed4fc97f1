"""What makes two answers to a question alike, for consensus, which knows no tasks. Pure."""

from decimal import Decimal

from manyeyes.consensus.rules import Shape, ShapeKind
from manyeyes.tasks.labels import LabelOptions
from manyeyes.tasks.options import PictureOptions
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, FieldsOptions, NumberOptions, TextOptions


def shape_of(options: PictureOptions | TextOptions) -> Shape:
    """Return the shape of answers to a question that shows a picture, or to one of its fields.

    A text of createTask's counts capitals as its ``case`` says. A recognition's review is a label, whose answers are
    the labels' numbers (docs/decisions/0023).
    """
    if isinstance(options, FieldsOptions):
        return Shape(kind=ShapeKind.FIELDS, fields={field.name: shape_of(field) for field in options.fields})
    if isinstance(options, NumberOptions):
        return Shape(kind=ShapeKind.NUMBER, tolerance=options.tolerance or Decimal(0))
    if isinstance(options, LabelOptions):
        return Shape(kind=ShapeKind.LABEL, labels=tuple(str(choice.number) for choice in options.labels))
    if isinstance(options, ChoiceOptions):
        return Shape(kind=ShapeKind.LABEL, labels=options.labels)
    if isinstance(options, ChoicesOptions):
        return Shape(kind=ShapeKind.LABELS, labels=options.labels, at_least=options.at_least)
    return Shape(kind=ShapeKind.TEXT, case=options.case)
