"""Make the matcher's lock rows for queues in a cell."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.dispatch import store as dispatch


class OpenGate(msgspec.Struct, frozen=True):
    cell: int
    queue_id: int


async def open_gates(tx: asyncpg.Connection, now: datetime, commands: Sequence[OpenGate]) -> list[None]:
    """Open the gates; one that is open stays open. A queue is matched only where it has one."""
    await dispatch.open_gates(tx, commands[0].cell, sorted({c.queue_id for c in commands}))
    return [None for _ in commands]
