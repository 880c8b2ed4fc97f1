"""Which part of a spending window the minute buckets answer and which the raw rows."""

from collections.abc import Sequence
from typing import NamedTuple

from manyeyes.values.time_window import MINUTE, Window, hours

SPENDING_WINDOWS = 24  # docs/contracts/anticaptcha.md#getspendingstats: 24 windows of 3,600 s
DAY_SECONDS = 86_400


class WindowPiece(NamedTuple):
    """A part ``[first, until)`` of the window with this ``number``: in minutes since 1970, or in Unix seconds."""

    number: int
    first: int
    until: int


def spending_windows(start: int) -> list[Window]:
    """Return the 24 windows of getSpendingStats that begin at Unix second ``start``."""
    return hours(start, SPENDING_WINDOWS)


def whole_minutes(windows: Sequence[Window]) -> list[WindowPiece]:
    """Return for each window the minutes that lie wholly in it: what the buckets answer. Empty ones are left out."""
    pieces = [WindowPiece(i, -(-w.start // MINUTE), w.end // MINUTE) for i, w in enumerate(windows)]
    return [piece for piece in pieces if piece.first < piece.until]


def cut_seconds(windows: Sequence[Window]) -> list[WindowPiece]:
    """Return the seconds of each window that share a minute with something outside of it: what raw rows must answer."""
    pieces: list[WindowPiece] = []
    for i, (start, end) in enumerate(windows):
        first_whole, last_whole = -(-start // MINUTE) * MINUTE, end // MINUTE * MINUTE
        if first_whole > last_whole:  # a window inside of one minute
            pieces.append(WindowPiece(i, start, end))
        else:
            pieces += [WindowPiece(i, start, first_whole), WindowPiece(i, last_whole, end)]
    return [piece for piece in pieces if piece.first < piece.until]


def minute_of(unix_seconds: float) -> int:
    """Return the bucket of an instant: whole minutes since 1970."""
    return int(unix_seconds // MINUTE)
