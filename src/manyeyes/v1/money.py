"""/v1/balance and /v1/spending: what an account may spend, and what it spent; decimal text in USD."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from manyeyes.accounts.rules import MONEY_READ
from manyeyes.accounts.store import KeyOwner
from manyeyes.recognitions.time_spans import Grain
from manyeyes.roles.customer.spending import SpentSpan, purse_of, spent, usual_span
from manyeyes.roles.customer.spending_filters import UNKNOWN
from manyeyes.runtime.context import Context
from manyeyes.tasks.queue_names import queue_said
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.instants import instant
from manyeyes.v1.operations import Call, Operation
from manyeyes.values.money import text as money
from manyeyes.values.refusals import Reason, Refusal


class BalanceView(msgspec.Struct, frozen=True):
    """``held``: for tasks that have not ended; it is not in ``available``."""

    available: str
    held: str


class SpendingRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the tasks that ended in a span cost; ``refunded`` of them, whenever that was; ``net``: what is left."""

    from_: datetime = msgspec.field(name="from")
    to: datetime
    tasks: int
    charged: str
    refunded: str
    net: str


class SpendingView(msgspec.Struct, frozen=True):
    rows: list[SpendingRow]
    total: SpendingRow


class MoneyApi:
    """An account's money, for the key or the cookie that signs them in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def balance(self, call: Call[KeyOwner, None]) -> BalanceView:
        """Return what the account may spend, and what is held."""
        purse = await purse_of(self._context, call.person)
        return BalanceView(money(purse.available_micros), money(purse.held_micros))

    async def spending(self, call: Call[KeyOwner, None]) -> SpendingView | Refusal:
        """Return what was spent, in hours, days or months; 400 for a time or a grain that is none, or too many rows."""
        start, end = _span(call.query)
        grain, queue = call.query.get("grain", Grain.DAY), call.query.get("queue", "")
        if grain not in set(Grain):
            return Refusal(Reason.UNREADABLE, f"grain must be one of {', '.join(Grain)}")
        if start >= end:
            return Refusal(Reason.UNREADABLE, "from must be before to")
        queue_id = (queue_said(await self._context.lookups.queues(), queue) or UNKNOWN) if queue else None
        try:
            found = await spent(self._context, call.person, start, end, Grain(grain), queue_id)
        except ValueError as error:
            return Refusal(Reason.UNREADABLE, str(error))
        return SpendingView([_row(each) for each in found], _row(_total(found)))


def _span(query: Mapping[str, str]) -> tuple[datetime, datetime]:
    """Return the span that is asked for, in whole seconds; the last seven days when nothing is said."""
    first, last = usual_span(datetime.now(UTC))
    end = instant("to", query["to"]) if query.get("to") else last
    start = instant("from", query["from"]) if query.get("from") else min(first, end - timedelta(days=7))
    return start.replace(microsecond=0), end.replace(microsecond=0)


def _total(found: Sequence[SpentSpan]) -> SpentSpan:
    return SpentSpan(
        found[0].start,
        found[-1].end,
        sum(each.tasks for each in found),
        sum(each.charged_micros for each in found),
        sum(each.refunded_micros for each in found),
    )


def _row(spent: SpentSpan) -> SpendingRow:
    return SpendingRow(
        from_=spent.start,
        to=spent.end,
        tasks=spent.tasks,
        charged=money(spent.charged_micros),
        refunded=money(spent.refunded_micros),
        net=money(spent.charged_micros - spent.refunded_micros),
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/balance",
        handler=MoneyApi.balance,
        caller=signed_in_customer,
        scope=MONEY_READ,
        reply=BalanceView,
        statuses=(401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/spending",
        handler=MoneyApi.spending,
        caller=signed_in_customer,
        scope=MONEY_READ,
        query=("from", "to", "grain", "queue"),
        reply=SpendingView,
        statuses=(400, 401, 403),
    ),
]
