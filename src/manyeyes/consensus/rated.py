"""Answers as agreement compares them: the whole answer, and each field of a form by its own rule. Pure."""

from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from manyeyes.consensus.agreement import AgreementFound, Rated, agreement
from manyeyes.consensus.disagreement import Distance
from manyeyes.consensus.likeness import likeness
from manyeyes.consensus.parts import parts_of
from manyeyes.consensus.resampling import Lots
from manyeyes.consensus.rules import Shape, ShapeKind

_labels = msgspec.json.Decoder(tuple[str, ...])


class ItemAnswered(msgspec.Struct, frozen=True):
    """What one person gave to one item, in its kind's one form."""

    item: Hashable
    worker_id: int
    text: str


class AgreedPart(msgspec.Struct, frozen=True, kw_only=True):
    """How far people agree on whole answers (``name`` empty), or on one field of a form.

    ``distance``: by what answers are apart.
    """

    name: str
    distance: Distance
    agreed: AgreementFound


def agreed_parts(shape: Shape, given: Iterable[ItemAnswered], lots: Lots) -> list[AgreedPart]:
    """Return how far people agree on what was given: of the whole, then of each field of a form in its order.

    Whole forms are alike when each of their fields is (numbers there to the digit); a field's numbers are alike within
    its tolerance. A number that was left empty is apart from nothing, and left out. Of typed texts there is no table
    of who is taken for what. Raises ValueError as `agreement`, and for texts that are no answers of fields.
    """
    every = list(given)
    if shape.kind is not ShapeKind.FIELDS:
        return [_part("", shape, every, lots)]
    whole = [Rated(one.item, one.worker_id, likeness(shape, one.text)) for one in every]
    parts = [parts_of(shape, one.text) for one in every]
    found = [
        AgreedPart(name="", distance=Distance.NOMINAL, agreed=_without_table(agreement(whole, Distance.NOMINAL, lots)))
    ]
    for name, field in shape.fields.items():
        of_field = [ItemAnswered(one.item, one.worker_id, part[name]) for one, part in zip(every, parts, strict=True)]
        found.append(_part(name, field, of_field, lots))
    return found


def who_differs(agreed: AgreementFound, beside: Mapping[int, int]) -> frozenset[int]:
    """Return who agrees with the others less than those do among themselves: their whole interval lies below.

    ``beside``: with how many answers of others each person's are compared. Of two people nobody differs more than the
    other. Of forty people who are alike, one is among these by luck.
    """
    shares = {worker: share for worker, share in agreed.workers.items() if beside.get(worker)}
    pairs = sum(beside[worker] for worker in shares)
    alike = sum(share.value * beside[worker] for worker, share in shares.items())
    found = set()
    for worker, share in shares.items():
        left = pairs - 2 * beside[worker]  # each pair stands there twice, once from either side
        if left > 0 and share.high is not None and share.high < (alike - 2 * share.value * beside[worker]) / left:
            found.add(worker)
    return frozenset(found)


def _distance(shape: Shape) -> Distance:
    """Return how far apart answers are.

    A number without a tolerance is right or wrong, as a meter's is: by its distance five digits with one slip would
    count as alike, and alpha as 1 where half of the people differ.
    """
    if shape.kind is ShapeKind.NUMBER and shape.tolerance:
        return Distance.INTERVAL
    return Distance.SETS if shape.kind is ShapeKind.LABELS else Distance.NOMINAL


def _part(name: str, shape: Shape, given: Iterable[ItemAnswered], lots: Lots) -> AgreedPart:
    distance = _distance(shape)
    rated = [
        Rated(one.item, one.worker_id, _value(shape, one.text))
        for one in given
        if one.text or shape.kind is not ShapeKind.NUMBER
    ]
    agreed = agreement(rated, distance, lots, shape.tolerance if shape.kind is ShapeKind.NUMBER else Decimal(0))
    return AgreedPart(
        name=name, distance=distance, agreed=agreed if shape.kind is ShapeKind.LABEL else _without_table(agreed)
    )


def _value(shape: Shape, text: str) -> Hashable:
    if shape.kind is ShapeKind.NUMBER:
        return Fraction(text)
    if shape.kind is ShapeKind.LABELS:
        return frozenset(_labels.decode(text)) if text else frozenset()
    return likeness(shape, text)


def _without_table(agreed: AgreementFound) -> AgreementFound:
    return msgspec.structs.replace(agreed, confusion={})
