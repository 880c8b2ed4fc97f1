"""Windows are half-open spans of time ``[start, end)`` in whole Unix seconds; inclusive ends exist only on the wire."""

from typing import NamedTuple

HOUR = 3_600
MINUTE = 60


class Window(NamedTuple):
    start: int
    end: int


def hours(start: int, count: int) -> list[Window]:
    """Return ``count`` consecutive windows of 3,600 s from any second ``start`` (seed 000: bins begin at `date`)."""
    return [Window(start + i * HOUR, start + (i + 1) * HOUR) for i in range(count)]


def split_minutes(windows: list[Window]) -> list[Window]:
    """Return the minutes ``[m, m + 60)`` that a boundary of consecutive ``windows`` cuts in two, ascending.

    Minute buckets cannot answer for these; the raw rows must. Empty when the windows begin on a minute.
    """
    boundaries = {w.start for w in windows} | {w.end for w in windows}
    cut = sorted({b - b % MINUTE for b in boundaries if b % MINUTE})
    return [Window(m, m + MINUTE) for m in cut]
