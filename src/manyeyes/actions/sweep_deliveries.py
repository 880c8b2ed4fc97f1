"""Deliveries and their logs are kept for a month."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.rules import KEPT_DAYS

LARGEST_SWEEP = 1_000


class SweepDeliveries(msgspec.Struct, frozen=True):
    cell: int


async def sweep_deliveries(tx: asyncpg.Connection, now: datetime, commands: Sequence[SweepDeliveries]) -> list[int]:
    """Return how many deliveries were forgotten; one that still waits never is."""
    count = await webhooks.delete_old(tx, commands[0].cell, now - timedelta(days=KEPT_DAYS), LARGEST_SWEEP)
    return [count for _ in commands]
