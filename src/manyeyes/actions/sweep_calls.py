"""Answers of signed calls are kept for as long as their timestamps could be taken again, and an hour beyond."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.recognitions import store

LARGEST_SWEEP = 1_000
MARGIN_SECONDS = 3_600  # clocks that differ, and calls that waited for a database that was away


class SweepCalls(msgspec.Struct, frozen=True):
    """``window_seconds``: how far a call's timestamp may be off, either way."""

    cell: int
    window_seconds: int


async def sweep_calls(tx: asyncpg.Connection, now: datetime, commands: Sequence[SweepCalls]) -> list[int]:
    """Return how many calls were forgotten.

    A call may be answered a whole window before its timestamp and come again until a whole window after it.
    """
    window = max(command.window_seconds for command in commands)
    before = now - timedelta(seconds=2 * window + MARGIN_SECONDS)
    count = await store.delete_old_calls(tx, commands[0].cell, before, LARGEST_SWEEP)
    return [count for _ in commands]
