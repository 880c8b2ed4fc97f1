"""Results one by one, with what people said about them: pages for reading, and a whole span for a download."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.recognitions.rules import ReviewState, is_overturned
from manyeyes.recognitions.store import SQL
from manyeyes.recognitions.time_spans import Span

# How many results a page with filters looks at: one that asks for what is rare must not read everything.
LOOKED_AT = 20_000


class ResultPlace(NamedTuple):
    """Where a result stands among a recognition's."""

    at: datetime
    result_id: int


NEWEST = ResultPlace(datetime(9999, 1, 1, tzinfo=UTC), 0)
OLDEST = ResultPlace(datetime(1970, 1, 1, tzinfo=UTC), 0)


class ResultsPage(msgspec.Struct, frozen=True):
    """At most ``limit`` results before a place, none older than ``since``."""

    limit: int
    before: ResultPlace = NEWEST
    since: ResultPlace = OLDEST


class SeenResult(msgspec.Struct, frozen=True, kw_only=True):
    """A result with what people said. ``state`` and ``verdict`` are None while there is none.

    ``task_id`` 0: nobody is asked.
    ``refuted``: reviewers confirmed a complaint about the verdict, which counts no longer.
    """

    result_id: int
    at: datetime
    name: str
    tag: str
    uid: str
    sequence_id: str
    label: int
    rate: float
    threshold: float
    review: bool
    fault: str
    details: dict[str, Any] | None
    milliseconds: int
    task_id: int
    charged_micros: int
    state: ReviewState | None
    verdict: int | None
    refuted: bool

    @property
    def place(self) -> ResultPlace:
        """Return where this result stands among the recognition's."""
        return ResultPlace(self.at, self.result_id)

    @property
    def overturned(self) -> bool:
        """Tell whether a person gave it another label, and that stands."""
        if self.verdict is None or self.refuted:
            return False
        return is_overturned(self.label, self.rate, self.verdict)


class Filter(msgspec.Struct, frozen=True):
    """None takes everything."""

    review: bool | None = None
    label: int | None = None
    overturned: bool | None = None

    @property
    def narrows(self) -> bool:
        """Tell whether anything is left out."""
        return any(each is not None for each in msgspec.structs.astuple(self))


async def results_before(
    db: asyncpg.Connection, cell: int, recognition_id: int, page: ResultsPage, wanted: Filter
) -> tuple[list[SeenResult], ResultPlace | None]:
    """Return a page of results, the newest first, and where the next begins; None when there is nothing further.

    With a filter at most `LOOKED_AT` results are looked at: a page may be short, or empty, and still have a next one.
    """
    limit, floor = page.limit, await _floor(db, cell, recognition_id, page.before) if wanted.narrows else None
    if floor is not None and floor <= page.since:
        floor = None
    rows = await db.fetch(
        SQL.results_before,
        *(cell, recognition_id, *page.before, *(floor or page.since)),
        *(wanted.review, wanted.label, wanted.overturned, limit + 1),
    )
    found = read(SeenResult, rows, details=_details)
    if len(found) > limit:
        return found[:limit], found[limit - 1].place
    return found, floor


async def results_after(
    db: asyncpg.Connection, cell: int, recognition_id: int, span: Span, after: ResultPlace | None, limit: int
) -> list[SeenResult]:
    """Return the next results of a span, the oldest first; ``after`` is the last one known."""
    begin = after or ResultPlace(span.start, -1)
    rows = await db.fetch(SQL.results_after, cell, recognition_id, *begin, span.end, limit)
    return read(SeenResult, rows, details=_details)


async def _floor(db: asyncpg.Connection, cell: int, recognition_id: int, before: ResultPlace) -> ResultPlace | None:
    row = await db.fetchrow(SQL.results_floor, cell, recognition_id, *before, LOOKED_AT - 1)
    return ResultPlace(row["at"], row["result_id"]) if row else None


def _details(text: str | None) -> object:
    return msgspec.json.decode(text) if text else None
