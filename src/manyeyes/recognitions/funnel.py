"""What became of results: read from counters only, never from the results themselves."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.recognitions.duration_histograms import Measure
from manyeyes.recognitions.store import SQL
from manyeyes.recognitions.time_spans import Span

Histogram = Mapping[int, int]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Results of a span of time and what became of them by now, wherever in time that was.

    certain + uncertain + failed are all results. ``asked``: a person was asked, about an uncertain one or a sample of
    the certain. ``undecided``: the asking ended without a verdict that stands.
    """

    certain: int = 0
    uncertain: int = 0
    failed: int = 0
    asked: int = 0
    reviewed: int = 0
    overturned: int = 0
    undecided: int = 0

    @property
    def results(self) -> int:
        """Return how many results there are."""
        return self.certain + self.uncertain + self.failed

    @property
    def pending(self) -> int:
        """Return how many results still wait for a person."""
        return self.asked - self.reviewed - self.undecided

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})


class Stretch(msgspec.Struct, frozen=True):
    """A span with its counts and with histograms of how long things took (duration_histograms.py)."""

    span: Span
    counts: Counts
    latency: Histogram
    verdict: Histogram


class LabelCount(msgspec.Struct, frozen=True):
    """Results of one recognition, day and label; -1 counts what failed."""

    recognition_id: int
    label: int
    total: int
    review: int


async def complete_through(db: asyncpg.Connection) -> datetime:
    """Return an instant before which every recorded result is committed: read it first, and then the figures.

    A result bears the instant at which its transaction began, so one that is older may still be on its way while an
    older transaction is open.
    """
    through: datetime = await db.fetchval(SQL.complete_through)
    return through


async def counts(db: asyncpg.Connection, cell: int, recognition_id: int, spans: Sequence[Span]) -> list[Counts]:
    """Return the counts of a recognition's results in each span."""
    edges = [span.quarters for span in spans]
    rows = await db.fetch(
        SQL.quarters, cell, recognition_id, [first for first, _ in edges], [until for _, until in edges]
    )
    by_index = {row["index"]: found for row, found in zip(rows, read(Counts, rows), strict=True)}
    return [by_index[i] for i in range(1, len(spans) + 1)]


async def stretches(db: asyncpg.Connection, cell: int, recognition_id: int, spans: Sequence[Span]) -> list[Stretch]:
    """Return what became of a recognition's results in each span. The caller sees to it that it is one snapshot."""
    edges = [span.quarters for span in spans]
    key = (cell, recognition_id, [first for first, _ in edges], [until for _, until in edges])
    counted = await counts(db, cell, recognition_id, spans)
    times: dict[tuple[int, int], dict[int, int]] = {}
    for index, measure, bucket, number in await db.fetch(SQL.times, *key):
        times.setdefault((index, measure), {})[bucket] = number
    return [
        Stretch(span, counted[i - 1], times.get((i, Measure.LATENCY), {}), times.get((i, Measure.VERDICT), {}))
        for i, span in enumerate(spans, 1)
    ]


def together(parts: Iterable[Stretch], span: Span) -> Stretch:
    """Return the sum of stretches; ``span`` is what they cover."""
    counts, latency, verdict = Counts(), Counter[int](), Counter[int]()
    for part in parts:
        counts += part.counts
        latency.update(part.latency)
        verdict.update(part.verdict)
    return Stretch(span, counts, latency, verdict)


async def day_of(db: asyncpg.Connection, cell: int, recognition_ids: Sequence[int], day: date) -> list[LabelCount]:
    """Return the counts of one day of several recognitions, by recognition and label."""
    return read(LabelCount, await db.fetch(SQL.day_of, cell, list(recognition_ids), day))
