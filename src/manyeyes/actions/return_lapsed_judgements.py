"""Open judgements again that nobody makes any more: their time is over, or the reviewer has gone."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.certainty import judgements

LARGEST_SWEEP = 500


class ReturnLapsedJudgements(msgspec.Struct, frozen=True):
    """``reviewer_id``: this one goes, and what they have before them returns at once (0: only what has lapsed)."""

    cell: int
    reviewer_id: int = 0


async def return_lapsed_judgements(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ReturnLapsedJudgements]
) -> list[int]:
    """Return how many judgements are open again. The same reviewer may get one again: a lapse is no pass."""
    cell = commands[0].cell
    leaving = sorted({c.reviewer_id for c in commands if c.reviewer_id})
    returning = set(await judgements.lock_lapsed(tx, now, cell, LARGEST_SWEEP))
    if leaving:
        returning |= {j.key for j in await judgements.lock_held(tx, cell, leaving)}
    await judgements.reopen(tx, cell, sorted(returning))
    return [len(returning) for _ in commands]
