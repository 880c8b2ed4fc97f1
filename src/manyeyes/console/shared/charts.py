"""Where the bars and columns of a chart stand: pure geometry in the units of the drawing's own viewBox.

Words are given room for their largest size, a phone's (static/shared/reading_pages.css): none leaves the drawing.
"""

from collections.abc import Callable, Iterable, Sequence
from unicodedata import combining, east_asian_width

import msgspec

WIDTH, HEIGHT = 960.0, 246.0
TOP, BOTTOM = 46.0, 50.0  # a line of words above the highest mark, and one under the columns
LETTER, WIDE_LETTER = 17.0, 28.0  # a character's width in a phone's size, and that of a Chinese one
GAP = 6.0
STEPS = (1, 2, 4, 6, 8, 10)
HAIR = 1.0
WIDEST = 120.0
MOST_COLUMNS = 366  # days of a leap year; more would not be told apart, and each is several elements of the page


class Foot(msgspec.Struct, frozen=True):
    """Words under the drawing; ``anchor``: which end is at ``x``; ``is_between``: left out where room is short."""

    x: float
    label: str
    anchor: str = "middle"
    is_between: bool = False


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar; ``title`` is read out and shown on hover."""

    x: float
    y: float
    width: float
    height: float
    title: str


class ScaleLine(msgspec.Struct, frozen=True):
    """A horizontal line with its value written on it, left of what is drawn."""

    y: float
    label: str


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    bars: list[Bar]
    lines: list[ScaleLine]
    feet: list[Foot]
    left: float
    gap: float
    width: float = WIDTH
    height: float = HEIGHT
    base: float = HEIGHT - BOTTOM


def room_for(text: str) -> float:
    """Return how wide a text is at most, in units of the viewBox; marks that stand on other characters take no room."""
    return sum(WIDE_LETTER if east_asian_width(c) in "WF" else LETTER for c in text if not combining(c))


def bar_chart(
    values: Sequence[int], titles: Sequence[str], labels: Sequence[str], write: Callable[[int], str]
) -> Chart:
    """Return the bars of non-negative whole ``values`` over a scale whose values ``write`` turns into text.

    The scale ends on a round number at or above the largest value, so that no bar leaves the drawing; where all values
    are 0 it is the one line of 0. ``labels`` stand under the bars, most of them empty.
    """
    top, lines, left = _scale(max(values, default=0), write)
    base, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    pitch = (WIDTH - left) / max(len(values), 1)
    gap = min(GAP, pitch / 4)
    width = min(pitch - gap, WIDEST)
    bars = [
        Bar(
            x=round(left + i * pitch + gap / 2, 2),
            y=round(base - room * value / top, 2),
            width=round(width, 2),
            height=round(room * value / top, 2),
            title=title,
        )
        for i, (value, title) in enumerate(zip(values, titles, strict=True))
    ]
    centres = [(bar.x + bar.width / 2, label) for bar, label in zip(bars, labels, strict=True)]
    return Chart(bars=bars, lines=lines, feet=feet_at(centres, left), left=left, gap=round(gap, 2))


def feet_at(centres: Iterable[tuple[float, str]], left: float = 0.0) -> list[Foot]:
    """Return the words to write under these places; those near an edge begin or end there."""
    found: list[Foot] = []
    for x, label in centres:
        if not label:
            continue
        half = room_for(label) / 2
        between = len(found) % 2 == 1
        if x + half > WIDTH:
            found.append(Foot(WIDTH - HAIR, label, "end", between))
        elif x - half < left:
            found.append(Foot(left, label, "start", between))
        else:
            found.append(Foot(round(x, 2), label, "middle", between))
    return found


def marks_of(largest: int) -> list[int]:
    """Return the values that a scale for values up to ``largest`` has lines for; the last is at its top."""
    top = round_top(largest)
    return sorted({0, top // 2, top}) if largest else [0]


def _scale(largest: int, write: Callable[[int], str]) -> tuple[int, list[ScaleLine], float]:
    """Return the value at the top, the lines with their values, and where what is drawn begins beside these."""
    top = round_top(largest)
    base, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    lines = [ScaleLine(round(base - room * mark / top, 2), write(mark)) for mark in marks_of(largest)]
    return top, lines, scale_room([line.label for line in lines])


def scale_room(labels: Sequence[str]) -> float:
    """Return how much room the values of a scale take on its left."""
    return max(room_for(label) for label in labels) + GAP


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
    """Pieces that stand on each other, the first at the bottom; ``title`` as of a `Bar`."""

    x: float
    width: float
    parts: list[Part]
    title: str


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    columns: list[Column]
    lines: list[ScaleLine]
    feet: list[Foot]
    kinds: list[str]
    left: float
    gap: float
    width: float = WIDTH
    height: float = HEIGHT
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
    top, lines, left = _scale(max((sum(each) for each in values), default=0), write)
    pitch = (WIDTH - left) / max(len(values), 1)
    gap = min(GAP, pitch / 4)
    width = min(pitch - gap, WIDEST)
    columns = [
        Column(
            x=round(left + i * pitch + gap / 2, 2),
            width=round(width, 2),
            parts=_parts(kinds, each, (HEIGHT - BOTTOM - TOP) / top),
            title=title,
        )
        for i, (each, title) in enumerate(zip(values, titles, strict=True))
    ]
    centres = [(column.x + width / 2, label) for column, label in zip(columns, labels, strict=True)]
    feet = feet_at(centres, left)
    return Stack(columns=columns, lines=lines, feet=feet, kinds=list(kinds), left=left, gap=round(gap, 2))


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
