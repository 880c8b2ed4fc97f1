"""What people's verdicts prove of a recognition, as pages draw it."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from manyeyes.console.shared import languages
from manyeyes.console.shared.calibration_curve import Curve, curve, curve_words
from manyeyes.recognitions.calibration import NOTHING_CERTAIN, TARGET, Calibration, CalibrationPoint
from manyeyes.recognitions.rules import Recognition

TARGETS = (0.005, 0.01, 0.02, 0.05, 0.1)
ROWS = 12
POINT = languages.mark("%(threshold)s: %(share)s certain, %(errors)s of %(verdicts)s wrong, at most %(bound)s")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """``proposed`` None: nothing is proven. ``curve`` None: there is no verdict to draw. ``rows``: of the table.

    ``costs``: of a thousand pictures at most, in micros by the rows' thresholds; empty: not told.
    """

    verdicts: int
    missing: int
    proposed: CalibrationPoint | None
    is_set: bool
    curve: Curve | None
    rows: list[CalibrationPoint]
    costs: dict[float, int]


def asked_target(query: Mapping[str, str]) -> float:
    """Return the error that is aimed at, one of `TARGETS`; the usual one for anything else."""
    return next((target for target in TARGETS if query.get("target") == str(target)), TARGET)


def calibrated(
    found: Calibration,
    target: float,
    recognition: Recognition,
    language: str,
    cost: Callable[[CalibrationPoint], int] | None = None,
) -> Shown:
    """Return the proposed threshold and the curve that it was chosen from (docs/decisions/0022).

    ``cost``: what a thousand pictures cost at most at a point, in micros, where that is told.
    """
    by_threshold = {point.threshold: point for point in found.points}
    proposed = by_threshold.get(found.threshold) if found.threshold < NOTHING_CERTAIN else None
    drawn = None
    if found.points:
        drawn = curve(found.points, target, recognition.threshold, found.threshold, curve_words(language, POINT))
    rows = _rows(found.points, proposed)
    return Shown(
        verdicts=found.verdicts,
        missing=found.missing,
        proposed=proposed,
        is_set=found.threshold == recognition.threshold,
        curve=drawn,
        rows=rows,
        costs={point.threshold: cost(point) for point in rows} if cost else {},
    )


def _rows(points: Sequence[CalibrationPoint], proposed: CalibrationPoint | None) -> list[CalibrationPoint]:
    """Return every so many points, and the proposed one."""
    step = -(-len(points) // ROWS) or 1
    return [point for i, point in enumerate(points) if i % step == 0 or point is proposed]
