"""Count the votes on complaints that can be taken back no more: paid, and with a verdict where two agree."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.ballots import lock_ballot


class SettleVotes(msgspec.Struct, frozen=True):
    """Count the votes on one complaint: a batch that fails is split, so that what cannot be counted fails alone."""

    cell: int
    task_id: int


async def settle_votes(tx: asyncpg.Connection, now: datetime, commands: Sequence[SettleVotes]) -> list[int]:
    """Return how many votes of each complaint were counted (docs/decisions/0081), the oldest first.

    One that comes after a verdict is paid all the same.
    """
    cell = commands[0].cell
    ballot = await lock_ballot(tx, cell, sorted({c.task_id for c in commands}))
    settled = ballot.settle(now)
    await ballot.save(tx, now, cell)
    return [settled.pop(c.task_id, 0) for c in commands]
