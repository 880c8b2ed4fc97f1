"""What customers thought of workers is forgotten when its hour is over."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.allow_list import store as allow_list

LARGEST_SWEEP = 1_000


class ForgetStandings(msgspec.Struct, frozen=True):
    cell: int


async def forget_standings(tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetStandings]) -> list[int]:
    """Return how many rows went. They counted for nothing any more; the table is kept small."""
    gone = await allow_list.forget_standings(tx, now, commands[0].cell, LARGEST_SWEEP)
    return [gone for _ in commands]
