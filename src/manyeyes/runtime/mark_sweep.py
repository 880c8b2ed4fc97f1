"""Bring a queue's marks to what lies on desks unseen, where whoever marked it was killed before (decision 0079)."""

import asyncio

from manyeyes.actions.mark_works import MarkWork, mark_works
from manyeyes.dispatch.looks import store as looks
from manyeyes.runtime.context import Context


async def mark_what_lies_unseen(context: Context, cell: int) -> None:
    """Mark what of each queue lies on desks without its marks."""
    async with context.cells.pool(cell).acquire() as db:
        found = await looks.to_mark(db, cell)
    ask = context.batcher.ask
    await asyncio.gather(*[ask(mark_works, MarkWork(cell, queue_id, marks)) for queue_id, marks in found.items()])
