"""The results of some days as a file: read page by page, so that a long one holds no snapshot open."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from manyeyes.accounts.store import AccountPlace
from manyeyes.apps.rules import zone
from manyeyes.console.customer.day_range import Days, asked_days
from manyeyes.console.shared.guards import for_customers
from manyeyes.recognitions.results import SeenResult, results_after
from manyeyes.roles.customer.recognitions import Owned, label_name, number_of, owned, review_outcome
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.values import money
from manyeyes.values.refusals import Refusal
from manyeyes.values.spreadsheet import csv_text

MOST_RESULTS = 1_000_000
PAGE = 500  # results read at a time: others are served between, and wait some ten milliseconds
COLUMNS = (
    *("at", "name", "tag", "uid", "sequence_id", "label", "label_name", "rate", "threshold", "review", "fault"),
    *("review_state", "review_task_id", "verdict", "verdict_name", "overturned", "milliseconds", "charged"),
)
WITHOUT_PARQUET = (
    "Parquet files need a package that this installation does not have; its operator adds it with "
    "pip install 'manyeyes[parquet]'. The same results come as CSV."
)


class Downloads:
    """Files for the customer whose recognition it is."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def csv(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/recognitions/{task_id}/results.csv?from=&to=: oldest first, instants in UTC."""
        asked = await self._asked(request, place)
        if isinstance(asked, Response):
            return asked
        return _file(_csv_text(self._rows(*asked)), *asked, ending="csv", media_type="text/csv; charset=utf-8")

    @for_customers
    async def parquet(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/recognitions/{task_id}/results.parquet?from=&to=: the same, with types."""
        asked = await self._asked(request, place)
        if isinstance(asked, Response):
            return asked
        if not has_parquet():
            return PlainTextResponse(WITHOUT_PARQUET, status_code=501)
        # The package takes tens of megabytes: it is loaded when somebody asks, beside the other requests.
        written = await asyncio.to_thread(import_module, "manyeyes.console.customer.parquet")
        return _file(
            written.parquet(self._rows(*asked)), *asked, ending="parquet", media_type="application/vnd.apache.parquet"
        )

    async def _asked(self, request: Request, place: AccountPlace) -> tuple[Owned, Days] | Response:
        """Return the recognition and the days that are asked for, else the response that says why there is no file."""
        of = await owned(self._context, place, request.path_params["task_id"])
        if isinstance(of, Refusal):
            return PlainTextResponse("there is no such recognition of yours", status_code=404)
        tz = zone(of.app.time_zone)
        days = asked_days(request.query_params, tz, datetime.now(UTC))
        if days.fault:
            return PlainTextResponse("from and to must be dates such as 2026-01-31, at most 366 days", status_code=400)
        counted = await number_of(self._context, of, days.span(tz))
        if counted > MOST_RESULTS:
            said = f"these days hold {counted} results, a file at most {MOST_RESULTS}: choose fewer days"
            return PlainTextResponse(said, status_code=413)
        return of, days

    async def _rows(self, of: Owned, days: Days) -> AsyncIterator[list[tuple[Any, ...]]]:
        """Yield pages of rows, oldest first; each page is read by itself."""
        span, last = days.span(zone(of.app.time_zone)), None
        pool = self._context.cells.pool(of.app.cell)
        while True:
            async with pool.acquire() as db:
                page = await results_after(db, of.app.cell, of.recognition.recognition_id, span, last, PAGE)
            yield [_row(of, result) for result in page]
            if len(page) < PAGE:
                return
            last = page[-1].place


@cache
def has_parquet() -> bool:
    """Tell whether Parquet files can be written here, without loading the library that writes them."""
    return find_spec("pyarrow") is not None


def _row(of: Owned, result: SeenResult) -> tuple[Any, ...]:
    """Return a result in the order of `COLUMNS`; None for an absent value, money in micro-units."""
    return (
        *(result.at, result.name, result.tag, result.uid, result.sequence_id),
        *(result.label, label_name(of.recognition, result.label), result.rate, result.threshold, result.review),
        *(result.fault, review_outcome(result), wire_id(result.task_id) if result.task_id else None),
        *(result.verdict, label_name(of.recognition, result.verdict), result.overturned),
        *(result.milliseconds, result.charged_micros),
    )


async def _csv_text(pages: AsyncIterator[list[tuple[Any, ...]]]) -> AsyncIterator[str]:
    yield csv_text([COLUMNS])
    async for page in pages:
        yield csv_text([[_cell(value) for value in (*row[:-1], money.text(row[-1]))] for row in page])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def _file(body: AsyncIterator[Any], of: Owned, days: Days, *, ending: str, media_type: str) -> Response:
    name = f"recognition-{of.recognition.task_id}-{days.first:%Y%m%d}-{days.last:%Y%m%d}.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(body, media_type=media_type, headers=headers)
