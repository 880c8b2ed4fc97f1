"""What terms will bring before anybody is asked: accuracy, cost and time with a band. Pure, and exact for its crowd.

Every way in which a crowd can answer a picture is followed through the shipping decision (decide.py), with its chance:
no lots are drawn, so the same question gives the same answer at once. People are alike in it, and pictures differ:
how often people are right about one is beta-distributed, so that they err together on the hard ones.
"""

import math
from collections.abc import Mapping

import msgspec

from manyeyes.consensus.decide import decide
from manyeyes.consensus.difficulty import USUAL_DIFFICULTY
from manyeyes.consensus.rules import (
    NOT_PROVEN,
    Accept,
    AskMore,
    Given,
    HowMany,
    Method,
    Proof,
    Shape,
    ShapeKind,
    Skill,
)

LIKELY_WRONG = 0.6  # of wrong answers, where several are possible, that are the picture's likely one
KNOWN = 30.0  # weight of evidence with which people of a queue are known
_STEPS = 16  # of pictures' ease, below and above one half
_SMOOTH = 0.5
_LEAST_DIFFICULTY = 0.02  # below, pictures are as good as alike
_NEGLIGIBLE = 1e-7
_FEWEST_LABELS = 2  # with one there is nothing to be wrong about
_TWO_SIDED_95 = 1.96
_RIGHT, _LIKELY, _OTHER = range(3)


class KnownCrowd(msgspec.Struct, frozen=True, kw_only=True):
    """The people of a queue: right in a share of ``accuracy``, of which so many ``checked`` answers of each
    tell.

    ``difficulty``: correlation of two people's errors on a picture, from 0 to below 1. ``at_work``: how many of them
    work at once, ``seconds``: what an answer takes them.
    """

    accuracy: float
    checked: float = KNOWN
    difficulty: float = USUAL_DIFFICULTY
    at_work: int = 1
    seconds: float = 10.0


class ExpectedBand(msgspec.Struct, frozen=True):
    """What is expected, and between what it will lie in 95 cases of 100."""

    expected: float
    low: float
    high: float


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """``accuracy``: share of right ones among the certain; ``uncertain``: share that is not; ``people`` per picture.

    ``micros``: what the whole costs; ``seconds``: how long it takes when all who work take it first.
    """

    accuracy: ExpectedBand
    uncertain: ExpectedBand
    people: ExpectedBand
    micros: ExpectedBand
    seconds: ExpectedBand


class _Odds(msgspec.Struct, frozen=True):
    """For one picture: the chances to be certain and right, to be uncertain, and the people asked with their square."""

    certain: float
    right: float
    people: float
    squared: float


def rehearse(
    crowd: KnownCrowd, shape: Shape, how_many: HowMany, items: int, price_micros: int, proof: Proof = NOT_PROVEN
) -> Rehearsal:
    """Return what terms bring for so many pictures, asked at this price an answer.

    The band holds what is not known of the people (their accuracy, by ``checked``) and the luck of these pictures. Of
    fields and labels one part is rehearsed, as a typed answer. Raises ValueError for shares outside 0 to 1.
    """
    if not (0 < crowd.accuracy < 1 and 0 <= crowd.difficulty < 1 and items > 0 and crowd.at_work > 0):
        raise ValueError("accuracy lies between 0 and 1, difficulty from 0 to below 1; people and pictures are needed")
    unsure = _TWO_SIDED_95 * math.sqrt(crowd.accuracy * (1 - crowd.accuracy) / max(crowd.checked, 1.0))
    least, most = max(crowd.accuracy - unsure, 0.02), min(crowd.accuracy + unsure, 0.995)
    middle, poor, good = (
        _odds(msgspec.structs.replace(crowd, accuracy=share), shape, how_many, proof)
        for share in (crowd.accuracy, least, most)
    )
    accuracy = [odds.right / odds.certain if odds.certain else 0.0 for odds in (middle, poor, good)]
    uncertain = [1 - odds.certain for odds in (middle, poor, good)]
    people = [odds.people for odds in (middle, poor, good)]
    swing = _TWO_SIDED_95 * math.sqrt(max(middle.squared - middle.people**2, 0.0) / items)
    asked = _band(people, swing, how_many.first, how_many.at_most)
    return Rehearsal(
        accuracy=_share_band(accuracy, max(items * middle.certain, 1.0)),
        uncertain=_share_band(uncertain, items),
        people=asked,
        micros=_times(asked, items * price_micros),
        seconds=_times(asked, items * crowd.seconds / crowd.at_work),
    )


def _odds(crowd: KnownCrowd, shape: Shape, how_many: HowMany, proof: Proof) -> _Odds:
    ends = _Ends(crowd, shape, how_many, proof)
    total = [0.0] * 4
    for ease, weight in _eases(crowd.accuracy, crowd.difficulty):
        for odds, chance in ends.of(ease):
            part = weight * chance
            total[0] += part * odds.certain
            total[1] += part * odds.right
            total[2] += part * odds.people
            total[3] += part * odds.squared
    return _Odds(*total)


class _Ends:
    """Where each combination of answers leads; what `decide` says of one is asked once and kept."""

    def __init__(self, crowd: KnownCrowd, shape: Shape, how_many: HowMany, proof: Proof) -> None:
        self.shape, self.texts = _asked_as(shape)
        self.how_many, self.proof = how_many, proof
        self.skill = Skill(right=crowd.checked * crowd.accuracy, wrong=crowd.checked * (1 - crowd.accuracy))
        self.known: dict[tuple[int, int, int], tuple[int, _Odds | None]] = {}

    def of(self, ease: float) -> list[tuple[_Odds, float]]:
        """Return the ends of a picture about which people are right with this chance, each with its own."""
        likely = LIKELY_WRONG if self.texts[_OTHER] else 1.0
        each = (ease, (1 - ease) * likely, (1 - ease) * (1 - likely))
        found: list[tuple[_Odds, float]] = []
        going = {(0, 0, 0): 1.0}
        while going:
            after: dict[tuple[int, int, int], float] = {}
            for state, chance in going.items():
                people, end = self._next(state)
                if end is not None:
                    found.append((end, chance))
                    continue
                for state_then, chance_then in _answered(state, people, each).items():
                    after[state_then] = after.get(state_then, 0.0) + chance * chance_then
            going = after
        return found

    def _next(self, state: tuple[int, int, int]) -> tuple[int, _Odds | None]:
        """Return how many more are asked, or the end."""
        if state not in self.known:
            self.known[state] = self._decided(state)
        return self.known[state]

    def _decided(self, state: tuple[int, int, int]) -> tuple[int, _Odds | None]:
        if not sum(state):
            return min(self.how_many.first, self.how_many.at_most), None
        texts = [self.texts[kind] for kind in (_RIGHT, _LIKELY) for _ in range(state[kind])]
        others = self.texts[_OTHER]
        texts += [others % n if "%" in others else others for n in range(state[_OTHER])]
        given = [Given(n, text) for n, text in enumerate(texts)]
        skills: Mapping[int, Skill] = dict.fromkeys(range(len(given)), self.skill)
        step = decide(self.shape, given, skills, self.how_many, self.proof, Method.ONE_COIN)
        if isinstance(step, AskMore):
            return step.people, None
        is_certain = isinstance(step, Accept) and step.is_certain
        is_right = is_certain and isinstance(step, Accept) and step.value == self.texts[_RIGHT]
        return 0, _Odds(float(is_certain), float(is_right), len(given), len(given) ** 2)


def _asked_as(shape: Shape) -> tuple[Shape, tuple[str, str, str]]:
    """Return the shape that is rehearsed, with a right answer, the likely wrong one and a pattern of other ones.

    A draft whose labels are not written yet is rehearsed as one of three.
    """
    if shape.kind is ShapeKind.LABEL and len(shape.labels) < _FEWEST_LABELS:
        shape = msgspec.structs.replace(shape, labels=("right", "likely", "other"))
    if shape.kind is ShapeKind.LABEL:
        right, likely, *rest = shape.labels
        return shape, (right, likely, rest[0] if rest else "")
    if shape.kind is ShapeKind.NUMBER:
        return Shape(kind=ShapeKind.NUMBER), ("1", "2", "3%d")
    return Shape(kind=ShapeKind.TEXT), ("right", "likely", "other %d")


def _answered(
    state: tuple[int, int, int], people: int, each: tuple[float, float, float]
) -> dict[tuple[int, int, int], float]:
    """Return to what so many more answers lead, with the chance of each (multinomial)."""
    found = {}
    for right in range(people + 1):
        for likely in range(people - right + 1):
            counts = (right, likely, people - right - likely)
            ways = math.factorial(people) / math.prod(math.factorial(count) for count in counts)
            chance = ways * math.prod(share**count for share, count in zip(each, counts, strict=True))
            if chance > _NEGLIGIBLE:
                found[state[0] + counts[0], state[1] + counts[1], state[2] + counts[2]] = chance
    return found


def _eases(accuracy: float, difficulty: float) -> list[tuple[float, float]]:
    """Return pictures' ease in steps with their weights: a beta distribution, about whose mean two errors correlate.

    In equal steps of t, x = sin²(t). Where an end is too steep for that both are stretched: x = u^(1/a) / 2 on the
    left, 1 - x = u^(1/b) / 2 on the right.
    """
    if difficulty < _LEAST_DIFFICULTY:
        return [(accuracy, 1.0)]
    sharp = (1 - difficulty) / difficulty
    a, b = accuracy * sharp, (1 - accuracy) * sharp
    if min(a, b) >= _SMOOTH:
        angles = [(step + 0.5) / _STEPS * math.pi / 4 for step in range(2 * _STEPS)]
        return _even([(math.sin(t) ** 2, math.sin(t) ** (2 * a - 1) * math.cos(t) ** (2 * b - 1)) for t in angles])
    steps = [(step + 0.5) / _STEPS for step in range(_STEPS)]
    hard = [(x, 0.5**a / a * (1 - x) ** (b - 1)) for x in (step ** (1 / a) / 2 for step in steps)]
    easy = [(1 - y, 0.5**b / b * (1 - y) ** (a - 1)) for y in (step ** (1 / b) / 2 for step in steps)]
    return _even([*hard, *easy])


def _even(weighed: list[tuple[float, float]]) -> list[tuple[float, float]]:
    total = math.fsum(weight for _, weight in weighed)
    return [(x, weight / total) for x, weight in weighed]


def _share_band(shares: list[float], of: float) -> ExpectedBand:
    inside = [min(max(share, 0.0), 1.0) for share in shares]
    swing = _TWO_SIDED_95 * math.sqrt(inside[0] * (1 - inside[0]) / of)
    return _band(inside, swing, 0.0, 1.0)


def _band(values: list[float], swing: float, least: float, most: float) -> ExpectedBand:
    """Return the first value, with what the others and luck may make of it (both as they add up, root of squares)."""
    below, above = values[0] - min(values), max(values) - values[0]
    low, high = values[0] - math.hypot(below, swing), values[0] + math.hypot(above, swing)
    return ExpectedBand(min(max(values[0], least), most), max(low, least), min(high, most))


def _times(band: ExpectedBand, factor: float) -> ExpectedBand:
    return ExpectedBand(band.expected * factor, band.low * factor, band.high * factor)
