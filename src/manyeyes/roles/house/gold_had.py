"""How much gold somebody passed on: it comes unannounced among the rest, so nobody else is told (decision 0080)."""

from datetime import UTC, datetime, timedelta

import msgspec

from manyeyes.roles.queue_paces import MONTH_DAYS
from manyeyes.runtime.context import Context
from manyeyes.skills import gold_items


class GoldHad(msgspec.Struct, frozen=True):
    """How much gold somebody had in the last `MONTH_DAYS`, and how much of it they passed on."""

    laid: int
    passed: int


async def gold_of(context: Context, worker_id: int) -> GoldHad:
    """Return what gold somebody had, over all cells."""
    since, laid, passed = datetime.now(UTC) - timedelta(days=MONTH_DAYS), 0, 0
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            had = await gold_items.gold_had(db, cell, worker_id, since)
        laid, passed = laid + had[0], passed + had[1]
    return GoldHad(laid, passed)
