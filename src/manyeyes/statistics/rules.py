"""Which part of a spending window the minute buckets answer and which the raw rows."""

from manyeyes.window import MINUTE, Window, hours, split_minutes

SPENDING_WINDOWS = 24  # seed 000: 24 windows of 3,600 s
DAY_SECONDS = 86_400


def spending_windows(start: int) -> list[Window]:
    """Return the 24 windows of getSpendingStats that begin at Unix second ``start``."""
    return hours(start, SPENDING_WINDOWS)


def raw_minutes(windows: list[Window]) -> list[int]:
    """Return the first seconds of the minutes that only raw rows can split, ascending."""
    return [w.start for w in split_minutes(windows)]


def minute_of(unix_seconds: float) -> int:
    """Return the bucket of an instant: whole minutes since 1970."""
    return int(unix_seconds // MINUTE)
