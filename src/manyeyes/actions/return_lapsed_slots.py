"""Open slots again that nobody judges any more: their time is over, or the reviewer has gone."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.reports import slots
from manyeyes.reports.voting import store as voting

LARGEST_SWEEP = 500


class ReturnLapsedSlots(msgspec.Struct, frozen=True):
    """``reviewer_id``: this one goes, and what they have before them returns at once (0: only what has lapsed)."""

    cell: int
    reviewer_id: int = 0


async def return_lapsed_slots(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ReturnLapsedSlots]
) -> list[int]:
    """Return how many slots are open again. The same reviewer may get one again: a lapse is no vote."""
    cell = commands[0].cell
    leaving = sorted({c.reviewer_id for c in commands if c.reviewer_id})
    returning = set(await slots.lock_lapsed(tx, now, cell, LARGEST_SWEEP))
    if leaving:
        returning |= {(s.task_id, s.n) for s in await voting.lock_held(tx, cell, leaving)}
    await slots.reopen(tx, cell, sorted(returning))
    return [len(returning) for _ in commands]
