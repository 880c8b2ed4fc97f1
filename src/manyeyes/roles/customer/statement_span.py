"""Which time a statement is about, as an address or a command says it: a month, days or instants. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo

import msgspec

from manyeyes.apps.rules import zone as zone_named
from manyeyes.recognitions.time_spans import EARLIEST, LATEST, Grain, Span, midnight, split
from manyeyes.values.integers import whole_number
from manyeyes.values.time_window import Window

DAY = timedelta(days=1)
MOST_DAYS = 366
HOURLY = timedelta(hours=49)  # so long a span is told hour by hour: two days, one of 25 hours among them
USUAL_ZONE = "UTC"
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# A plus sign in an address arrives as a space: `2026-01-01T00:00:00+07:00` has lost it when it gets here.
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")


class StatementSpan(msgspec.Struct, frozen=True, kw_only=True):
    """``[start, end)`` in whole seconds of UTC, told in the zone ``tz``; ``month`` such as 2026-11 if it is one."""

    start: datetime
    end: datetime
    tz: str = USUAL_ZONE
    month: str = ""

    @property
    def zone(self) -> tzinfo:
        """Return the time zone."""
        return zone_named(self.tz)

    @property
    def first_day(self) -> date:
        """Return the day of the zone that it begins on."""
        return self.start.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """Return the day of the zone that it ends on."""
        return (self.end - timedelta(seconds=1)).astimezone(self.zone).date()

    @property
    def grain(self) -> Grain:
        """Return how finely it is told: by days, or by hours where it is short."""
        return Grain.HOUR if self.end - self.start <= HOURLY else Grain.DAY

    @property
    def window(self) -> Window:
        """Return it in Unix seconds."""
        return _window(Span(self.start, self.end))

    def windows(self) -> list[Window]:
        """Return its days or hours in the zone; the first and the last may be parts."""
        return [_window(piece) for piece in split(Span(self.start, self.end), self.grain, self.zone)]

    def beside(self, step: int) -> "StatementSpan":
        """Return the month after (1) or before (-1) this one; of another span one that is as long."""
        if self.month:
            first = self.first_day + 32 * DAY if step > 0 else self.first_day - DAY
            return month_span(f"{first:%Y-%m}", self.tz)
        length = self.end - self.start
        return StatementSpan(start=self.start + step * length, end=self.end + step * length, tz=self.tz)


def month_span(text: str, tz: str) -> StatementSpan:
    """Return the span of a month such as 2026-11. Raises ValueError for another text, or a zone that is none."""
    found, zone = _MONTH.fullmatch(text), zone_named(tz)
    if not found or not 1 <= int(found[2]) <= 12 or not EARLIEST.year <= int(found[1]) < LATEST.year:
        raise ValueError("month must be written like 2026-11, in the years 2000 to 2199")
    first = date(int(found[1]), int(found[2]), 1)
    following = (first + 32 * DAY).replace(day=1)
    return StatementSpan(start=midnight(first, zone), end=midnight(following, zone), tz=tz, month=text)


def read_span(asked: Mapping[str, str], now: datetime) -> StatementSpan:
    """Return the span that ``month``, or ``from`` and ``to``, name in the zone ``tz``; without any it is this month.

    ``from`` and ``to`` are instants, or dates of the zone: `to` as an instant is not included, as a date its whole day
    is. Without ``to`` it is until now. Raises ValueError saying what does not fit.
    """
    month, since, until = (asked.get(name, "").strip() for name in ("month", "from", "to"))
    tz = asked.get("tz", "").strip() or USUAL_ZONE
    zone = zone_named(tz)
    if month and (since or until):
        raise ValueError("give either month, or from and to")
    if month or not (since or until):
        return month_span(month or f"{now.astimezone(zone):%Y-%m}", tz)
    if not since:
        raise ValueError("from is missing")
    start = _instant("from", since, zone, last=False)
    end = _instant("to", until, zone, last=True) if until else _next_second(now)
    if start >= end:
        raise ValueError("from must be before to")
    span = StatementSpan(start=start, end=end, tz=tz)
    if (span.last_day - span.first_day).days >= MOST_DAYS:
        raise ValueError(f"a statement has at most {MOST_DAYS} days")
    return span


def is_zone(name: str) -> bool:
    """Tell whether it is the name of a time zone."""
    try:
        return bool(zone_named(name))
    except ValueError:
        return False


def _instant(name: str, text: str, zone: tzinfo, *, last: bool) -> datetime:
    """Return the instant that Unix seconds, an RFC 3339 text or a date name; a ``last`` date is whole."""
    try:
        unix = whole_number(text, 12)
        if unix is not None:
            found = datetime.fromtimestamp(unix, UTC)
        elif _DATE.fullmatch(text):
            found = midnight(date.fromisoformat(text) + (DAY if last else timedelta()), zone)
        else:
            read = datetime.fromisoformat(_LOST_PLUS.sub("+", text))
            found = (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"{name} must be a date, an instant such as 2026-01-31T09:30:00Z, or Unix seconds") from error
    if not EARLIEST <= found <= LATEST:
        raise ValueError(f"{name} must lie between the years 2000 and 2200")
    return found.replace(microsecond=0)


def _next_second(now: datetime) -> datetime:
    """Return the second after this one, so that what happened in this very second is still inside."""
    return now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)


def _window(span: Span) -> Window:
    return Window(int(span.start.timestamp()), int(span.end.timestamp()))
