"""One text out of several that nobody typed twice: ROVER, aligned into slots and voted slot by slot.

J. Fiscus: A post-processing system to yield reduced word error rates, ASRU 1997. Each text is aligned with the slots of
those before it at the least number of disagreements, so that each slot holds one token of each text, or nothing of it.
"""

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from manyeyes.consensus.likeness import groups
from manyeyes.consensus.parts import fields_given, put_together
from manyeyes.consensus.rules import Given, Shape, ShapeKind, Skill
from manyeyes.consensus.skills import OPEN_CHOICES, UNKNOWN, chance_right
from manyeyes.consensus.tokens import Token, characters, words
from manyeyes.values.text.rules import normalised

LONGEST_BY_CHARACTERS = 40  # the median of longer texts has several words, and those are what people mishear
FEWEST_DRAFTED = 3  # of two texts the votes are equal everywhere: one of them, or no better
FARTHEST = 64  # tokens by which two texts are shifted against each other at most, beside what one is longer


class VotedSlot(msgspec.Struct, frozen=True):
    """A slot's ``text`` and the share of the votes for it, from 0 to 1; an empty text where most have nothing there."""

    text: str
    share: float


def proposal(shape: Shape, given: Sequence[Given], skills: Mapping[int, Skill]) -> str:
    """Return the best answer that there is where nobody agrees, for whoever decides; empty when nobody gave any.

    A text is voted together out of all of them, so perhaps nobody typed it; fields are proposed one by one; of all
    other kinds it is the value of the largest group. Who was right more often weighs more. The order of ``given``
    changes nothing.
    """
    if not given:
        return ""
    if shape.kind is ShapeKind.FIELDS:
        parts = {name: proposal(shape.fields[name], each, skills) for name, each in fields_given(shape, given).items()}
        return put_together(shape, parts)
    if shape.kind is not ShapeKind.TEXT:
        return groups(shape, given)[0].value
    weights = [chance_right(skills.get(each.worker_id, UNKNOWN), OPEN_CHOICES) for each in given]
    return text_of(slots_of([each.text for each in given], weights))


def draft(shape: Shape, given: Sequence[Given], skills: Mapping[int, Skill]) -> str | None:
    """Return a `proposal` for whoever decides where three or more typed a text, no two alike; otherwise None.

    Of a form, where that is so of a field; its other fields have the value of their largest group. Perhaps nobody
    typed it, and perhaps it does not keep the question's rules: it is shown, and never accepted unseen.
    """
    if shape.kind is ShapeKind.FIELDS:
        fields = fields_given(shape, given)
        drafts = {name: draft(shape.fields[name], each, skills) for name, each in fields.items()}
        if not any(drafts.values()):
            return None
        return put_together(
            shape, {name: drafts[name] or groups(shape.fields[name], each)[0].value for name, each in fields.items()}
        )
    if shape.kind is not ShapeKind.TEXT or len(given) < FEWEST_DRAFTED or len(groups(shape, given)) < len(given):
        return None
    return proposal(shape, given, skills) or None


def text_of(slots: Sequence[VotedSlot]) -> str:
    """Return the text of the slots, in the one form of texts."""
    return normalised("".join(slot.text for slot in slots))


def slots_of(texts: Sequence[str], weights: Sequence[float]) -> list[VotedSlot]:
    """Return the slots in their order, each with what most weight is for; of no text none.

    Short texts are voted by characters, those with a median above `LONGEST_BY_CHARACTERS` by words. Tokens that are
    alike (capitals, accents typed in another way, signs around a word) vote together, then on how it is written. The
    text that is most like all others comes first, of equally like ones the first by code points: it is the one that
    others are aligned with, and it decides where votes are equal. The order of ``texts`` changes nothing.
    """
    is_long = bool(texts) and statistics.median(map(len, texts)) > LONGEST_BY_CHARACTERS
    cut = words if is_long else characters
    ordered = _by_likeness(list(zip(texts, weights, strict=True)))
    columns: list[list[Token | None]] = []
    for n, (text, _) in enumerate(ordered):
        columns = _aligned(columns, cut(text), [weight for _, weight in ordered[:n]])
    return [_voted(column, [weight for _, weight in ordered]) for column in columns]


def _by_likeness(texts: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return texts with their weights, that first which shares most pairs of characters with all others."""
    texts = sorted(texts, key=lambda each: (each[0], -each[1]))
    pairs = [Counter(f"{a}{b}" for a, b in zip(f" {text}", f"{text} ", strict=True)) for text, _ in texts]
    likeness = [
        math.fsum(
            2 * sum(min(found[pair], other[pair]) for pair in found) / (found.total() + other.total())
            for other in pairs
        )
        for found in pairs
    ]
    return [texts[n] for n in sorted(range(len(texts)), key=lambda n: -likeness[n])]


def _aligned(
    columns: list[list[Token | None]], tokens: Sequence[Token], weights: Sequence[float]
) -> list[list[Token | None]]:
    """Return the columns with one text more: beside each of its tokens stands what it disagrees with least."""
    if not columns:
        return [[*[None] * len(weights), token] for token in tokens]
    before = [dict(_shares(column, weights)) for column in columns]
    found: list[list[Token | None]] = []
    for column, token in _path(before, [token.key for token in tokens]):
        old = columns[column] if column is not None else [None] * len(weights)
        found.append([*old, tokens[token] if token is not None else None])
    return found


def _path(before: Sequence[Mapping[str, float]], keys: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Return pairs (column, token) from left to right, None for nothing, at the least sum of disagreements.

    ``before``: of each column the shares of the weight by key, the empty key for nothing. Only what lies within
    `FARTHEST` of the diagonal is looked at. Equal sums: both, before a column alone, before a token alone.
    """
    height, width = len(before), len(keys)
    reach = FARTHEST + abs(height - width)
    infinite = float("inf")
    above = [float(n) if n <= reach else infinite for n in range(width + 1)]
    steps = [bytearray(b"t" * (width + 1))]
    for row, shares in enumerate(before, 1):
        alone = 1.0 - shares.get("", 0.0)
        first, last = max(1, row - reach), min(width, row + reach)
        line = [infinite] * (width + 1)
        if first == 1:
            line[0] = above[0] + alone
        step = bytearray(b"c" * (width + 1))
        for n in range(first, last + 1):
            both = above[n - 1] + 1.0 - shares.get(keys[n - 1], 0.0)
            column, token = above[n] + alone, line[n - 1] + 1.0
            if both <= column + _TINY and both <= token + _TINY:
                line[n], step[n] = both, _BOTH
            elif column <= token + _TINY:
                line[n] = column
            else:
                line[n], step[n] = token, _TOKEN
        above = line
        steps.append(step)
    return _walked(steps, height, width)


def _walked(steps: Sequence[bytearray], row: int, n: int) -> list[tuple[int | None, int | None]]:
    path: list[tuple[int | None, int | None]] = []
    while row or n:
        step = steps[row][n] if row else _TOKEN
        row, n = row - (step != _TOKEN), n - (step != _COLUMN)
        path.append((row if step != _TOKEN else None, n if step != _COLUMN else None))
    return path[::-1]


def _shares(column: Sequence[Token | None], weights: Sequence[float]) -> list[tuple[str, float]]:
    """Return the keys of a column, in the order in which they first come, with their shares of the weight."""
    votes: dict[str, list[float]] = {}
    for token, weight in zip(column, weights, strict=True):
        votes.setdefault(token.key if token else "", []).append(weight)
    whole = math.fsum(weights)
    return [(key, math.fsum(each) / whole) for key, each in votes.items()]


def _voted(column: Sequence[Token | None], weights: Sequence[float]) -> VotedSlot:
    key, share = max(_shares(column, weights), key=lambda each: round(each[1], _DIGITS))
    spelt: dict[str, float] = {}
    for token, weight in zip(column, weights, strict=True):
        if token and token.key == key:
            spelt[token.text] = spelt.get(token.text, 0.0) + weight
    return VotedSlot(max(spelt, key=lambda text: round(spelt[text], _DIGITS), default=""), share)


_BOTH, _COLUMN, _TOKEN = b"bct"
_TINY = 1e-9  # sums that differ by less are equal, whatever the order in which they were summed
_DIGITS = 9
