"""getSpendingStats: 24 windows of an hour from any second (docs/contracts/anticaptcha.md#getspendingstats)."""

import time
from collections.abc import Mapping

import msgspec

from manyeyes.accounts.rules import MONEY_READ
from manyeyes.anticaptcha import lenient_values
from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.roles.customer.spending_filters import UNKNOWN, filters
from manyeyes.runtime.batching import read_patiently
from manyeyes.statistics import store as statistics
from manyeyes.statistics.rules import DAY_SECONDS, spending_windows
from manyeyes.statistics.store import Spending
from manyeyes.values.money import number
from manyeyes.values.refusals import Refusal, Refused

LATEST = 4_102_444_800  # the year 2100


class SpendingWindow(msgspec.Struct, frozen=True):
    """``dateTill`` is inclusive, as the wire wants it; ``money`` in USD."""

    dateFrom: int
    dateTill: int
    volume: int
    money: float


class SpendingStats(msgspec.Struct, frozen=True):
    errorId: int
    data: list[SpendingWindow]


async def get_spending_stats(call: AntiCaptchaCall) -> SpendingStats | Refusal:
    """Return 24 windows, empty ones with zeros; a queue, app or address that never spent gives zeros too."""
    owner = await call.owner(MONEY_READ)
    if isinstance(owner, Refusal):
        return owner
    try:
        start = lenient_values.whole(call.body, "date", default=-1, largest=LATEST)
        queue = lenient_values.queue_said(call.body, "queue")
        soft_id = _soft_id(call.body)
        ip = lenient_values.text(call.body, "ip", 60)
    except Refused as refused:
        return refused.refusal
    wanted = filters(await call.context.lookups.queues(), queue=queue, soft_id=soft_id, ip=ip)
    spent = await read_patiently(
        call.context.cells.pool(owner.cell),
        lambda db: statistics.spending(
            db,
            owner.cell,
            owner.account_id,
            spending_windows(int(time.time()) - DAY_SECONDS if start < 0 else start),
            **wanted,
        ),
    )
    return SpendingStats(0, [_window(s) for s in spent])


def _soft_id(body: Mapping[str, object]) -> int:
    """Return the app's number; what is no number is an app that nobody knows (docs/decisions/0025#spending).

    Raises `Refused` for true, which is a mistake of the caller's and no app.
    """
    if body.get("softId") is True:
        raise lenient_values.bad_property("softId", "a whole number", True)
    try:
        return lenient_values.whole(body, "softId")
    except Refused:
        return UNKNOWN


def _window(spending: Spending) -> SpendingWindow:
    start, end = spending.window
    return SpendingWindow(start, end - 1, spending.tasks, number(spending.charged_micros))
