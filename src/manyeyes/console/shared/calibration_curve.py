"""Where the curve of a calibration stands: what each threshold would mean, in the units of the drawing's viewBox."""

import math
from collections.abc import Callable, Sequence

import msgspec

from manyeyes.console.shared.charts import ScaleLine, neighbours
from manyeyes.recognitions.calibration import CalibrationPoint

WIDTH, HEIGHT = 960.0, 300.0
LEFT, TOP, RIGHT, BOTTOM = 72.0, 24.0, 16.0, 26.0
TARGETS_HIGH = 4.0  # how many targets high the drawing is: what matters is near the target
WIDE = 0.65  # from here on up thresholds are marked every 0.05, below it every 0.1
ROUNDING = 1e-6
MOST_POINTS = 400  # more lie on each other


class Dot(msgspec.Struct, frozen=True):
    """One threshold. ``title`` is read out and shown on hover."""

    x: float
    y: float
    is_proven: bool
    title: str


class Mark(msgspec.Struct, frozen=True):
    """A place on the scale of thresholds with what is written there."""

    x: float
    label: str


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """``bound`` and ``seen`` are points of polylines; ``now`` and ``proposed`` None where they are not on the scale."""

    bound: str
    seen: str
    dots: list[Dot]
    target_y: float
    lines: list[ScaleLine]
    ticks: list[Mark]
    now: float | None
    proposed: float | None
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    top: float = TOP
    right: float = WIDTH - RIGHT
    base: float = HEIGHT - BOTTOM


class CurveWords(msgspec.Struct, frozen=True):
    """How shares, thresholds and points are written."""

    percent: Callable[[float], str]
    threshold: Callable[[float], str]
    point: Callable[[CalibrationPoint], str]


def curve(points: Sequence[CalibrationPoint], target: float, now: float, proposed: float, words: CurveWords) -> Curve:
    """Draw the points (at least one), the highest first, up to 1 and down to where nothing changes any more."""
    points = _with_room([p for i, p in enumerate(points) if i == 0 or p.verdicts > points[i - 1].verdicts])
    lowest = min([0.9, *(point.threshold for point in points), *([now] if now <= 1 else [])])
    low = math.floor(lowest * 10 + ROUNDING) / 10
    step = 0.1 if low < WIDE else 0.05
    highest = min(target * TARGETS_HIGH, 1.0)

    def x(threshold: float) -> float:
        return round(LEFT + (WIDTH - RIGHT - LEFT) * (threshold - low) / (1 - low), 2)

    def y(share: float) -> float:
        base = HEIGHT - BOTTOM
        return round(base - (base - TOP) * share / highest, 2)

    dots = [Dot(x(p.threshold), y(p.upper_bound), p.is_proven, words.point(p)) for p in points]
    return Curve(
        bound=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        seen=" ".join(f"{x(p.threshold)},{y(p.errors / p.verdicts)}" for p in points),
        dots=[dot for dot in dots if dot.y >= TOP],
        target_y=y(target),
        lines=[ScaleLine(y(share), words.percent(share)) for share in (0.0, highest / 4, highest / 2, highest)],
        ticks=[Mark(x(t), words.threshold(t)) for t in _ticks(low, step)],
        now=x(now) if low <= now <= 1 else None,
        proposed=x(proposed) if low <= proposed <= 1 else None,
    )


def _with_room(points: Sequence[CalibrationPoint]) -> list[CalibrationPoint]:
    """Return the points to draw: of several that would overlap only the worst, so that no peak is lost."""
    runs = neighbours(len(points), MOST_POINTS)
    return [max((points[i] for i in run), key=lambda point: point.upper_bound) for run in runs]


def _ticks(low: float, step: float) -> list[float]:
    return [round(low + n * step, 2) for n in range(round((1 - low) / step) + 1)]
