"""Does a calibrated threshold keep its promise? The shipping calibration on recognisers whose true error is known."""

import bisect
import math
import random
from collections.abc import Callable, Sequence
from itertools import accumulate
from statistics import fmean

import msgspec

from manyeyes.recognitions.calibration import (
    CANDIDATES,
    CONFIDENCE,
    NOTHING_CERTAIN,
    TARGET,
    ReviewVerdict,
    lowest_proven,
    representative,
)
from manyeyes.values.binomial_bounds import tail

PLACES = 400  # rates that a recogniser can give
ASKED = (300, 1_000, 3_000)  # how many verdicts there are, one of these by lot


class SimulatedRecogniser(msgspec.Struct, frozen=True):
    """How often it gives each of its ``rates`` (ascending), and how often it is wrong there."""

    kind: str
    rates: tuple[float, ...]
    weights: tuple[float, ...]
    errors: tuple[float, ...]

    def beyond(self, threshold: float) -> tuple[float, float]:
        """Return the share of results that are certain at a threshold, and the true error among them (0 of none)."""
        first = bisect.bisect_left(self.rates, threshold)
        mass = math.fsum(self.weights[first:])
        wrong = math.fsum(w * e for w, e in zip(self.weights[first:], self.errors[first:], strict=True))
        return mass / math.fsum(self.weights), wrong / mass if mass else 0.0


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One calibration: what it chose, and the true ``error`` and ``certain_share`` there.

    ``kept``: verdicts that made up the random sample. ``best_share``: of the lowest threshold that keeps the target,
    which only who knows the true errors can choose. ``hasty_error``: the true error where every candidate is tested
    as if it were the only one.
    """

    kind: str
    kept: int
    threshold: float
    error: float
    certain_share: float
    best_share: float
    hasty_error: float


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How often the promise was broken for one kind of recogniser, and what share of its results became certain."""

    kind: str
    trials: int
    broken: float
    hasty_broken: float
    proven: float
    certain_share: float
    best_share: float


def study(trials: int, target: float = TARGET, confidence: float = CONFIDENCE) -> list[Trial]:
    """Return so many calibrations, every kind of recogniser as often; the same ones each time."""
    return [trial(seed, target, confidence) for seed in range(trials)]


def summed(trials: Sequence[Trial], target: float = TARGET) -> list[Kept]:
    """Return one line per kind, in the order of `KINDS`."""
    return [
        _summed(kind, [t for t in trials if t.kind == kind], target) for kind in dict.fromkeys(t.kind for t in trials)
    ]


def _summed(kind: str, trials: Sequence[Trial], target: float) -> Kept:
    return Kept(
        kind=kind,
        trials=len(trials),
        broken=fmean(t.error > target for t in trials),
        hasty_broken=fmean(t.hasty_error > target for t in trials),
        proven=fmean(t.threshold < NOTHING_CERTAIN for t in trials),
        certain_share=fmean(t.certain_share for t in trials),
        best_share=fmean(t.best_share for t in trials),
    )


def trial(seed: int, target: float = TARGET, confidence: float = CONFIDENCE) -> Trial:
    """Draw a recogniser, the circumstances and the verdicts, calibrate, and look up the truth."""
    chance = random.Random(f"calibration {seed}")
    recogniser = KINDS[seed % len(KINDS)](chance, target)
    verdicts = _verdicts(recogniser, chance, chance.choice(ASKED))
    chosen = lowest_proven(verdicts, target, confidence)
    share, error = recogniser.beyond(chosen)
    fitting = [s for s, e in map(recogniser.beyond, CANDIDATES) if e <= target]
    kept = representative(verdicts)
    hasty = recogniser.beyond(_hasty(kept, target, confidence))[1]
    return Trial(
        kind=recogniser.kind,
        kept=len(kept),
        threshold=chosen,
        error=error,
        certain_share=share,
        best_share=max(fitting, default=0.0),
        hasty_error=hasty,
    )


def _hasty(kept: Sequence[ReviewVerdict], target: float, confidence: float) -> float:
    """Return the lowest threshold whose own bound keeps the target: right for one, not for the best of many."""
    found, seen, errors = NOTHING_CERTAIN, 0, 0
    for threshold in CANDIDATES:
        while seen < len(kept) and kept[seen].rate >= threshold:
            errors += kept[seen].is_wrong
            seen += 1
        if seen and tail(errors, seen, target) <= 1 - confidence:
            found = threshold
    return found


def _verdicts(recogniser: SimulatedRecogniser, chance: random.Random, asked: int) -> list[ReviewVerdict]:
    """Draw what people said under one or two regimes: nothing certain yet, or a threshold with a share sampled."""
    regimes = [
        (NOTHING_CERTAIN, 0.02) if chance.random() < 0.3 else (chance.uniform(0.5, 0.99), chance.choice((0.05, 0.3)))
        for _ in range(chance.choice((1, 2)))
    ]
    found: list[ReviewVerdict] = []
    for threshold, share in regimes:
        chances = [
            w * (share if r >= threshold else 1) for r, w in zip(recogniser.rates, recogniser.weights, strict=True)
        ]
        places = chance.choices(range(PLACES), cum_weights=list(accumulate(chances)), k=asked // len(regimes))
        for place in places:
            rate, is_wrong = recogniser.rates[place], chance.random() < recogniser.errors[place]
            task_id = chance.getrandbits(60)
            found.append(
                ReviewVerdict(
                    task_id=task_id,
                    rate=rate,
                    is_wrong=is_wrong,
                    threshold=threshold,
                    sample_share=share,
                    sampled=rate >= threshold,
                )
            )
    return found


def _smooth(chance: random.Random, target: float) -> SimulatedRecogniser:
    """Make one whose error falls as the rate rises: a logistic curve of any steepness and height."""
    steep, middle, top = chance.uniform(4, 25), chance.uniform(0.1, 0.8), chance.uniform(0, 1.2) * target
    return _make("errors fall", chance, lambda r: top + (0.7 - top) / (1 + math.exp(steep * (r - middle))))


def _flat(chance: random.Random, target: float) -> SimulatedRecogniser:
    """Make one whose rate says nothing and whose error is slightly above the target everywhere: no choice is right."""
    return _make("just above the target everywhere", chance, lambda r: 1.02 * target)


def _cliff(chance: random.Random, target: float) -> SimulatedRecogniser:
    """Make one that is well below the target down to some rate, and far above it below that rate."""
    edge, above = chance.uniform(0.3, 0.95), chance.uniform(0, 0.7) * target
    return _make("a cliff", chance, lambda r: above if r >= edge else 0.5)


def _conceited(chance: random.Random, target: float) -> SimulatedRecogniser:
    """Make one that is wrong most often where its rate is highest: no order of errors by rate holds."""
    height, edge = chance.uniform(1, 8) * target, chance.uniform(0.95, 0.995)
    return _make("surest where it is wrong", chance, lambda r: height if r >= edge else chance.uniform(0, 1.5) * target)


def _coarse(chance: random.Random, target: float) -> SimulatedRecogniser:
    """Make one with only a few different rates, and many results at exactly 1."""
    levels = [*sorted(round(chance.uniform(0.3, 1), 2) for _ in range(4)), 1.0]
    drawn = sorted(chance.choice(levels) for _ in range(PLACES))
    base = chance.uniform(0, 1.1) * target
    return SimulatedRecogniser(
        "few rates", tuple(drawn), (1.0,) * PLACES, tuple(min(1.0, base + (1 - r) * 0.3) for r in drawn)
    )


def _make(kind: str, chance: random.Random, error: Callable[[float], float]) -> SimulatedRecogniser:
    """Spread the rates as a trained classifier does: many near 1, or evenly."""
    crowding = chance.choice((1.0, 3.0, 12.0))
    rates = tuple(((n + 0.5) / PLACES) ** (1 / crowding) for n in range(PLACES))
    return SimulatedRecogniser(kind, rates, (1.0,) * PLACES, tuple(error(rate) for rate in rates))


KINDS: Sequence[Callable[[random.Random, float], SimulatedRecogniser]] = (_smooth, _flat, _cliff, _conceited, _coarse)
