"""What became of a customer's pictures, alike for the JSON API and the pages: apps, funnels, results."""

import enum
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import asyncpg
import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.apps import store as apps
from manyeyes.apps.rules import App, day_in
from manyeyes.recognitions import funnel, results
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.funnel import Counts, Stretch
from manyeyes.recognitions.results import NEWEST, OLDEST, Filter, ResultPlace, ResultsPage, SeenResult
from manyeyes.recognitions.rules import FAILED, Recognition
from manyeyes.recognitions.store import DayCount
from manyeyes.recognitions.time_spans import Span
from manyeyes.reports import store as reports
from manyeyes.roles.pictures import KeptPicture, kept_picture
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion
from manyeyes.values.cursors import OF_RESULTS, cursor, read_cursor
from manyeyes.values.refusals import Reason, Refusal

LARGEST_PAGE = 200
_ID = re.compile(r"[0-9a-f]{24}")


class Owned(NamedTuple):
    """A recognition and the app that it stands under."""

    app: App
    recognition: Recognition


class ReviewOutcome(enum.StrEnum):
    """What became of asking a person: NONE when nobody was, REFUTED when reviewers confirmed a complaint about it."""

    NONE = "none"
    OPEN = "open"
    DECIDED = "decided"
    UNDECIDED = "undecided"
    REFUTED = "refuted"


class Funnel(msgspec.Struct, frozen=True):
    """``complete_through``: every result recorded before it is in the figures. ``parts`` together are ``total``."""

    complete_through: datetime
    total: Stretch
    parts: list[Stretch]


class Period(msgspec.Struct, frozen=True):
    """Whole days: by day and label as the statistics count them, and in total as the funnel does, at one instant."""

    counts: list[DayCount]
    total: Stretch


async def apps_of(context: Context, owner: Owner) -> list[tuple[App, list[Recognition]]]:
    """Return an account's apps with their recognitions, closed ones too, the oldest first."""

    async def read(db: asyncpg.Connection) -> list[App]:
        return await apps.apps_of(db, owner.account_id)

    found = await read_patiently(context.cells.directory, read)
    return [(app, await context.lookups.recognitions(app.secret_id)) for app in found]


async def owned(context: Context, owner: Owner, task_id: str) -> Owned | Refusal:
    """Return an account's recognition by the wire's taskId; somebody else's is as unknown as one that never was."""

    async def read(db: asyncpg.Connection) -> Owned | None:
        recognition = await recognitions.recognition(db, task_id)
        app = await apps.app(db, recognition.secret_id) if recognition else None
        return Owned(app, recognition) if app and recognition else None

    found = await read_patiently(context.cells.directory, read) if _ID.fullmatch(task_id) else None
    if found is None or found.app.account_id != owner.account_id:
        return Refusal(Reason.UNKNOWN_RECOGNITION, "there is no such recognition of yours")
    return found


async def funnel_of(context: Context, of: Owned, spans: Sequence[Span]) -> Funnel:
    """Return what became of the results in consecutive spans."""
    cell, recognition_id = of.app.cell, of.recognition.recognition_id

    async def read(db: asyncpg.Connection) -> tuple[datetime, list[Stretch]]:
        through = await funnel.complete_through(db)  # before the figures: what commits between is in them
        async with db.transaction(isolation="repeatable_read", readonly=True):
            return through, await funnel.stretches(db, cell, recognition_id, spans)

    through, parts = await read_patiently(context.cells.pool(cell), read)
    whole = Span(spans[0].start, spans[-1].end)
    return Funnel(through, funnel.together(parts, whole), parts)


async def period_of(context: Context, of: Owned, first: date, last: date, span: Span) -> Period:
    """Return the counts of the days from ``first`` to ``last``, which ``span`` covers in the app's time zone."""
    cell, recognition_id = of.app.cell, of.recognition.recognition_id

    async def read(db: asyncpg.Connection) -> Period:
        async with db.transaction(isolation="repeatable_read", readonly=True):
            counts = await recognitions.days(db, cell, recognition_id, first, last)
            [total] = await funnel.stretches(db, cell, recognition_id, [span])
        return Period(counts, total)

    return await read_patiently(context.cells.pool(cell), read)


async def number_of(context: Context, of: Owned, span: Span) -> int:
    """Return how many results a span has."""

    async def read(db: asyncpg.Connection) -> int:
        return (await funnel.counts(db, of.app.cell, of.recognition.recognition_id, [span]))[0].results

    return await read_patiently(context.cells.pool(of.app.cell), read)


async def days_now(
    context: Context, found: Sequence[tuple[App, list[Recognition]]], now: datetime
) -> dict[int, Counts]:
    """Return what each recognition has counted on the day that it is in its app's time zone, by its number."""
    counted: dict[int, Counts] = {}
    for app, below in found:
        ids, day = [each.recognition_id for each in below], day_in(app.time_zone, now)
        async with context.cells.pool(app.cell).acquire() as db:
            rows = await funnel.day_of(db, app.cell, ids, day)
        for row in rows:
            failed = row.total if row.label == FAILED else 0
            more = Counts(certain=row.total - row.review - failed, uncertain=row.review, failed=failed)
            counted[row.recognition_id] = counted.get(row.recognition_id, Counts()) + more
    return counted


async def complained(context: Context, of: Owned, task_ids: Sequence[int]) -> set[int]:
    """Return those of the review tasks that were complained about."""
    async with context.cells.pool(of.app.cell).acquire() as db:
        return set(await reports.existing(db, of.app.cell, sorted(task_ids)))


async def pictures_of(context: Context, of: Owned, found: Sequence[SeenResult]) -> dict[int, KeptPicture]:
    """Return the pictures of results that are kept, by the tasks of those who were asked about them.

    Of what nobody is asked about no picture is kept.
    """
    task_ids = sorted({each.task_id for each in found if each.task_id})
    if not task_ids:
        return {}

    async def read(db: asyncpg.Connection) -> dict[int, TaskQuestion]:
        return await history.questions(db, of.app.cell, task_ids)

    asked = await read_patiently(context.cells.pool(of.app.cell), read)
    kept = {task_id: kept_picture(of.app.cell, question) for task_id, question in asked.items()}
    return {task_id: picture for task_id, picture in kept.items() if picture}


async def results_of(
    context: Context, of: Owned, *, wanted: Filter, limit: int, before: str = "", within: Span | None = None
) -> tuple[list[SeenResult], str] | Refusal:
    """Return a page of results, the newest first, and what gives the next page; empty when there is nothing further.

    ``within``: only those of this span. A page with filters may be short, or empty, and still have a next one.
    """
    begin = read_cursor(OF_RESULTS, before) if before else (NEWEST.at, [NEWEST.result_id])
    if begin is None:
        return Refusal(Reason.UNREADABLE, "before must be what another page gave as next")
    place = ResultPlace(begin[0], *begin[1])
    if within:
        place = min(place, ResultPlace(within.end, 0))
    asked = ResultsPage(min(max(limit, 1), LARGEST_PAGE), place, ResultPlace(within.start, 0) if within else OLDEST)

    async def read(db: asyncpg.Connection) -> tuple[list[SeenResult], ResultPlace | None]:
        return await results.results_before(db, of.app.cell, of.recognition.recognition_id, asked, wanted)

    page, following = await read_patiently(context.cells.pool(of.app.cell), read)
    return page, cursor(following.at, following.result_id) if following else ""


def label_name(recognition: Recognition, number: int | None) -> str:
    """Return what a label is called; empty for -1, for None and for one that was taken away."""
    return next((label.name for label in recognition.labels if label.number == number), "")


def review_outcome(result: SeenResult) -> ReviewOutcome:
    """Return what became of asking a person about a result."""
    if result.state is None:
        return ReviewOutcome.NONE
    return ReviewOutcome.REFUTED if result.refuted else ReviewOutcome[result.state.name]
