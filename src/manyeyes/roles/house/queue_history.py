"""How a queue went over hours, days or weeks: what came, how long answers took, what ran out, depth, people.

Spans begin where hours, days and weeks do in the reader's time zone.
"""

import enum
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import pairwise

import msgspec

from manyeyes.dispatch.samples import store as samples
from manyeyes.runtime.context import Context
from manyeyes.statistics import store as statistics


class Reach(enum.StrEnum):
    """How far back a history goes."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


SPANS = {Reach.HOURS: 24, Reach.DAYS: 14, Reach.WEEKS: 10}


class QueueSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A queue in a span of time. ``answered_ms``: from submission to answer, all together.

    ``waiting`` and ``present``: the most at once, of all cells together at most.
    """

    start: datetime
    end: datetime
    arrived: int
    answered: int
    answered_ms: int
    expired: int
    waiting: int
    present: int

    @property
    def mean_ms(self) -> float:
        """Return how long an answer took on average; 0 without any."""
        return self.answered_ms / self.answered if self.answered else 0.0


async def queue_history(
    context: Context, queue_id: int, reach: Reach, zone: tzinfo, now: datetime | None = None
) -> list[QueueSpan]:
    """Return the spans of a queue, the oldest first; the last one is not over yet. What was not seen is 0."""
    times = spans_of(reach, zone, now or datetime.now(UTC))
    minutes = [(int(start.timestamp()) // 60, int(end.timestamp()) // 60) for start, end in times]
    sums = [[0] * 6 for _ in times]
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            seen = await samples.sampled_spans(db, cell, queue_id, minutes)
            answered = await statistics.queue_spans(db, cell, queue_id, minutes)
        for each, (tasks, took) in zip(seen, answered, strict=True):
            found = (each.arrived, tasks, took, each.expired, each.waiting, each.present)
            sums[each.index] = [a + b for a, b in zip(sums[each.index], found, strict=True)]
    names = ("arrived", "answered", "answered_ms", "expired", "waiting", "present")
    return [
        QueueSpan(start=start, end=end, **dict(zip(names, found, strict=True)))
        for (start, end), found in zip(times, sums, strict=True)
    ]


def spans_of(reach: Reach, zone: tzinfo, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return when each span begins and ends, the oldest first; the last one holds ``now``."""
    if reach is Reach.HOURS:
        here = now.astimezone(zone)
        first = here - timedelta(minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
        starts = [(first - n * timedelta(hours=1)) for n in range(-1, SPANS[reach])]
    else:
        today = now.astimezone(zone).date()
        length = 7 if reach is Reach.WEEKS else 1
        first_day = today - timedelta(days=today.weekday() if reach is Reach.WEEKS else 0)
        days = [first_day - timedelta(days=n * length) for n in range(-1, SPANS[reach])]
        starts = [datetime.combine(day, time.min, zone) for day in days]
    edges = [start.astimezone(UTC) for start in reversed(starts)]
    return [(a.astimezone(zone), b.astimezone(zone)) for a, b in pairwise(edges)]
