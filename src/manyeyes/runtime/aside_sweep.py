"""Settle what people laid aside when its time is over: one batch, in which nobody holds up anybody else."""

import os

from manyeyes.actions.settle_aside import SettleAside, settle_aside
from manyeyes.dispatch.looks import store as looks
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import of_task
from manyeyes.runtime.settling import settle_due

SEED_BYTES = 16  # of chance: what is decided may be drawn for an audit


async def settle_what_is_aside(context: Context, cell: int) -> None:
    """Settle what people answered or passed on and can take back no more; tell them, and the customers who wait."""

    async def settle(worker_id: int) -> bool:
        settled = await context.batcher.ask(settle_aside, SettleAside(cell, worker_id, os.urandom(SEED_BYTES)))
        if settled.task_ids:
            context.notifier.notify([worker_id, *map(of_task, settled.task_ids)])
            context.dispatcher.wake(cell, settled.queue_ids)
        return bool(settled.task_ids)

    await settle_due(context, cell, looks.due_aside, settle)
