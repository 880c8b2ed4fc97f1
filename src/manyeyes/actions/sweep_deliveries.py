"""Deliveries and their logs are kept for a month, and so are addresses for notices that have ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.notices import store as notices
from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.rules import KEPT_DAYS

LARGEST_SWEEP = 1_000


class SweepDeliveries(msgspec.Struct, frozen=True):
    cell: int


async def sweep_deliveries(tx: asyncpg.Connection, now: datetime, commands: Sequence[SweepDeliveries]) -> list[int]:
    """Return how many deliveries were forgotten; one that still waits never is."""
    cell, before = commands[0].cell, now - timedelta(days=KEPT_DAYS)
    count = await webhooks.delete_old(tx, cell, before, LARGEST_SWEEP)
    await notices.delete_ended(tx, cell, before, LARGEST_SWEEP)
    return [count for _ in commands]
