"""Where the curve of a calibration stands: what each threshold would mean, in the units of the drawing's viewBox."""

import math
from collections.abc import Callable, Sequence

import msgspec

from manyeyes.console.shared.charts import (
    BOTTOM,
    WIDTH,
    Foot,
    ScaleLine,
    feet_at,
    neighbours,
    room_for,
    scale_room,
)
from manyeyes.console.shared.languages import catalogue, count, fine, mark, percent
from manyeyes.recognitions.calibration import CalibrationPoint

HEIGHT, TOP, RIGHT = 362.0, 88.0, 16.0  # above: a line of words for the marks, and the highest value
FIRST_ROW, ROW = 12.0, 38.0  # of words in their largest size
NOW, PROPOSED = mark("now"), mark("proposed")
TARGETS_HIGH = 4.0  # how many targets high the drawing is: what matters is near the target
TARGETS_NEAR = 2.0  # where no bound is as low as that, there are few verdicts: all of it is drawn
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
    """A threshold that is in force or proposed: its place, where its words stand, and which end of them is there."""

    x: float
    words: Foot
    y: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """``bound`` and ``seen`` are points of polylines; ``now`` and ``proposed`` None where they are not on the scale."""

    bound: str
    seen: str
    dots: list[Dot]
    target_y: float
    lines: list[ScaleLine]
    ticks: list[Foot]
    now: Mark | None
    proposed: Mark | None
    left: float
    top: float
    width: float = WIDTH
    height: float = HEIGHT
    right: float = WIDTH - RIGHT
    base: float = HEIGHT - BOTTOM


class CurveWords(msgspec.Struct, frozen=True):
    """How shares, thresholds and points are written; ``say`` translates what the two marks are called."""

    percent: Callable[[float], str]
    threshold: Callable[[float], str]
    point: Callable[[CalibrationPoint], str]
    say: Callable[[str], str]


def curve_words(language: str, message: str) -> CurveWords:
    """Return how a curve's figures are written; ``message`` tells of one point, by the names that are given here."""
    translate = catalogue(language).ugettext
    said = translate(message)

    def point(each: CalibrationPoint) -> str:
        return said % {
            "threshold": fine(each.threshold, language),
            "share": percent(each.certain_share, language),
            "errors": count(each.errors, language),
            "verdicts": count(each.verdicts, language),
            "bound": percent(each.upper_bound, language),
        }

    return CurveWords(
        lambda share: percent(share, language), lambda threshold: fine(threshold, language), point, translate
    )


class _Scales(msgspec.Struct, frozen=True):
    """Where thresholds from ``low`` to 1 and shares up to ``highest`` stand."""

    low: float
    highest: float
    left: float
    top: float

    def x(self, threshold: float) -> float:
        return round(self.left + (WIDTH - RIGHT - self.left) * (threshold - self.low) / (1 - self.low), 2)

    def y(self, share: float) -> float:
        base = HEIGHT - BOTTOM
        return round(base - (base - self.top) * share / self.highest, 2)

    def mark(self, threshold: float, said: str, row: float) -> Mark | None:
        if not self.low <= threshold <= 1:
            return None
        return Mark(self.x(threshold), feet_at([(self.x(threshold), said)], self.left)[0], row)


def curve(points: Sequence[CalibrationPoint], target: float, now: float, proposed: float, words: CurveWords) -> Curve:
    """Draw the points (at least one), the highest first, up to 1 and down to where nothing changes any more."""
    points = _with_room([p for i, p in enumerate(points) if i == 0 or p.verdicts > points[i - 1].verdicts])
    lowest = min([0.9, *(point.threshold for point in points), *([now] if now <= 1 else [])])
    low = math.floor(lowest * 10 + ROUNDING) / 10
    bounds = [point.upper_bound for point in points]
    highest = max(bounds) if min(bounds) > target * TARGETS_NEAR else min(target * TARGETS_HIGH, 1.0)
    shares = [(share, words.percent(share)) for share in (0.0, highest / 4, highest / 2, highest)]
    said_now, said_proposed = words.say(NOW), words.say(PROPOSED)
    scales = _Scales(low, highest, scale_room([label for _, label in shares]), TOP)
    apart = abs(scales.x(now) - scales.x(proposed))
    row = ROW if now != proposed and apart < (room_for(said_now) + room_for(said_proposed)) / 2 else 0.0
    scales = msgspec.structs.replace(scales, top=TOP + row)
    dots = [Dot(scales.x(p.threshold), scales.y(p.upper_bound), p.is_proven, words.point(p)) for p in points]
    return Curve(
        bound=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        seen=" ".join(f"{scales.x(p.threshold)},{scales.y(p.errors / p.verdicts)}" for p in points),
        dots=[dot for dot in dots if dot.y >= scales.top],
        target_y=scales.y(target),
        lines=[ScaleLine(scales.y(share), label) for share, label in shares],
        ticks=feet_at((scales.x(t), words.threshold(t)) for t in _ticks(low, 0.1 if low < WIDE else 0.05)),
        now=scales.mark(now, said_now, FIRST_ROW + row) if now != proposed else None,
        proposed=scales.mark(proposed, said_proposed, FIRST_ROW),
        left=scales.left,
        top=scales.top,
    )


def _with_room(points: Sequence[CalibrationPoint]) -> list[CalibrationPoint]:
    """Return the points to draw: of several that would overlap only the worst, so that no peak is lost."""
    runs = neighbours(len(points), MOST_POINTS)
    return [max((points[i] for i in run), key=lambda point: point.upper_bound) for run in runs]


def _ticks(low: float, step: float) -> list[float]:
    return [round(low + n * step, 2) for n in range(round((1 - low) / step) + 1)]
