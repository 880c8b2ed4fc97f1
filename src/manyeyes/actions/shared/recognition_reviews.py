"""What a verdict on a recogniser's result changes, and what is taken back when the verdict turns out wrong."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg

from manyeyes.recognitions import reviews, store
from manyeyes.recognitions.counters import DayChange, QuarterChange, TimeChange, quarter
from manyeyes.recognitions.duration_histograms import Measure, bucket
from manyeyes.recognitions.reviews import Closing, Review
from manyeyes.recognitions.rules import ReviewState, is_overturned


async def end_reviews(tx: asyncpg.Connection, now: datetime, cell: int, closings: Sequence[Closing]) -> None:
    """Write how reviews end, in the transaction that ends their tasks; all counts are those of the result's instant.

    Their work rows are deleted in it, so each ends once. Tasks that ask about no result are passed over.
    """
    if not closings:
        return
    # 1. Load: the reviews of these tasks, locked.
    found = await reviews.lock_reviews(tx, cell, [c.task_id for c in closings])
    ending = [(found[c.task_id], c) for c in closings if c.task_id in found]
    if not ending:
        return
    # 2. Save: how they end, and what that adds to the counts.
    await reviews.close_reviews(tx, now, cell, [closing for _, closing in ending])
    decided = [(review, c.verdict) for review, c in ending if c.verdict is not None]
    undecided = [review for review, c in ending if c.state is ReviewState.UNDECIDED]
    await store.add_days(tx, cell, [_of_day(review, verdict) for review, verdict in decided])
    quarters = [_of_quarter(review, verdict) for review, verdict in decided]
    await store.add_quarters(tx, cell, [*quarters, *(_without_verdict(review) for review in undecided)])
    await store.add_times(tx, cell, [_of_time(review, now) for review, _ in decided])


async def refute_reviews(tx: asyncpg.Connection, cell: int, task_ids: Iterable[int]) -> None:
    """Take back what verdicts count for that reviewers found wrong: they end as if nobody had decided them.

    How long they took stays counted: somebody did look. A verdict is refuted once.
    """
    found = await reviews.lock_reviews(tx, cell, sorted(task_ids))
    wrong = [(r, r.verdict) for r in found.values() if r.verdict is not None and not r.refuted]
    if not wrong:
        return
    await reviews.refute(tx, cell, [review.task_id for review, _ in wrong])
    await store.add_days(tx, cell, [_of_day(review, verdict, -1) for review, verdict in wrong])
    quarters = [_of_quarter(review, verdict, -1) for review, verdict in wrong]
    await store.add_quarters(tx, cell, [*quarters, *(_without_verdict(review) for review, _ in wrong)])


def _of_day(review: Review, verdict: int, sign: int = 1) -> DayChange:
    overturned = sign * is_overturned(review.label, review.rate, verdict)
    return DayChange(
        recognition_id=review.recognition_id, day=review.day, label=review.label, reviewed=sign, overturned=overturned
    )


def _of_quarter(review: Review, verdict: int, sign: int = 1) -> QuarterChange:
    overturned = sign * is_overturned(review.label, review.rate, verdict)
    at = quarter(review.asked_at)
    return QuarterChange(recognition_id=review.recognition_id, quarter=at, reviewed=sign, overturned=overturned)


def _without_verdict(review: Review) -> QuarterChange:
    return QuarterChange(recognition_id=review.recognition_id, quarter=quarter(review.asked_at), undecided=1)


def _of_time(review: Review, now: datetime) -> TimeChange:
    milliseconds = (now - review.asked_at).total_seconds() * 1_000
    return TimeChange(review.recognition_id, quarter(review.asked_at), Measure.VERDICT, bucket(milliseconds))
