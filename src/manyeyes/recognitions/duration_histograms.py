"""How long things took, kept as histograms whose percentiles are right to two per cent.

The buckets are DDSketch's: their bounds grow by a constant factor, so that a bucket's value stands for all that is in
it with a bounded relative error (Masson, Rim, Lee: DDSketch, PVLDB 12(12), 2019).
"""

import enum
import math
from collections.abc import Mapping

RELATIVE_ERROR = 0.02
_GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GROWTH = math.log(_GROWTH)


class Measure(enum.IntEnum):
    """What is measured, in milliseconds."""

    LATENCY = 0  # from a call's arrival to its answer, once for each of its results
    VERDICT = 1  # from a result to what a person said about it


def bucket(ms: float) -> int:
    """Return the bucket of a duration in milliseconds; 0 holds all up to one millisecond."""
    return max(0, math.ceil(math.log(ms) / _LOG_GROWTH - 1e-9)) if ms > 1 else 0


def value(bucket: int) -> float:
    """Return the milliseconds that a bucket stands for: within two per cent of all that is in it but for bucket 0."""
    return 2 * _GROWTH**bucket / (_GROWTH + 1)


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """Return the milliseconds that ``share`` (0 to 1) of the durations do not exceed; None when there are none.

    ``counts``: how many durations lie in each bucket. The nearest rank, rounded up: of few durations too, at least
    ``share`` are as short as what is returned.
    """
    rank, below = math.ceil(share * sum(counts.values()) - 1e-9), 0
    for number in sorted(counts):
        below += counts[number]
        if below >= rank and counts[number] > 0:
            return value(number)
    return None
