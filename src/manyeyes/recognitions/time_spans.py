"""Spans of time that a question about results names, and the hours, days or months of a time zone that they fall into.

Results are counted by quarters of an hour of Unix time: every zone's offset has been a whole number of those since
1990, so any zone's hours and days are whole quarters, days of 23 and 25 hours too.
"""

import enum
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import msgspec

from manyeyes.recognitions.counters import quarter
from manyeyes.recognitions.rules import QUARTER_SECONDS

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
DEFAULT_DAYS = 7
DAY = timedelta(days=1)
# A plus sign in an address arrives as a space: `2026-01-01T00:00:00+07:00` has lost it when it gets here.
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Grain(enum.StrEnum):
    """How finely figures are told apart."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


# The longest answers: a month by hour, a year by day, ten years by month.
MOST_SPANS = {Grain.HOUR: 31 * 24 + 1, Grain.DAY: 366, Grain.MONTH: 120}


class Span(msgspec.Struct, frozen=True):
    """Half-open, ``[start, end)``, in UTC, on quarters of an hour."""

    start: datetime
    end: datetime

    @property
    def quarters(self) -> tuple[int, int]:
        """Return the span's first quarter of an hour and the one after its last, numbered as results are counted."""
        return quarter(self.start), quarter(self.end)


def asked(query: Mapping[str, str], zone: tzinfo, now: datetime) -> Span:
    """Return the span between ``from`` and ``to``: instants or dates, a date being its midnight in ``zone``.

    Without ``to`` it ends with today, without ``from`` it has seven days. Raises ValueError saying what does not fit.
    """
    until, since = query.get("to", "").strip(), query.get("from", "").strip()
    end = instant("to", until, zone) if until else midnight(now.astimezone(zone).date() + DAY, zone)
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    start = instant("from", since, zone) if since else midnight(last - (DEFAULT_DAYS - 1) * DAY, zone)
    if start >= end:
        raise ValueError("from must be before to")
    return Span(start, end)


def instant(name: str, text: str, zone: tzinfo) -> datetime:
    """Return the instant that an ISO 8601 text or a date names; without an offset it is meant in ``zone``.

    Raises ValueError when it is none, is not on a quarter of an hour, or lies outside of 2000 to 2200.
    """
    try:
        if _DATE.fullmatch(text):
            found = midnight(date.fromisoformat(text), zone)
        else:
            read = datetime.fromisoformat(_LOST_PLUS.sub("+", text))
            found = (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be a date or an instant, such as 2026-01-31 or 2026-01-31T09:30:00Z") from error
    if not EARLIEST <= found <= LATEST:
        raise ValueError(f"{name} must lie between the years 2000 and 2200")
    if found.timestamp() % QUARTER_SECONDS:
        raise ValueError(f"{name} must be on a quarter of an hour: results are counted by quarters")
    return found


def split(span: Span, grain: Grain, zone: tzinfo) -> list[Span]:
    """Return the hours, days or months of ``zone`` that a span consists of; the first and the last may be parts.

    Raises ValueError when there are more than `MOST_SPANS`.
    """
    found = []
    for each in _pieces(span, grain, zone):
        found.append(each)
        if len(found) > MOST_SPANS[grain]:
            most = MOST_SPANS[grain]
            raise ValueError(f"at most {most} {grain}s are told at once; ask for a shorter time or a coarser grain")
    return found


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the first instant of a day in ``zone``, in UTC; where clocks jump over midnight, the jump."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _pieces(span: Span, grain: Grain, zone: tzinfo) -> Iterator[Span]:
    at = span.start
    while at < span.end:
        following = min(_following(at, grain, zone), span.end)
        yield Span(at, following)
        at = following


def _following(at: datetime, grain: Grain, zone: tzinfo) -> datetime:
    """Return the next instant at which an hour, a day or a month begins in ``zone``."""
    local = at.astimezone(zone)
    if grain is Grain.HOUR:
        return at + timedelta(seconds=3600 - local.minute * 60 - local.second)
    day = local.date() + DAY if grain is Grain.DAY else (local.date().replace(day=1) + 31 * DAY).replace(day=1)
    begins = midnight(day, zone)
    return begins if begins > at else midnight(day + DAY, zone)  # clocks that went back over midnight
