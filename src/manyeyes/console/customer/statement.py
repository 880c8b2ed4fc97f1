"""/customer/statement: 24 hours from any second, hour by hour and entry by entry, on a page and as CSV."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.statement_books import (
    BEGINNING,
    Funds,
    Statement,
    StatementLine,
    line,
    read_books,
    totals,
)
from manyeyes.console.customer.statement_period import DAY, PAGE_ENTRIES, StatementQuery, asked
from manyeyes.console.shared import languages
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.charts import Chart, bar_chart
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.rendering import render
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind
from manyeyes.runtime.context import Context
from manyeyes.statistics.store import Spending
from manyeyes.values import money

CSV_ENTRIES = 500  # read at a time: a long statement holds no snapshot open, and others are served between
CSV_COLUMNS = ("time", "kind", "task", "amount", "available_after", "held_after")
KINDS = {
    TransferKind.TOP_UP: languages.mark("Top-up"),
    TransferKind.HOLD: languages.mark("Held for a task"),
    TransferKind.SETTLE: languages.mark("Charged for a task"),
    TransferKind.RELEASE: languages.mark("Given back"),
    TransferKind.REFUND: languages.mark("Refunded after a complaint"),
    TransferKind.SHARE_PAY_OUT: languages.mark("Share of your application"),
    TransferKind.RECOGNITION: languages.mark("Charged for recognition"),
}
CSV_PATH = "/customer/statement.csv"


class StatementPages:
    """A customer's statements."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/statement: 24 hours of the account's books, hour by hour, and a page of entries."""
        question = asked(request.query_params, datetime.now(UTC))
        queues = await self._context.lookups.queues()
        async with self._context.cells.pool(place.cell).acquire() as db:
            books = await read_books(db, place, question, queues)
        language = look_of(request).language
        return render(
            request,
            "customer/statement.html",
            person=place.name,
            asked=question,
            books=books,
            kinds=kinds_in(language),
            total=totals(books.hours),
            queues=sorted(queue.name for queue in queues.values()),
            links=links(question, books),
            first=(question.page - 1) * PAGE_ENTRIES + 1,
            last=(question.page - 1) * PAGE_ENTRIES + len(books.lines),
            money_chart=_chart(books.hours, [hour.charged_micros for hour in books.hours], language, languages.money),
            volume_chart=_chart(books.hours, [hour.tasks for hour in books.hours], language, languages.count),
        )

    @for_customers
    async def download(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/statement.csv: every entry, oldest first; money as decimal text in USD, times in UTC."""
        question = asked(request.query_params, datetime.now(UTC))
        name = f"statement-{place.account_id}-{question.start:%Y%m%dT%H%M%SZ}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(self._rows(place, question), media_type="text/csv; charset=utf-8", headers=headers)

    async def _rows(self, place: AccountPlace, question: StatementQuery) -> AsyncIterator[str]:
        pool = self._context.cells.pool(place.cell)
        async with pool.acquire() as db:
            before = await ledger.movement_sums(db, place.cell, place.account_id, BEGINNING, question.start)
        after, last = Funds(0, 0).plus(before), None
        yield _csv([CSV_COLUMNS])
        while True:
            async with pool.acquire() as db:
                batch = await ledger.movements_after(
                    db, place.cell, place.account_id, question.start, question.end, last=last, limit=CSV_ENTRIES
                )
            rows = []
            for movement in batch:
                after = after.plus([movement])
                rows.append(_row(line(movement, after)))
            yield _csv(rows)
            if len(batch) < CSV_ENTRIES:
                return
            last = batch[-1]


def links(question: StatementQuery, books: Statement) -> dict[str, str]:
    """Return the addresses of the page's buttons by name; empty where there is nothing further."""
    is_last = question.page * PAGE_ENTRIES >= books.entries
    return {
        "earlier": question.address(start=question.start - DAY, page=1),
        "later": question.address(start=question.start + DAY, page=1),
        "csv": question.address(CSV_PATH, page=1, queue="", soft_id="", ip=""),
        "newer": question.address(page=question.page - 1) if question.page > 1 else "",
        "older": "" if is_last else question.address(page=question.page + 1),
    }


def kinds_in(language: str) -> dict[TransferKind, str]:
    """Return what a customer calls each kind of transfer on their statement."""
    translate = languages.catalogue(language).ugettext
    return {kind: translate(message) for kind, message in KINDS.items()}


def _chart(hours: list[Spending], values: list[int], language: str, write: Any) -> Chart:
    starts = [datetime.fromtimestamp(hour.window.start, UTC) for hour in hours]
    titles = [f"{start:%H:%M:%S} · {write(value, language)}" for start, value in zip(starts, values, strict=True)]
    labels = [f"{start:%H:%M}" if i % 3 == 0 else "" for i, start in enumerate(starts)]
    return bar_chart(values, titles, labels, lambda value: write(value, language))


def _row(entry: StatementLine) -> tuple[str, ...]:
    amounts = (entry.amount_micros, entry.after.available_micros, entry.after.held_micros)
    task = str(entry.task) if entry.task else ""
    return (entry.at.isoformat(), entry.kind.name.lower(), task, *(money.text(amount) for amount in amounts))


def _csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
