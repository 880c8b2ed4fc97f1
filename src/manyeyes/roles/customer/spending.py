"""What a customer may spend, and what they spent, alike for every edge."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.recognitions.time_spans import Grain, Span, split
from manyeyes.roles.picture_check import balances
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.statistics import store as statistics
from manyeyes.statistics.store import Spending
from manyeyes.values.time_window import Window


class Purse(msgspec.Struct, frozen=True):
    """What an account may still spend, and what is held for its open tasks, in micro-units."""

    available_micros: int
    held_micros: int


class SpentSpan(msgspec.Struct, frozen=True):
    """What the tasks that ended in a span cost: all of it, and what of it came back whenever that was."""

    start: datetime
    end: datetime
    tasks: int
    charged_micros: int
    refunded_micros: int


async def purse_of(context: Context, owner: Owner) -> Purse:
    """Return an account's money as it is now."""

    async def read(db: asyncpg.Connection) -> Purse:
        (spendable,) = await balances(db, owner.cell, [owner.account_id])
        return Purse(spendable, await queue_depths.held(db, owner.cell, owner.account_id))

    return await read_patiently(context.cells.pool(owner.cell), read)


async def spent(
    context: Context, owner: Owner, start: datetime, end: datetime, grain: Grain, queue_id: int | None = None
) -> list[SpentSpan]:
    """Return what was spent in ``[start, end)``, whole seconds, in parts: hours, days or months of UTC.

    Raises ValueError when there would be too many of them (`time_spans.MOST_SPANS`).
    """
    spans = split(Span(start, end), grain, UTC)
    windows = [Window(int(span.start.timestamp()), int(span.end.timestamp())) for span in spans]

    async def read(db: asyncpg.Connection) -> tuple[Sequence[Spending], list[int]]:
        found = await statistics.spending(db, owner.cell, owner.account_id, windows, queue_id=queue_id)
        return found, await statistics.refunded(db, owner.cell, owner.account_id, windows, queue_id)

    found, refunds = await read_patiently(context.cells.pool(owner.cell), read)
    return [
        SpentSpan(span.start, span.end, each.tasks, each.charged_micros + refunded, refunded)
        for span, each, refunded in zip(spans, found, refunds, strict=True)
    ]


def usual_span(now: datetime) -> tuple[datetime, datetime]:
    """Return the last seven days of UTC, today included."""
    tomorrow = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return tomorrow - timedelta(days=7), tomorrow
