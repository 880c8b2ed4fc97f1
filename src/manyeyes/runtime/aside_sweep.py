"""Settle what people laid aside when its time is over: one batch, in which nobody holds up anybody else."""

import asyncio
import os
from collections.abc import Sequence

import structlog

from manyeyes.actions.settle_aside import AsideSettled, SettleAside, settle_aside
from manyeyes.dispatch.looks import store as looks
from manyeyes.runtime.batching import LARGEST_BATCH
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import of_task

SEED_BYTES = 16  # of chance: what is decided may be drawn for an audit
log = structlog.get_logger()


async def settle_what_is_aside(context: Context, cell: int) -> None:
    """Settle what people answered or passed on and can take back no more; tell them, and the customers who wait.

    The oldest first, as many at once as a batch takes, until none is left that was not tried. Somebody whose part
    cannot be settled is told of in the log, and tried again at the next sweep; all others are settled meanwhile.
    """
    tried: set[int] = set()
    while True:
        async with context.cells.pool(cell).acquire() as db:
            due = await looks.due_aside(db, cell, tried, LARGEST_BATCH)
        people = list(dict.fromkeys(due))
        await _settle(context, cell, people)
        if len(due) < LARGEST_BATCH:
            return
        tried.update(people)


async def _settle(context: Context, cell: int, people: Sequence[int]) -> None:
    """Settle what these people laid aside: they enter the lane together, so that they are one batch."""
    asked = [
        context.batcher.ask(settle_aside, SettleAside(cell, worker_id, os.urandom(SEED_BYTES))) for worker_id in people
    ]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    for worker_id, outcome in zip(people, outcomes, strict=True):
        if isinstance(outcome, AsideSettled):
            if outcome.task_ids:
                context.notifier.notify([worker_id, *map(of_task, outcome.task_ids)])
                context.dispatcher.wake(cell, outcome.queue_ids)
        else:
            log.warning("aside_not_settled", cell=cell, worker_id=worker_id, error=repr(outcome))
