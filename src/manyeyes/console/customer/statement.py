"""/customer/statement: a month or any span, day by day and entry by entry, on a page and as CSV."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.statement_period import PAGE_ENTRIES, PATH, StatementQuery, asked, filters
from manyeyes.console.shared import languages
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.charts import Chart, bar_chart, marks_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.reader_zone import keep_zone, zone_of
from manyeyes.console.shared.rendering import render
from manyeyes.ledger.rules import TransferKind
from manyeyes.recognitions.time_spans import Grain
from manyeyes.roles.customer.statement import (
    Statement,
    StatementEntry,
    StatementRow,
    read_by_work,
    read_entries,
    read_statement,
)
from manyeyes.roles.customer.statement_csv import KINDS_OF_LINES, statement_csv
from manyeyes.runtime.context import Context

KINDS = {
    TransferKind.TOP_UP: languages.mark("Top-up"),
    TransferKind.SETTLE: languages.mark("Charged for a task"),
    TransferKind.REFUND: languages.mark("Refunded after a complaint"),
    TransferKind.SHARE_PAY_OUT: languages.mark("Share of your application"),
    TransferKind.RECOGNITION: languages.mark("Charged for recognition"),
}
CSV_PATH = f"{PATH}.csv"


class StatementPages:
    """A customer's statements."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/statement: a span of the account's books, day by day, and a page of entries."""
        question = _asked(request)
        queues = await self._context.lookups.queues()
        books = await read_statement(self._context, place, question.span, filters(question, queues))
        entries = await read_entries(self._context, place, books, question.before, PAGE_ENTRIES + 1)
        by_work = await read_by_work(self._context, place, question.span) if "work" in request.query_params else None
        language = look_of(request).language
        response = render(
            request,
            "customer/statement.html",
            person=place.name,
            asked=question,
            span=question.span,
            has_zone=zone_of(request).is_chosen,
            zones=sorted(available_timezones()),
            books=books,
            rows=[(_label(row, books), row, *_shown(books, i, question)) for i, row in enumerate(books.rows)],
            tasks=sum(each.tasks for each in books.narrowed),
            net_micros=sum(each.charged_micros - each.refunded_micros for each in books.narrowed),
            kinds=kinds_in(language),
            queues=sorted(queue.name for queue in queues.values()),
            by_work=by_work,
            names={queue_id: queue.name for queue_id, queue in queues.items()},
            entries=[_in_zone(entry, question) for entry in entries[:PAGE_ENTRIES]],
            links=links(question, entries),
            **_charts(books, language),
        )
        keep_zone(request, response)
        return response

    @for_customers
    async def download(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/statement.csv?by=: a line per entry, day, or queue and job, oldest first; money in USD."""
        question = _asked(request)
        lines = request.query_params.get("by", "") or "entry"
        if lines not in KINDS_OF_LINES or not question.is_readable:
            said = f"by must be one of {', '.join(KINDS_OF_LINES)}; month must be written like 2026-11, from and to "
            return PlainTextResponse(f"{said}as dates or instants of at most 366 days", status_code=400)
        books = await read_statement(self._context, place, question.span)
        queues = await self._context.lookups.queues()
        name = f"statement-{place.account_id}-{question.span.month or question.span.first_day}-{lines}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        parts = statement_csv(self._context, place, books, lines, queues)
        return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers=headers)


def links(question: StatementQuery, entries: Sequence[StatementEntry]) -> dict[str, str]:
    """Return the addresses of the page's buttons by name; empty where there is nothing further."""
    files = {lines: question.address(CSV_PATH, by=lines) for lines in KINDS_OF_LINES}
    return files | {
        "earlier": question.beside(-1),
        "later": question.beside(1),
        "newest": question.address() if question.before else "",
        "older": question.page(entries[PAGE_ENTRIES - 1].place) if len(entries) > PAGE_ENTRIES else "",
        "work": question.address(work="yes"),
    }


def kinds_in(language: str) -> dict[TransferKind, str]:
    """Return what a customer calls each kind of entry on their statement."""
    translate = languages.catalogue(language).ugettext
    return {kind: translate(message) for kind, message in KINDS.items()}


def _asked(request: Request) -> StatementQuery:
    return asked(request.query_params, datetime.now(UTC), zone_of(request).name)


def _label(row: StatementRow, books: Statement) -> str:
    return f"{row.start:%Y-%m-%d %H:%M}" if books.span.grain is Grain.HOUR else f"{row.start:%Y-%m-%d}"


def _shown(books: Statement, index: int, question: StatementQuery) -> tuple[int, int, int]:
    """Return a row's tasks, charges and refunds; what recognisers did is of no queue, and filters leave it out."""
    each, row = books.narrowed[index], books.rows[index].moved
    charged = each.charged_micros if question.is_filtered else row.charged_micros
    return each.tasks, charged, each.refunded_micros


def _in_zone(entry: StatementEntry, question: StatementQuery) -> tuple[StatementEntry, datetime]:
    return entry, entry.at.astimezone(question.span.zone)


def _charts(books: Statement, language: str) -> dict[str, Any]:
    charged = [each.charged_micros for each in books.narrowed]
    decimals = languages.decimals(marks_of(max(charged, default=0)))
    return {
        "money_chart": _chart(books, charged, lambda value: languages.money(value, language, decimals)),
        "volume_chart": _chart(
            books, [each.tasks for each in books.narrowed], lambda value: languages.count(value, language)
        ),
    }


def _chart(books: Statement, values: list[int], write: Callable[[int], str]) -> Chart:
    hourly, every = books.span.grain is Grain.HOUR, max(1, len(values) // 8)
    form = "%H:%M" if hourly else "%m-%d"
    titles = [f"{_label(row, books)} · {write(value)}" for row, value in zip(books.rows, values, strict=True)]
    labels = [f"{row.start:{form}}" if i % every == 0 else "" for i, row in enumerate(books.rows)]
    return bar_chart(values, titles, labels, write)
