"""Let what reviewers said stand when its time to be taken back is over (docs/decisions/0081)."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import asyncpg
import structlog

from manyeyes.actions.settle_decisions import SettleDecisions, settle_decisions
from manyeyes.actions.settle_votes import SettleVotes, settle_votes
from manyeyes.certainty import judgements
from manyeyes.reports.voting import store as voting
from manyeyes.runtime.batching import LARGEST_BATCH
from manyeyes.runtime.context import Context

log = structlog.get_logger()
_Due = Callable[[asyncpg.Connection, int, Collection[int], int], Awaitable[list[int]]]


async def settle_what_reviewers_said(context: Context, cell: int) -> None:
    """Let votes and decisions stand that can be taken back no more, until none is left that was not tried."""
    ask = context.batcher.ask
    await _settle(context, cell, voting.due, lambda task_id: ask(settle_votes, SettleVotes(cell, task_id)))
    await _settle(context, cell, judgements.due, lambda task_id: ask(settle_decisions, SettleDecisions(cell, task_id)))
    context.job_bell.ring()  # what was refunded, or ended, may let a line of its job in


async def _settle(context: Context, cell: int, due: _Due, settle: Callable[[int], Awaitable[int]]) -> None:
    """Settle the oldest first, as many tasks at once as a batch takes.

    One that cannot be settled is told of in the log and tried again at the next sweep; all others are settled.
    """
    tried: set[int] = set()
    while True:
        async with context.cells.pool(cell).acquire() as db:
            found = await due(db, cell, tried, LARGEST_BATCH)
        task_ids = list(dict.fromkeys(found))
        outcomes = await asyncio.gather(*[settle(task_id) for task_id in task_ids], return_exceptions=True)
        for task_id, outcome in zip(task_ids, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                log.warning("review_not_settled", cell=cell, task_id=task_id, error=repr(outcome))
        if len(found) < LARGEST_BATCH:
            return
        tried.update(task_ids)
