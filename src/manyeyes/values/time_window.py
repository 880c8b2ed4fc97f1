"""Windows are half-open spans of time ``[start, end)`` in whole Unix seconds; inclusive ends exist only on the wire."""

from typing import NamedTuple

HOUR = 3_600
MINUTE = 60


class Window(NamedTuple):
    start: int
    end: int


def hours(start: int, count: int) -> list[Window]:
    """Return ``count`` consecutive windows of 3,600 s from any second ``start``.

    See docs/contracts/anticaptcha.md#getspendingstats.
    """
    return [Window(start + i * HOUR, start + (i + 1) * HOUR) for i in range(count)]
