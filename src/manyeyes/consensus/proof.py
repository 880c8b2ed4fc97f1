"""From which score on results keep a promise: Learn then Test with Clopper and Pearson's bound (docs/decisions/0056).

The statement: *of the results that this rule accepts from this threshold on, at most the target is wrong*; it is made
falsely in at most 5 of 100 provings. Nothing is assumed of the scores, only of the audits:

* the rule (who is asked how often, and what makes the score) was fixed before the audited answers came in,
* results were drawn for audit by lot, each with the same chance, and each is a draw of its own,
* the auditor's word is the truth,
* the thresholds and their order were fixed without a look at what was right (`thresholds`).

Every threshold is a hypothesis, "more than the target is wrong from here on", which the binomial tail rejects exactly.
They are tested from the strictest down, each at the whole level, until one stands: the first true one ends it, so that
at most 5 % of provings reject any (A. Angelopoulos, S. Bates, E. Candès, M. Jordan, L. Lei: Learn then Test, 2021,
fixed sequence testing). **It is one look.** Who tests the same audits again each day, and keeps the best, chooses luck:
a new proving counts audits that no proving has counted yet. What may be looked at daily is `always_valid`.

It is a statement of the rate: of a hundred accepted results one more or less may be wrong by luck. Where it is to hold
for certain results that are there already, they are ``promised``, and the test is that of a lot drawn without putting
back; it takes more audits where these are not few beside the results, and next to none more where they are.
"""

import bisect
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, pairwise

import msgspec

from manyeyes.consensus.rules import Proof
from manyeyes.values.binomial_bounds import drawn_tail, lower_bound, tail, upper_bound

CONFIDENCE = 0.95
ASKED_ALL = 2.0  # above every score: nobody stopped asking because the score was high enough
_LIKELY = 0.8  # so often the planned number of audits must suffice
_GROWTH = 1.03  # each number that a plan may have is so much larger than the one before
_MOST_PLANNED = 200_000  # audits; more than anybody makes of one question
_THRESHOLDS = 20
_SCALE = 1e9  # scores differ behind it where the same terms were added in another order


class Stop(msgspec.Struct, frozen=True):
    """A result as it would have been had asking ended here: its ``score``, and whether the auditor found it wrong."""

    score: float
    is_wrong: bool


class Audited(msgspec.Struct, frozen=True):
    """A result that was drawn by lot, after each of its answers. It is accepted at the first stop with enough score.

    ``until``: asking went on to this score, or to the cap; what a stricter threshold would have made of it is unknown,
    and it does not count there. A rule that stops by something else than the threshold has one stop and `ASKED_ALL`.
    """

    stops: tuple[Stop, ...]
    until: float = ASKED_ALL

    def accepted(self, threshold: float) -> Stop | None:
        """Return what is accepted with a threshold; None when nothing is, or when asking ended before it would be."""
        if threshold > self.until:
            return None
        return next((stop for stop in self.stops if stop.score >= threshold), None)


class ProofPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What audits say of a ``threshold``: of ``known`` audits it accepts ``accepted``, of which ``wrong`` are wrong.

    ``is_proven``: this one's test stands at the ``confidence``, and those of all stricter ones.
    """

    threshold: float
    known: int
    accepted: int
    wrong: int
    confidence: float
    is_proven: bool

    @property
    def most_wrong(self) -> float:
        """Return the share that may be wrong at the most, with the confidence for this one threshold alone."""
        return upper_bound(self.wrong, self.accepted, self.confidence)


class Proving(msgspec.Struct, frozen=True):
    """``points``: the strictest first. ``missing``: how many more audits are needed, as `audits_needed` plans them.

    ``missing`` is 0 when something is proven, None when it is refused or no number would do.
    """

    proof: Proof
    points: tuple[ProofPoint, ...]
    missing: int | None


def prove(
    audited: Sequence[Audited],
    candidates: Sequence[float],
    target: float,
    confidence: float = CONFIDENCE,
    promised: Sequence[float] = (),
) -> Proving:
    """Return the lowest of ``candidates`` (the strictest first; see `thresholds`) that ``audited`` prove.

    ``promised``: the highest scores of the results that are not audited, if the promise is to hold for just these too.
    Where nothing is proven it is refused, which is to say people do not know these, when the audits refute the score
    that accepts until then (`is_refuted`); a later proving may lift that. Without audits nothing is proven and nothing
    refused. Raises ValueError for a target outside [0, 1], a confidence outside (0, 1), and candidates that are not in
    falling order.
    """
    _check(target, confidence)
    if any(later >= earlier for earlier, later in pairwise(candidates)):
        raise ValueError("thresholds are tested from the strictest down")
    points = tuple(_points(audited, candidates, target, confidence, sorted(promised)))
    proven = [point.threshold for point in points if point.is_proven]
    if proven:
        return Proving(Proof(threshold=proven[-1]), points, 0)
    if is_refuted(audited, target, confidence):
        return Proving(Proof(is_refused=True), points, None)
    return Proving(Proof(), points, _missing(points, target, confidence))


def unproven_score(target: float) -> float:
    """Return the score that accepts a result while nothing is proven: what would do if scores were what they claim."""
    return 1 - target


def is_refuted(audited: Sequence[Audited], target: float, confidence: float = CONFIDENCE) -> bool:
    """Tell whether more than ``target`` is wrong of what the score accepts that needs no proof, by the lower bound.

    The score is fixed by the target alone, so the audits have no part in what they are asked about. What they refute
    must not go on being accepted, though a stricter score might keep the promise and only too few audits reach it.
    """
    ((_, accepted, wrong),) = _counted(audited, [unproven_score(target)])
    return accepted > 0 and lower_bound(wrong, accepted, confidence) > target


def thresholds(
    scores: Iterable[float], audits: int, target: float, confidence: float = CONFIDENCE
) -> tuple[float, ...]:
    """Return up to twenty thresholds, the strictest first, for `prove` with so many ``audits``.

    ``scores``: the highest that each of many results reached; *not* of those that are audited, so that the order of the
    tests depends on nothing they say. The first threshold is one that as many of the audits reach as prove the target
    where half of it is wrong; where that is more than half of them, a quarter; all, if there are fewer. The last is one
    that all reach, and between them as many results come on at each. Raises ValueError as `prove` does.
    """
    _check(target, confidence)
    ranked = sorted(scores, reverse=True)
    if not ranked or not audits:
        return ()
    half, quarter = (_planned(target, target * wrong, confidence) or audits for wrong in (1 / 2, 1 / 4))
    first = min(1.0, (half if half <= audits / 2 else quarter) / audits)
    shares = [first + (1 - first) * step / (_THRESHOLDS - 1) for step in range(_THRESHOLDS)]
    places = (min(math.ceil(share * len(ranked)), len(ranked)) - 1 for share in shares)
    return tuple(sorted({_floored(ranked[place]) for place in places}, reverse=True))


def audits_needed(target: float, audited: int = 0, wrong: int = 0, confidence: float = CONFIDENCE) -> int | None:
    """Return how many more audits prove ``target`` with a chance of 80 %, after ``wrong`` of ``audited`` were wrong.

    A plan needs a guess of what is wrong in truth. Without audits it is half the target: 1 % takes 1,952 audits, 2 %
    980, 5 % 393, 10 % 179 (in steps of 3 %). Later it is what was found, put together with such a plan's audits as if
    half the target were wrong in them, and never less than that half. 0 when it is proven now; None when the guess is
    not below the target or more than 200,000 would be needed. It promises nothing: the proof is `prove`'s. Raises
    ValueError as `prove` does.
    """
    _check(target, confidence)
    if audited and _stands(wrong, audited, target, confidence):
        return 0
    first = _planned(target, target / 2, confidence)
    if first is None:
        return None
    guess = max(target / 2, (wrong + first * target / 2) / (audited + first))
    planned = _planned(target, guess, confidence, audited, wrong)
    return planned - audited if planned else None


def _planned(target: float, guess: float, confidence: float, audited: int = 0, wrong: int = 0) -> int | None:
    """Return how many audits in all are likely to prove the target if the share ``guess`` is wrong; None: too many."""
    size = 1
    while target and guess < target and size <= _MOST_PLANNED:
        if size > audited:
            allowed = _allowed(size, target, confidence)
            if allowed >= wrong and tail(allowed - wrong, size - audited, guess) >= _LIKELY:
                return size
        size = math.ceil(size * _GROWTH)
    return None


def _allowed(audited: int, target: float, confidence: float) -> int:
    """Return how many of so many audits may be wrong where the target is proven; -1 where none may."""
    return bisect.bisect_right(range(audited), 1 - confidence, key=lambda wrong: tail(wrong, audited, target)) - 1


def _points(
    audited: Sequence[Audited],
    candidates: Sequence[float],
    target: float,
    confidence: float,
    promised: Sequence[float],
) -> Iterator[ProofPoint]:
    is_going = True
    for threshold, (known, accepted, wrong) in zip(candidates, _counted(audited, candidates), strict=True):
        if not known:
            continue  # nothing was asked for that long, whatever it said
        others = len(promised) - bisect.bisect_left(promised, threshold)
        is_going = (
            is_going
            and _stands(wrong, accepted, target, confidence)
            and _stands_for(others, wrong, accepted, target, confidence)
        )
        yield ProofPoint(
            threshold=threshold,
            known=known,
            accepted=accepted,
            wrong=wrong,
            confidence=confidence,
            is_proven=is_going,
        )


def _counted(audited: Sequence[Audited], candidates: Sequence[float]) -> Iterator[tuple[int, int, int]]:
    """Yield (known, accepted, wrong) of each candidate, in one pass over the audits: each stop adds to a span of them.

    The first candidate that a score reaches is found in the falling order; from there on it reaches all.
    """
    rising = [-threshold for threshold in candidates]
    known, accepted, wrong = ([0] * (len(candidates) + 1) for _ in range(3))
    for one in audited:
        first, end = bisect.bisect_left(rising, -one.until), len(candidates)
        known[first] += 1
        for stop in one.stops:
            begin = max(bisect.bisect_left(rising, -stop.score), first)
            if begin < end:
                for counts, count in ((accepted, 1), (wrong, int(stop.is_wrong))):
                    counts[begin] += count
                    counts[end] -= count
                end = begin
    sums = zip(accumulate(known), accumulate(accepted), accumulate(wrong), strict=True)
    return islice(sums, len(candidates))


def _stands(wrong: int, audited: int, target: float, confidence: float) -> bool:
    """Tell whether so few are wrong that more than the target would hardly have let it happen."""
    return audited > 0 and (target >= 1 or tail(wrong, audited, target) <= 1 - confidence)


def _stands_for(others: int, wrong: int, audited: int, target: float, confidence: float) -> bool:
    """Tell whether so few are wrong that in ``others``, drawn by the same lot, more than the target hardly are.

    If the others had the fewest that break the promise, the lot would have dealt the audits so few in few cases.
    """
    breaking = math.floor(target * others) + 1
    if breaking > others:
        return True
    return drawn_tail(wrong, audited, wrong + breaking, audited + others) <= 1 - confidence


def _missing(points: Sequence[ProofPoint], target: float, confidence: float) -> int | None:
    """Return how many more results must be drawn, of which the strictest threshold accepts its share."""
    if not points or not points[0].accepted:
        return audits_needed(target, confidence=confidence)
    needed = audits_needed(target, points[0].accepted, points[0].wrong, confidence)
    if needed == 0:  # it stands for the rate, but not for the few that are promised
        needed = math.ceil(points[0].accepted * (_GROWTH - 1))
    return None if needed is None else math.ceil(needed * points[0].known / points[0].accepted)


def _floored(score: float) -> float:
    return math.floor(score * _SCALE) / _SCALE


def _check(target: float, confidence: float) -> None:
    if not (0 <= target <= 1 and 0 < confidence < 1):
        raise ValueError("a target is a share from 0 to 1, a confidence one between them")
