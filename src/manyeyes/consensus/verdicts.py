"""What people's answers say together, by the shape of the question. Pure (docs/decisions/0060).

A form is judged field by field and labels label by label; the whole is as sure as its least sure part.
"""

from collections.abc import Mapping, Sequence

import msgspec

from manyeyes.consensus.confusion import dawid_skene
from manyeyes.consensus.likeness import Alike, groups
from manyeyes.consensus.one_coin import Weighed, one_coin
from manyeyes.consensus.parts import YES, YES_OR_NO, fields_given, labels_given, labels_together, put_together
from manyeyes.consensus.rules import Given, Method, Shape, ShapeKind, Skill
from manyeyes.consensus.votes import counted, winner


class Verdict(msgspec.Struct, frozen=True):
    """``value``: the best answer; ``confidence``: how likely it is right; ``is_tied``: in a part another is as good.

    ``alike``: how many gave it, in the part with fewest, of texts; None where no text is asked for. ``is_whole``: its
    parts make an answer that the question takes.
    """

    value: str
    confidence: float
    is_tied: bool
    alike: int | None = None
    is_whole: bool = True


def verdict(shape: Shape, given: Sequence[Given], skills: Mapping[int, Skill], method: Method) -> Verdict:
    """Return the best of what was given (at least one answer). Raises ValueError for texts that are not of the shape.

    Majority: what most gave; what is known of people then only says how sure it is, and which of two equal ones is the
    better guess. Else what weighs most.
    """
    if shape.kind is ShapeKind.FIELDS:
        fields = {
            name: verdict(shape.fields[name], each, skills, method) for name, each in fields_given(shape, given).items()
        }
        return _joined(put_together(shape, {name: part.value for name, part in fields.items()}), fields)
    if shape.kind is ShapeKind.LABELS:
        labels = {
            label: verdict(YES_OR_NO, each, skills, _without_names(method))
            for label, each in labels_given(shape, given).items()
        }
        value = labels_together(shape, {label: part.value for label, part in labels.items()})
        chosen = sum(part.value == YES for part in labels.values())
        is_whole = chosen >= shape.at_least or all(not each.text for each in given)
        return _joined(value, labels, is_whole)
    return _of_one(shape, given, skills, method)


def weighed_by(shape: Shape, alike: Sequence[Alike], skills: Mapping[int, Skill], method: Method) -> Weighed:
    """Return how likely each group is right; confusions are of labels alone, elsewhere one chance a person is all."""
    if method is Method.DAWID_SKENE and shape.kind is ShapeKind.LABEL:
        return dawid_skene(shape, alike, skills)
    return one_coin(shape, alike, skills)


def _without_names(method: Method) -> Method:
    """Return the method for yes and no of one label: confusions are kept of labels, not of their presence."""
    return Method.ONE_COIN if method is Method.DAWID_SKENE else method


def _of_one(shape: Shape, given: Sequence[Given], skills: Mapping[int, Skill], method: Method) -> Verdict:
    alike = groups(shape, given)
    found = weighed_by(shape, alike, skills, method)
    if method is Method.MAJORITY:
        best = winner(alike, counted(alike), found.weights)
    else:
        best = winner(alike, found.weights, counted(alike))
    group = alike[best.place]
    count = len(group.given) if shape.kind is ShapeKind.TEXT else None
    return Verdict(group.value, found.chances[best.place], best.is_tied, count)


def _joined(value: str, parts: Mapping[str, Verdict], is_whole: bool = True) -> Verdict:
    each = list(parts.values())
    return Verdict(
        value,
        min((part.confidence for part in each), default=0.0),
        any(part.is_tied for part in each),
        min((part.alike for part in each if part.alike is not None), default=None),
        is_whole and all(part.is_whole for part in each),
    )
