"""All that a cell's results and reviews come to, read row by row, and what is stored of them: to be compared."""

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.recognitions.counters import DayChange, QuarterChange
from manyeyes.recognitions.store import SQL


class ResultCount(msgspec.Struct, frozen=True):
    """Results of one recognition, quarter of an hour (Unix time / 900) and label."""

    recognition_id: int
    quarter: int
    label: int
    total: int
    review: int
    asked: int


class ReviewCount(msgspec.Struct, frozen=True):
    """What people said about results of one recognition, quarter of an hour and label.

    A refuted verdict is none: it counts as undecided.
    """

    recognition_id: int
    quarter: int
    label: int
    reviewed: int
    overturned: int
    undecided: int


async def result_counts(db: asyncpg.Connection, cell: int) -> list[ResultCount]:
    return [ResultCount(*row) for row in await db.fetch(SQL.result_counts, cell, timeout=PROOF_SECONDS)]


async def review_counts(db: asyncpg.Connection, cell: int) -> list[ReviewCount]:
    return [ReviewCount(*row) for row in await db.fetch(SQL.review_counts, cell, timeout=PROOF_SECONDS)]


async def all_days(db: asyncpg.Connection, cell: int) -> list[DayChange]:
    return [DayChange(*row) for row in await db.fetch(SQL.all_days, cell, timeout=PROOF_SECONDS)]


async def all_quarters(db: asyncpg.Connection, cell: int) -> list[QuarterChange]:
    return [QuarterChange(*row) for row in await db.fetch(SQL.all_quarters, cell, timeout=PROOF_SECONDS)]


async def unmatched_reviews(db: asyncpg.Connection, cell: int) -> list[tuple[int, int]]:
    """Return (recognition, task) of what people are asked without a result that says so, and the other way round."""
    return [tuple(row) for row in await db.fetch(SQL.unmatched_reviews, cell, timeout=PROOF_SECONDS)]  # type: ignore[misc]


async def call_charges(db: asyncpg.Connection, cell: int) -> dict[int, int]:
    """Return what the results of each call that cost something were charged, in micros."""
    return dict(await db.fetch(SQL.call_charges, cell, timeout=PROOF_SECONDS))


async def hollow_calls(db: asyncpg.Connection, cell: int) -> list[int]:
    """Return the calls that are kept for re-sends and have no result."""
    return [row["call_id"] for row in await db.fetch(SQL.hollow_calls, cell, timeout=PROOF_SECONDS)]
