"""Prove that what recognitions count and cost is what their results and reviews say, in the snapshot of the books."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
import msgspec

from manyeyes.apps.rules import zone
from manyeyes.ledger.seals.rules import BEGINNING
from manyeyes.recognitions import consistency
from manyeyes.recognitions.consistency import RecordedSpan

DAY = timedelta(days=1)
NO_DAY = date(1970, 1, 1)


class RecognitionBooks(msgspec.Struct, frozen=True):
    """``difference``: how much is wrong, counts and micros together. ``findings``: where, one sentence each."""

    difference: int
    findings: list[str]


async def read_recognition_books(
    db: asyncpg.Connection, cell: int, time_zones: Mapping[int, str], since: datetime
) -> RecognitionBooks:
    """Return where counts differ from results and reviews, and charges of calls from the ledger, since an instant.

    ``time_zones``: of the recognitions' apps, by recognition; of one that is not there (it was added after they were
    read) the days are summed up instead.
    """
    off = [
        *await _quarters(db, cell, since),
        *await _times(db, cell, since),
        *await _days(db, cell, time_zones, since),
    ]
    wrong = [
        *(
            f"recognition {of}: a result and the review of task {task_id} do not match"
            for of, task_id in await consistency.unmatched_reviews(db, cell, since)
        ),
        *(
            f"call {call_id} is kept for a re-send and has no result"
            for call_id in await consistency.hollow_calls(db, cell)
        ),
    ]
    charges = (await consistency.charge_gaps(db, cell, since)).items()
    off += [(gap, f"results and charges differ by {gap} micros at call {call_id}") for call_id, gap in charges]
    return RecognitionBooks(sum(abs(gap) for gap, _ in off) + len(wrong), [*(said for _, said in off), *wrong])


async def _quarters(db: asyncpg.Connection, cell: int, since: datetime) -> list[tuple[int, str]]:
    found = []
    for row in await consistency.quarter_gaps(db, cell, since):
        of, quarter, *_ = msgspec.structs.astuple(row)
        gaps = _gaps(row, skip=2)
        found += [(gap, f"recognition {of}: {what} of quarter {quarter} is off by {gap}") for what, gap in gaps]
    return found


async def _times(db: asyncpg.Connection, cell: int, since: datetime) -> list[tuple[int, str]]:
    found = []
    for gap in await consistency.time_gaps(db, cell, since):
        what = f"{gap.measure.name.lower()} of quarter {gap.quarter} is off by {gap.times}"
        found.append((gap.times, f"recognition {gap.recognition_id}: {what}"))
    return found


async def _days(
    db: asyncpg.Connection, cell: int, time_zones: Mapping[int, str], since: datetime
) -> list[tuple[int, str]]:
    """Look at the recognitions of each time zone together: their whole days begin at the same instants."""
    by_zone: defaultdict[str, list[RecordedSpan]] = defaultdict(list)
    for span in await consistency.spans(db, cell, since):
        by_zone[time_zones.get(span.recognition_id, "")].append(span)
    found = []
    for name, spans in sorted(by_zone.items()):
        ids = sorted({span.recognition_id for span in spans})
        days = _between(spans, since) if name else []
        starts = _starts(name, days)
        first, begin = (days[0], starts[0]) if days else (NO_DAY, BEGINNING)
        for row in await consistency.day_gaps(db, cell, ids, starts, first, begin):
            day = "all days" if row.n is None else f"day {days[0] + (row.n - 1) * DAY}"
            where = f"of {day}, label {row.label} is off by"
            found += [(g, f"recognition {row.recognition_id}: {what} {where} {g}") for what, g in _gaps(row, skip=3)]
    return found


def _between(spans: Iterable[RecordedSpan], since: datetime) -> list[date]:
    """Return all days that any of the spans can touch in any time zone and that begin after ``since``."""
    known = [day for span in spans for day in (span.first_day, span.last_day) if day]
    known += [at.astimezone(UTC).date() for span in spans for at in (span.first, span.last) if at]
    first, last = max(min(known) - DAY, since.date() + DAY), max(known) + DAY
    return [first + n * DAY for n in range((last - first).days + 1)]


def _starts(time_zone: str, days: Sequence[date]) -> list[datetime]:
    """Return the instants at which the days begin, and the last one's end."""
    if not days:
        return []
    of = zone(time_zone)
    return [datetime.combine(day, time(), of) for day in [*days, days[-1] + DAY]]


def _gaps(row: msgspec.Struct, skip: int) -> list[tuple[str, int]]:
    """Return what of a row's counts is off; its first ``skip`` fields say whose counts they are."""
    named = zip(row.__struct_fields__, msgspec.structs.astuple(row), strict=True)
    return [(what, gap) for what, gap in list(named)[skip:] if gap]
