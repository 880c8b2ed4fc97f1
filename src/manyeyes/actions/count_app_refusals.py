"""Count the calls of createTask that were refused to a soft app's customers, for the app's owner."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.soft_apps import store as soft_apps
from manyeyes.values.refusals import Reason


class CountAppRefusal(msgspec.Struct, frozen=True):
    """``cell`` is the customer's; ``soft_id`` a registered app."""

    cell: int
    soft_id: int
    reason: Reason


async def count_app_refusals(tx: asyncpg.Connection, now: datetime, commands: Sequence[CountAppRefusal]) -> list[None]:
    """Add each refusal to its app's day."""
    times = Counter((c.soft_id, str(c.reason)) for c in commands)
    await soft_apps.add_refusals(tx, commands[0].cell, now.date(), times)
    return [None for _ in commands]
