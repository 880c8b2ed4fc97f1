"""Where a cell's counts and charges differ from its results and reviews: compared row by row, in SQL.

Only differences come out, so that a proof over millions of results costs the process that asks nothing but waiting.
"""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.rows import read
from manyeyes.recognitions.counters import QuarterChange
from manyeyes.recognitions.duration_histograms import Measure
from manyeyes.recognitions.store import SQL


class RecordedSpan(msgspec.Struct, frozen=True):
    """From when to when a recognition has results, or from which day to which it has counts."""

    recognition_id: int
    first: datetime | None
    last: datetime | None
    first_day: date | None
    last_day: date | None


class DayGap(msgspec.Struct, frozen=True, kw_only=True):
    """By how much the counts of a day and label are off. ``n``: which of the given days, from 1; None: all of them."""

    recognition_id: int
    n: int | None
    label: int
    total: int
    review: int
    reviewed: int
    overturned: int


class TimeGap(msgspec.Struct, frozen=True):
    """By how many durations too many a quarter's histogram has."""

    recognition_id: int
    quarter: int
    measure: Measure
    times: int


async def spans(db: asyncpg.Connection, cell: int, since: datetime) -> list[RecordedSpan]:
    """Return from when to when each recognition has results since an instant, and from which day to which counts."""
    return read(RecordedSpan, await db.fetch(SQL.spans, cell, since, timeout=PROOF_SECONDS))


async def quarter_gaps(db: asyncpg.Connection, cell: int, since: datetime) -> list[QuarterChange]:
    """Return by how much counts by quarter of an hour since an instant are off."""
    return read(QuarterChange, await db.fetch(SQL.quarter_gaps, cell, since, timeout=PROOF_SECONDS))


async def time_gaps(db: asyncpg.Connection, cell: int, since: datetime) -> list[TimeGap]:
    """Return by how much the histograms of durations since an instant are off."""
    return read(TimeGap, await db.fetch(SQL.time_gaps, cell, since, timeout=PROOF_SECONDS))


async def day_gaps(
    db: asyncpg.Connection,
    cell: int,
    recognition_ids: Sequence[int],
    starts: Sequence[datetime],
    first: date,
    begin: datetime,
) -> list[DayGap]:
    """Return by how much counts by day are off; ``starts``: of the days from ``first`` on, without any gap.

    ``begin``: from when on is counted, the first day's begin. Without ``starts`` the days are not told apart.
    """
    rows = await db.fetch(SQL.day_gaps, cell, recognition_ids, starts, first, begin, timeout=PROOF_SECONDS)
    return read(DayGap, rows)


async def unmatched_reviews(db: asyncpg.Connection, cell: int, since: datetime) -> list[tuple[int, int]]:
    """Return (recognition, task) of what people are asked without a result that says so, and the other way round."""
    return [tuple(row) for row in await db.fetch(SQL.unmatched_reviews, cell, since, timeout=PROOF_SECONDS)]


async def charge_gaps(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return the calls whose results say another charge than the ledger, and how much more, in micros."""
    return dict(await db.fetch(SQL.charge_gaps, cell, since, timeout=PROOF_SECONDS))


async def hollow_calls(db: asyncpg.Connection, cell: int) -> list[int]:
    """Return the calls that are kept for re-sends and have no result."""
    return [row["call_id"] for row in await db.fetch(SQL.hollow_calls, cell, timeout=PROOF_SECONDS)]
