"""/v1/worker/work, /statement and /payouts: what a worker did and earned, and how they are paid."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
from starlette.responses import Response, StreamingResponse

from manyeyes.ledger.earnings import EarnedPlace
from manyeyes.ledger.statements import FIRST_PLACE
from manyeyes.payouts.rules import PayoutStep
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.statement_span import StatementSpan, read_span
from manyeyes.roles.earnings import ENTRIES, KINDS_OF_LINES, earned_in, earnings_csv, entries_of, pending_pay
from manyeyes.roles.payouts import ask_payout, move_request, purse_of, requests_of
from manyeyes.roles.recent_work import recent_work
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_earner
from manyeyes.v1.cursors import asked_limit
from manyeyes.v1.earnings_views import (
    EarningsView,
    PayoutsView,
    PayoutView,
    WorkDoneView,
    earnings_view,
    payout_view,
    purse_view,
    recent_view,
    waiting_view,
)
from manyeyes.v1.idempotency import sent_key
from manyeyes.v1.operations import CSV, JSON, Call, Operation
from manyeyes.values import money
from manyeyes.values.actor import V1
from manyeyes.values.cursors import OF_ENTRIES, read_cursor
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal, Refused
from manyeyes.workers.store import Worker

PAGE, LARGEST_PAGE = 100, 1_000


class PayoutBody(msgspec.Struct):
    """``amount`` in USD as text, such as "10.00"; null: all that is payable. ``to``: empty: as the last time."""

    amount: str | None = None
    to: str = ""


class EarningsApi:
    """Calls of a worker about what is theirs; who was disabled may call them too."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def work(self, call: Call[Worker, None]) -> WorkDoneView:
        """Return what the worker has earned, what of it is pending, and what became of their last answers."""
        worker_id = call.person.worker_id
        return WorkDoneView(
            purse_view(self._context, await purse_of(self._context, worker_id)),
            [waiting_view(each) for each in await pending_pay(self._context, worker_id)],
            [recent_view(self._context, each) for each in await recent_work(self._context, worker_id)],
        )

    async def statement(self, call: Call[Worker, None]) -> EarningsView | Response:
        """Return a span day by day with a page of entries, newest first; as CSV where that is accepted."""
        if CSV in call.request.headers.get("accept", ""):
            return await self.file(call)
        span, of = _span(call.query), _of(call.query)
        limit = asked_limit(call.query, PAGE, LARGEST_PAGE)
        before = _before(call.query, span)
        worker_id, windows = call.person.worker_id, span.windows()
        days = await earned_in(self._context, worker_id, windows)
        entries = await entries_of(self._context, worker_id, of, span.start, before, limit + 1)
        return earnings_view(windows, days, span.zone, span.tz, entries, limit)

    async def file(self, call: Call[Worker, None]) -> Response:
        """Return the span as CSV: a line per day, oldest first, or per entry, newest first."""
        lines, span = call.query.get("by", "") or "entry", _span(call.query)
        if lines not in KINDS_OF_LINES:
            raise _unreadable(f"by must be one of {', '.join(KINDS_OF_LINES)}")
        parts = earnings_csv(self._context, call.person.worker_id, span.windows(), span.zone, lines)
        return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers={"Cache-Control": "no-store"})

    async def payouts(self, call: Call[Worker, None]) -> PayoutsView:
        """Return what the worker asked to be paid out, newest first."""
        return PayoutsView([payout_view(each) for each in await requests_of(self._context, call.person.worker_id)])

    async def ask(self, call: Call[Worker, PayoutBody]) -> PayoutView | Refusal:
        """Ask to be paid out; with the same `Idempotency-Key` again it is the same request."""
        key = sent_key(call.request) or os.urandom(16).hex()
        try:
            micros = None if call.body.amount is None else money.parse(call.body.amount)
        except ValueError as error:
            return Refusal(Reason.UNREADABLE, str(error))
        actor = await actor_of(self._context, call.request, V1)
        outcome = await ask_payout(self._context, call.person.worker_id, micros, call.body.to, key, actor)
        return outcome if isinstance(outcome, Refusal) else payout_view(outcome[0])

    async def withdraw(self, call: Call[Worker, None]) -> PayoutView | Refusal:
        """Take a request back that is not approved; its money is payable again."""
        number = whole_number(call.part(4), 18)
        if number is None:
            return Refusal(Reason.UNKNOWN_PAYOUT, f"there is no request {call.part(4)[:50]}")
        step, worker_id = PayoutStep.WITHDRAW, call.person.worker_id
        actor = await actor_of(self._context, call.request, V1)
        outcome = await move_request(self._context, number, step, worker_id=worker_id, actor=actor)
        return outcome if isinstance(outcome, Refusal) else payout_view(outcome[0])


def _span(query: Mapping[str, str]) -> StatementSpan:
    try:
        return read_span(query, datetime.now(UTC))
    except ValueError as error:
        raise _unreadable(str(error)) from error


def _of(query: Mapping[str, str]) -> str:
    of = query.get("of", "") or "earned"
    if of not in ENTRIES:
        raise _unreadable(f"of must be one of {', '.join(ENTRIES)}")
    return of


def _before(query: Mapping[str, str], span: StatementSpan) -> EarnedPlace:
    text = query.get("cursor", "")
    if not text:
        return span.end, FIRST_PLACE
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
        path="/v1/worker/work",
        handler=EarningsApi.work,
        caller=signed_in_earner,
        reply=WorkDoneView,
        statuses=(401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/worker/statement",
        handler=EarningsApi.statement,
        caller=signed_in_earner,
        query=(*SPAN, "of", "cursor", "limit"),
        reply=EarningsView,
        gives=(JSON, CSV),
        statuses=(400, 401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/worker/statement.csv",
        handler=EarningsApi.file,
        caller=signed_in_earner,
        query=SPAN,
        gives=(CSV,),
        statuses=(400, 401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/worker/payouts",
        handler=EarningsApi.payouts,
        caller=signed_in_earner,
        reply=PayoutsView,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/worker/payouts",
        handler=EarningsApi.ask,
        caller=signed_in_earner,
        body=PayoutBody,
        reply=PayoutView,
        statuses=(400, 401, 403, 409, 422),
    ),
    Operation(
        method="POST",
        path="/v1/worker/payouts/{request}/withdraw",
        handler=EarningsApi.withdraw,
        caller=signed_in_earner,
        reply=PayoutView,
        statuses=(401, 403, 404, 409),
    ),
]
