"""/v1/statement: what a span moved of an account's money, as JSON with a page of entries, or as CSV."""

from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.responses import Response, StreamingResponse

from manyeyes.accounts.rules import MONEY_READ
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.customer.statement import EntryPlace, Statement, read_by_work, read_entries, read_statement
from manyeyes.roles.customer.statement_csv import KINDS_OF_LINES, statement_csv
from manyeyes.roles.customer.statement_span import StatementSpan, read_span
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.cursors import asked_limit
from manyeyes.v1.operations import CSV, JSON, Call, Operation
from manyeyes.v1.statement_views import StatementView, statement_view
from manyeyes.values.cursors import OF_ENTRIES, read_cursor
from manyeyes.values.refusals import Reason, Refusal, Refused

PAGE, LARGEST_PAGE = 100, 1_000


class StatementApi:
    """Statements of the account whose key or session it is."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def statement(self, call: Call[KeyOwner, None]) -> StatementView | Response:
        """Return the summary of a span with a page of entries, newest first; as CSV where that is accepted."""
        if CSV in call.request.headers.get("accept", ""):
            return await self.file(call)
        before, limit = _place(call.query), asked_limit(call.query, PAGE, LARGEST_PAGE)
        found = await self._read(call)
        entries = await read_entries(self._context, call.person, found, before, limit + 1)
        works = await read_by_work(self._context, call.person, found.span) if _by(call.query, "") == "job" else None
        return statement_view(found, entries, limit, works)

    async def file(self, call: Call[KeyOwner, None]) -> Response:
        """Return the span as CSV: a line per entry, day, or queue and job, oldest first."""
        lines = _by(call.query, "entry")
        found, queues = await self._read(call), await self._context.lookups.queues()
        parts = statement_csv(self._context, call.person, found, lines, queues)
        return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers={"Cache-Control": "no-store"})

    async def _read(self, call: Call[KeyOwner, None]) -> Statement:
        return await read_statement(self._context, call.person, _span(call.query))


def _span(query: Mapping[str, str]) -> StatementSpan:
    try:
        return read_span(query, datetime.now(UTC))
    except ValueError as error:
        raise _unreadable(str(error)) from error


def _by(query: Mapping[str, str], usual: str) -> str:
    lines = query.get("by", "") or usual
    if lines and lines not in KINDS_OF_LINES:
        raise _unreadable(f"by must be one of {', '.join(KINDS_OF_LINES)}")
    return lines


def _place(query: Mapping[str, str]) -> EntryPlace | None:
    text = query.get("cursor", "")
    if not text:
        return None
    found = read_cursor(OF_ENTRIES, text)
    if found is None:
        raise _unreadable("cursor must be the `next` of a reply")
    at, (cause_id, kind, n) = found
    return at, (cause_id, kind, n)


def _unreadable(why: str) -> Refused:
    return Refused(Refusal(Reason.UNREADABLE, why))


SPAN = ("month", "from", "to", "tz", "by")
# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/statement",
        handler=StatementApi.statement,
        caller=signed_in_customer,
        scope=MONEY_READ,
        query=(*SPAN, "cursor", "limit"),
        reply=StatementView,
        gives=(JSON, CSV),
        statuses=(400, 401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/statement.csv",
        handler=StatementApi.file,
        caller=signed_in_customer,
        scope=MONEY_READ,
        query=SPAN,
        gives=(CSV,),
        statuses=(400, 401, 403),
    ),
]
