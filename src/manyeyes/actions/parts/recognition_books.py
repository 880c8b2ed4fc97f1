"""Prove that what recognitions count and cost is what their results and reviews say, in the snapshot of the books."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo

import asyncpg
import msgspec

from manyeyes.apps.rules import zone
from manyeyes.recognitions import proof
from manyeyes.recognitions.counters import DayChange
from manyeyes.recognitions.proof import ResultCount, ReviewCount
from manyeyes.recognitions.rules import FAILED, QUARTER_SECONDS

Count = tuple[object, ...]  # what is counted, with whose count it is


class RecognitionBooks(msgspec.Struct, frozen=True):
    """``gaps``: by how much each count is off; ``charged``: micros by call, as the results say."""

    gaps: dict[Count, int]
    unmatched: list[tuple[int, int]]
    hollow: list[int]
    charged: dict[int, int]

    @property
    def findings(self) -> list[str]:
        """One sentence for each thing that is wrong."""
        return [
            *(f"{_name(count)} is off by {gap}" for count, gap in self.gaps.items()),
            *(f"recognition {of}: a result and the review of task {task} do not match" for of, task in self.unmatched),
            *(f"call {call_id} is kept for a re-send and has no result" for call_id in self.hollow),
        ]

    @property
    def difference(self) -> int:
        """How much is wrong; 0 when nothing is."""
        return sum(map(abs, self.gaps.values())) + len(self.unmatched) + len(self.hollow)


async def read_recognition_books(db: asyncpg.Connection, cell: int, time_zones: Mapping[int, str]) -> RecognitionBooks:
    """Compare counters with results and reviews.

    ``time_zones``: of the recognitions' apps, by recognition; one that is not there (it is newer than the reading of
    the directory) has its days summed up instead.
    """
    zones = {of: zone(name) for of, name in time_zones.items()}
    results, reviews = await proof.result_counts(db, cell), await proof.review_counts(db, cell)
    found = _of_results(results, zones) + _of_reviews(reviews, zones)
    stored = _of_days(await proof.all_days(db, cell), zones)
    for row in await proof.all_quarters(db, cell):
        of, number, *amounts = msgspec.structs.astuple(row)
        for what, amount in zip(QUARTERS, amounts, strict=True):
            stored["quarter", of, number, what] += amount
    gaps = {count: stored[count] - found[count] for count in sorted({*stored, *found}, key=str)}
    return RecognitionBooks(
        {count: gap for count, gap in gaps.items() if gap},
        await proof.unmatched_reviews(db, cell),
        await proof.hollow_calls(db, cell),
        await proof.call_charges(db, cell),
    )


QUARTERS = ("certain", "uncertain", "failed", "asked", "reviewed", "overturned", "undecided")


def _of_results(results: Iterable[ResultCount], zones: Mapping[int, tzinfo]) -> Counter[Count]:
    counts: Counter[Count] = Counter()
    for row in results:
        of, day, is_failed = row.recognition_id, _day(row, zones), row.label == FAILED
        counts["day", of, day, row.label, "total"] += row.total
        counts["day", of, day, row.label, "review"] += row.review
        counts["quarter", of, row.quarter, "certain"] += 0 if is_failed else row.total - row.review
        counts["quarter", of, row.quarter, "uncertain"] += row.review
        counts["quarter", of, row.quarter, "failed"] += row.total if is_failed else 0
        counts["quarter", of, row.quarter, "asked"] += row.asked
    return counts


def _of_reviews(reviews: Iterable[ReviewCount], zones: Mapping[int, tzinfo]) -> Counter[Count]:
    counts: Counter[Count] = Counter()
    for row in reviews:
        of, day = row.recognition_id, _day(row, zones)
        counts["day", of, day, row.label, "reviewed"] += row.reviewed
        counts["day", of, day, row.label, "overturned"] += row.overturned
        counts["quarter", of, row.quarter, "reviewed"] += row.reviewed
        counts["quarter", of, row.quarter, "overturned"] += row.overturned
        counts["quarter", of, row.quarter, "undecided"] += row.undecided
    return counts


def _of_days(days: Iterable[DayChange], zones: Mapping[int, tzinfo]) -> Counter[Count]:
    counts: Counter[Count] = Counter()
    for row in days:
        of, day = row.recognition_id, row.day if row.recognition_id in zones else None
        counts["day", of, day, row.label, "total"] += row.total
        counts["day", of, day, row.label, "review"] += row.review
        counts["day", of, day, row.label, "reviewed"] += row.reviewed
        counts["day", of, day, row.label, "overturned"] += row.overturned
    return counts


def _day(row: ResultCount | ReviewCount, zones: Mapping[int, tzinfo]) -> date | None:
    """Return the day that a quarter of an hour falls on: since 1972 all offsets from UTC are whole quarters."""
    if row.recognition_id not in zones:
        return None
    return datetime.fromtimestamp(row.quarter * QUARTER_SECONDS, UTC).astimezone(zones[row.recognition_id]).date()


def _name(count: Count) -> str:
    kind, of, when, *label, what = count
    return f"recognition {of}: {what} of {kind} {when}{f', label {label[0]}' if label else ''}"
