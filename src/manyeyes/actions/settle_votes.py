"""Count the votes on complaints that can be taken back no more: paid, and with a verdict where two agree."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.ballots import lock_ballot
from manyeyes.reports.voting import store as voting

LARGEST_SWEEP = 200


class SettleVotes(msgspec.Struct, frozen=True):
    cell: int


async def settle_votes(tx: asyncpg.Connection, now: datetime, commands: Sequence[SettleVotes]) -> list[int]:
    """Return how many votes were counted (docs/decisions/0081). One that comes after a verdict is paid all the same."""
    cell = commands[0].cell
    task_ids = sorted(set(await voting.due(tx, now, cell, LARGEST_SWEEP)))
    if not task_ids:
        return [0 for _ in commands]
    ballot = await lock_ballot(tx, cell, task_ids)
    settled = ballot.settle(now)
    await ballot.save(tx, now, cell)
    return [settled for _ in commands]
