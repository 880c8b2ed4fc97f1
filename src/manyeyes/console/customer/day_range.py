"""Whole days of a recognition's time zone, as a page's address asks for them: `?from=2026-01-01&to=2026-01-31`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

import msgspec

from manyeyes.recognitions.time_spans import DAY, EARLIEST, LATEST, Span, midnight

PRESETS = (7, 30, 90, 365)
DEFAULT_DAYS = 30
MOST_DAYS = 366


class Days(msgspec.Struct, frozen=True):
    """From ``first`` to ``last``, both included. ``fault``: why these stand in for what was asked: "" for nothing,
    "unreadable" or "long"."""

    first: date
    last: date
    fault: str = ""

    @property
    def number(self) -> int:
        """Return how many days these are."""
        return (self.last - self.first).days + 1

    @property
    def every(self) -> list[date]:
        """Return every day, the first one first."""
        return [self.first + timedelta(days=n) for n in range(self.number)]

    def span(self, zone: tzinfo) -> Span:
        """Return the days as instants: from the first midnight in ``zone`` to the one after the last day."""
        return Span(midnight(self.first, zone), midnight(self.last + DAY, zone))

    def address(self, path: str, **more: str) -> str:
        """Return ``path`` with the query that asks for these days and for ``more``."""
        kept = {name: value for name, value in more.items() if value}
        return f"{path}?{urlencode({'from': self.first.isoformat(), 'to': self.last.isoformat(), **kept})}"


def asked_days(query: Mapping[str, str], zone: tzinfo, now: datetime) -> Days:
    """Read the days from a query; the last thirty stand in for those that cannot be read or are too many."""
    today = now.astimezone(zone).date()
    default = last_days(DEFAULT_DAYS, today)
    since, until = (_day(query.get(name, "").strip()) for name in ("from", "to"))
    if not query.get("from") and not query.get("to"):
        return default
    last = until or today
    first = since or last - (DEFAULT_DAYS - 1) * DAY
    is_read = all(_day(text) for name in ("from", "to") if (text := query.get(name, "").strip()))
    if not is_read or first > last:
        return msgspec.structs.replace(default, fault="unreadable")
    found = Days(first, last)
    return found if found.number <= MOST_DAYS else msgspec.structs.replace(default, fault="long")


def last_days(number: int, today: date) -> Days:
    """Return so many days with today as the last."""
    return Days(today - (number - 1) * DAY, today)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST.date() <= found < LATEST.date() - DAY else None
