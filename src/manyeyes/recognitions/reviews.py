"""What people are asked about results and what they said: the rows of recognition_review → frozen values."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import asyncpg
import msgspec

from manyeyes.db.rows import columns, read
from manyeyes.recognitions.calibration import MOST_VERDICTS, ReviewVerdict
from manyeyes.recognitions.rules import ReviewState
from manyeyes.recognitions.store import SQL


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A locked row: a result that a person is asked about, as it was when it was recorded.

    ``asked_at`` is the result's instant, ``day`` its day in the app's time zone. ``verdict`` is None until decided.
    """

    task_id: int
    recognition_id: int
    asked_at: datetime
    day: date
    label: int
    rate: float
    state: ReviewState
    verdict: int | None
    refuted: bool


class Closing(msgspec.Struct, frozen=True):
    """How a review ends; ``verdict`` None and ``worker_id`` 0 when it ends undecided."""

    task_id: int
    state: ReviewState
    verdict: int | None = None
    worker_id: int = 0


class DecidedReview(msgspec.Struct, frozen=True):
    """A verdict as it is told to the customer; ``name``: the picture's address or file name."""

    name: str
    label: int


async def lock_reviews(tx: asyncpg.Connection, cell: int, task_ids: Collection[int]) -> dict[int, Review]:
    """Return those of the tasks that ask about a result, by task, locked in their order."""
    rows = await tx.fetch(SQL.lock_reviews, cell, sorted(task_ids))
    return {review.task_id: review for review in read(Review, rows)}


async def close_reviews(tx: asyncpg.Connection, now: datetime, cell: int, closings: Sequence[Closing]) -> None:
    """Write how open reviews end; they are locked."""
    found = columns(closings, "task_id", "state", "verdict", "worker_id")
    await tx.execute(SQL.close_reviews, cell, now, *found)


async def refute(tx: asyncpg.Connection, cell: int, task_ids: Collection[int]) -> None:
    """Mark verdicts that turned out wrong; they are locked."""
    await tx.execute(SQL.refute_reviews, cell, sorted(task_ids))


async def decided(db: asyncpg.Connection, cell: int, task_ids: Collection[int]) -> dict[int, DecidedReview]:
    """Return those of the tasks whose answer is a verdict on a result, by task."""
    rows = await db.fetch(SQL.decided_reviews, cell, sorted(task_ids))
    return {row["task_id"]: DecidedReview(name=row["name"], label=row["verdict"]) for row in rows}


async def verdicts(
    db: asyncpg.Connection, cell: int, recognition_id: int, since: datetime, most: int = MOST_VERDICTS
) -> list[ReviewVerdict]:
    """Return what people said since an instant about a recognition's results, the newest; refuted ones left out."""
    return read(ReviewVerdict, await db.fetch(SQL.verdicts, cell, recognition_id, since, most))
