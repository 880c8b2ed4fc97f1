"""From which rate on a recogniser is believed: the lowest threshold that verdicts prove (docs/why/certain.md).

Every candidate threshold is a hypothesis, "of what would be certain here, more than the target is wrong", tested
exactly with the binomial tail (Clopper and Pearson 1934). Many candidates are tried, so the chance to reject a true one
is kept by testing in a fixed order, from the highest down, until one stands (A. Angelopoulos, S. Bates, E. Candès,
M. Jordan, L. Lei: Learn then Test, 2021, section 2: fixed sequence testing with several starts).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from manyeyes.values.binomial_bounds import fewest_trials, tail, upper_bound

NOTHING_CERTAIN = 2.0  # a threshold that no rate reaches
TARGET, CONFIDENCE = 0.02, 0.95
DAYS = 90  # of verdicts that count on pages: recognisers, customers and what they send change
MOST_VERDICTS = 100_000  # that count, the newest: more of them prove next to nothing more
CANDIDATES = (
    *(1.0, 0.9999, 0.9998, 0.9995, 0.999, 0.998, 0.995),  # rates of trained classifiers crowd below 1
    *(percent / 100 for percent in range(99, 0, -1)),
)
_STRIDE = 4  # each start has four times the verdicts of the one before
_DRAW_BYTES = 8


class ReviewVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word on a result. ``is_wrong``: it is another label than the recogniser's, whose ``rate`` this is.

    ``sampled``: it was certain and drawn by lot. ``threshold`` and ``sample_share`` as they were when it was recorded.
    """

    task_id: int
    rate: float
    is_wrong: bool
    threshold: float
    sample_share: float
    sampled: bool


class CalibrationPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What a threshold would mean. ``certain_share`` of all results would be certain; of those ``verdicts`` are known,
    ``errors`` of them wrong, and ``upper_bound`` is the most that may be wrong, at the level it was tested at.

    ``is_proven``: it stands against the target, and so does every test before it in its sequence.
    """

    threshold: float
    certain_share: float
    verdicts: int
    errors: int
    upper_bound: float
    is_proven: bool


class Calibration(msgspec.Struct, frozen=True):
    """``threshold``: the lowest proven one, `NOTHING_CERTAIN` when none is. ``verdicts``: how many count.

    ``missing``: how many more verdicts it takes at the least, before anything can be proven.
    """

    threshold: float
    points: tuple[CalibrationPoint, ...]
    verdicts: int
    missing: int


class _Step(msgspec.Struct, frozen=True):
    """A candidate with the verdicts at or above it, the errors among them, and how its test came out."""

    threshold: float
    verdicts: int
    errors: int
    is_proven: bool


def calibrate(verdicts: Iterable[ReviewVerdict], target: float = TARGET, confidence: float = CONFIDENCE) -> Calibration:
    """Return the lowest threshold whose error among certain results is at most ``target`` with this confidence.

    Raises ValueError for a target or a confidence that is not between 0 and 1.
    """
    kept = representative(verdicts)
    points = tuple(_points(kept, target, confidence))
    proven = [point.threshold for point in points if point.is_proven]
    missing = max(0, fewest_trials(target, confidence) - len(kept))
    return Calibration(min(proven, default=NOTHING_CERTAIN), points, len(kept), missing)


def lowest_proven(verdicts: Iterable[ReviewVerdict], target: float = TARGET, confidence: float = CONFIDENCE) -> float:
    """Return the threshold of `calibrate` without the curve's bounds, which cost most of its time."""
    steps = _steps(representative(verdicts), target, confidence)
    return min((step.threshold for step in steps if step.is_proven), default=NOTHING_CERTAIN)


def representative(verdicts: Iterable[ReviewVerdict]) -> list[ReviewVerdict]:
    """Return a random sample of all results out of what people were asked, the highest rate first.

    Everything uncertain is asked, but only a share of what is certain; of the uncertain ones as large a share is kept,
    drawn by a hash of the task: now each result had the same chance to be here. While nothing could be certain,
    everything was asked, and everything is kept.
    """
    return sorted((v for v in verdicts if _is_kept(v)), key=lambda v: -v.rate)


def _is_kept(verdict: ReviewVerdict) -> bool:
    return verdict.sampled or verdict.threshold > 1 or _draw(verdict.task_id) < verdict.sample_share


def _draw(task_id: int) -> float:
    """Return a number in [0, 1) that does not depend on the verdict and is the same at every calibration."""
    digest = hashlib.blake2b(str(task_id).encode(), digest_size=_DRAW_BYTES).digest()
    return float(int.from_bytes(digest) / 2 ** (8 * _DRAW_BYTES))


def starts(verdicts: int, target: float, confidence: float) -> list[int]:
    """Return with how many verdicts each sequence of tests begins; each has an equal part of the chance to err.

    A sequence that begins with few verdicts can prove a high threshold, but one error ends it; one that begins with
    more stands several. Empty when nothing can be proven yet. Raises ValueError for a target or confidence not between
    0 and 1.
    """
    if not (0 < target < 1 and 0 < confidence < 1):
        raise ValueError("target and confidence are shares between 0 and 1")
    found: list[int] = []
    while True:
        least = fewest_trials(target, 1 - (1 - confidence) / (len(found) + 1))
        if least * _STRIDE ** len(found) > verdicts:
            return found
        found = [least * _STRIDE**nth for nth in range(len(found) + 1)]


def _points(kept: Sequence[ReviewVerdict], target: float, confidence: float) -> Iterator[CalibrationPoint]:
    level = _level(len(kept), target, confidence)
    for step in _steps(kept, target, confidence):
        bound = upper_bound(step.errors, step.verdicts, level)
        share = step.verdicts / len(kept)
        yield CalibrationPoint(
            threshold=step.threshold,
            certain_share=share,
            verdicts=step.verdicts,
            errors=step.errors,
            upper_bound=bound,
            is_proven=step.is_proven,
        )


def _steps(kept: Sequence[ReviewVerdict], target: float, confidence: float) -> Iterator[_Step]:
    """Test the candidates in their order. A sequence ends with the first that stands; a later start begins anew."""
    ahead, level = starts(len(kept), target, confidence), _level(len(kept), target, confidence)
    seen = errors = 0
    is_going = False
    for threshold in CANDIDATES:
        while seen < len(kept) and kept[seen].rate >= threshold:
            errors += kept[seen].is_wrong
            seen += 1
        if not seen:
            continue
        while ahead and seen >= ahead[0]:
            is_going = True
            ahead.pop(0)
        is_going = is_going and tail(errors, seen, target) <= 1 - level
        yield _Step(threshold, seen, errors, is_going)


def _level(verdicts: int, target: float, confidence: float) -> float:
    """Return the confidence of each single test."""
    return 1 - (1 - confidence) / max(len(starts(verdicts, target, confidence)), 1)
