"""Where the bars and columns of a chart stand: pure geometry in the units of the drawing's own viewBox."""

from collections.abc import Callable, Sequence

import msgspec

WIDTH, HEIGHT = 960.0, 180.0
LEFT, TOP, BOTTOM = 72.0, 8.0, 22.0
GAP = 6.0
STEPS = (1, 2, 4, 6, 8, 10)
HAIR = 1.0
WIDEST = 120.0
MOST_COLUMNS = 366  # days of a leap year; more would not be told apart, and each is several elements of the page


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar; ``label`` stands under it and is empty for most, ``title`` is read out and shown on hover."""

    x: float
    y: float
    width: float
    height: float
    title: str
    label: str


class ScaleLine(msgspec.Struct, frozen=True):
    """A horizontal line with its value written beside it."""

    y: float
    label: str


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    bars: list[Bar]
    lines: list[ScaleLine]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    base: float = HEIGHT - BOTTOM
    gap: float = GAP


def bar_chart(
    values: Sequence[int], titles: Sequence[str], labels: Sequence[str], write: Callable[[int], str]
) -> Chart:
    """Return the bars of non-negative whole ``values`` over a scale whose values ``write`` turns into text.

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
    return Chart(bars=bars, lines=[ScaleLine(round(base - room * mark / top, 2), write(mark)) for mark in marks])


def neighbours(number: int, most: int = MOST_COLUMNS) -> list[range]:
    """Return at most ``most`` runs, as equal in length as possible, into which ``number`` things are grouped.

    While there is room each thing has a run of its own. So a chart of 10,000 values is no larger than one of a year.
    """
    runs = min(number, most)
    return [range(number * run // runs, number * (run + 1) // runs) for run in range(runs)]


class Part(msgspec.Struct, frozen=True):
    """One kind's piece of a column; ``kind`` names its colour."""

    y: float
    height: float
    kind: str


class Column(msgspec.Struct, frozen=True):
    """Pieces that stand on each other, the first at the bottom; ``label`` and ``title`` as of a `Bar`."""

    x: float
    width: float
    parts: list[Part]
    title: str
    label: str


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    columns: list[Column]
    lines: list[ScaleLine]
    kinds: list[str]
    gap: float
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    base: float = HEIGHT - BOTTOM


def stacked_chart(
    kinds: Sequence[str],
    values: Sequence[Sequence[int]],
    titles: Sequence[str],
    labels: Sequence[str],
    write: Callable[[int], str],
) -> Stack:
    """Return columns of non-negative whole ``values``, one for each of ``kinds``, over a scale as of `bar_chart`.

    At most `MOST_COLUMNS` columns: raises ValueError for more, which `neighbours` groups. Every value above 0 gets a
    least height, so that one in a thousand can still be seen.
    """
    if len(values) > MOST_COLUMNS:
        raise ValueError(f"{len(values)} columns, where {MOST_COLUMNS} have room")
    top = round_top(max((sum(each) for each in values), default=0))
    base, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    pitch = (WIDTH - LEFT) / max(len(values), 1)
    gap = min(GAP, pitch / 4)
    columns = [
        Column(
            x=round(LEFT + i * pitch + gap / 2, 2),
            width=round(min(pitch - gap, WIDEST), 2),
            parts=_parts(kinds, each, room / top),
            title=title,
            label=label,
        )
        for i, (each, title, label) in enumerate(zip(values, titles, labels, strict=True))
    ]
    marks = sorted({0, top // 2, top})
    lines = [ScaleLine(round(base - room * mark / top, 2), write(mark)) for mark in marks]
    return Stack(columns=columns, lines=lines, kinds=list(kinds), gap=round(gap, 2))


def _parts(kinds: Sequence[str], values: Sequence[int], scale: float) -> list[Part]:
    """Return the pieces from the bottom up; least heights may lift the top above the scale's, nothing else does."""
    found, y = [], HEIGHT - BOTTOM
    for kind, value in zip(kinds, values, strict=True):
        if value:
            height = max(value * scale, HAIR)
            y -= height
            found.append(Part(round(y, 2), round(height, 2), kind))
    return found


def round_top(largest: int) -> int:
    """Return the smallest of 2, 4, 6, 8 and 10 times a power of ten that is even and not below ``largest``."""
    power = 1
    while True:
        for step in STEPS:
            top = step * power
            if top >= max(largest, 2) and top % 2 == 0:
                return top
        power *= 10
