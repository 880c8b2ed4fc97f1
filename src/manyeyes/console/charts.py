"""Where the bars of a bar chart stand: pure geometry in the units of the drawing's own viewBox."""

from collections.abc import Callable, Sequence

import msgspec

WIDTH, HEIGHT = 960.0, 180.0
LEFT, TOP, BOTTOM = 72.0, 8.0, 22.0
GAP = 6.0
STEPS = (1, 2, 4, 6, 8, 10)


class Bar(msgspec.Struct, frozen=True):
    """One bar; ``label`` stands under it and is empty for most, ``title`` is read out and shown on hover."""

    x: float
    y: float
    width: float
    height: float
    title: str
    label: str


class Line(msgspec.Struct, frozen=True):
    """A horizontal line with its value written beside it."""

    y: float
    label: str


class Chart(msgspec.Struct, frozen=True):
    bars: list[Bar]
    lines: list[Line]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    base: float = HEIGHT - BOTTOM
    gap: float = GAP


def bar_chart(
    values: Sequence[int], titles: Sequence[str], labels: Sequence[str], write: Callable[[int], str]
) -> Chart:
    """The bars of non-negative whole ``values`` over a scale that ``write`` puts into words.

    The scale ends on a round number at or above the largest value, so that no bar leaves the drawing.
    """
    top = round_top(max(values, default=0))
    base, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    pitch = (WIDTH - LEFT) / max(len(values), 1)
    bars = [
        Bar(
            x=round(LEFT + i * pitch + GAP / 2, 2),
            y=round(base - room * value / top, 2),
            width=round(pitch - GAP, 2),
            height=round(room * value / top, 2),
            title=title,
            label=label,
        )
        for i, (value, title, label) in enumerate(zip(values, titles, labels, strict=True))
    ]
    marks = sorted({0, top // 2, top})
    return Chart(bars, [Line(round(base - room * mark / top, 2), write(mark)) for mark in marks])


def round_top(largest: int) -> int:
    """The smallest of 2, 4, 6, 8 and 10 times a power of ten that is even and not below ``largest``."""
    power = 1
    while True:
        for step in STEPS:
            top = step * power
            if top >= max(largest, 2) and top % 2 == 0:
                return top
        power *= 10
