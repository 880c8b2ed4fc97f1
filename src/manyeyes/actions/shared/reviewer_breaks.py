"""Breaks of reviewers: two hours after the last one nothing new is laid before them (docs/decisions/0088)."""

from collections.abc import Collection
from datetime import datetime

import asyncpg

from manyeyes.values.refusals import Refusal
from manyeyes.workers.breaks import store as breaks
from manyeyes.workers.breaks.rules import REST, break_due


async def send_to_rest(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Collection[int], deciding: Collection[int]
) -> dict[int, Refusal]:
    """Return what those of the reviewers are told who have a break, or for whom it begins; their records are locked.

    ``deciding``: who decided something just now, and has worked until now.
    """
    found = await breaks.resting(tx, now, cell, reviewer_ids, deciding)
    due = [each for each, since in found.items() if since is None]
    if due:
        await breaks.begin_rests(tx, now, cell, due)
    return {each: break_due((since or now) + REST) for each, since in found.items()}
