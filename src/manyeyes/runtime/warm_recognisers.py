"""Keeps recognisers open that somebody may be waiting for: one takes up to half a minute to start."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from manyeyes.recognitions.store import recognitions_of
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import heard

LOOK_SECONDS = 60.0  # lest a word was lost, and for those that could not open
log = structlog.get_logger()


@asynccontextmanager
async def recognisers_kept_warm(context: Context) -> AsyncIterator[None]:
    """Keep what open recognitions name warm for as long as the block lasts, whatever changes meanwhile."""
    task = asyncio.create_task(_keep(context), name="warm-recognisers")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep(context: Context) -> None:
    while True:
        context.recognisers.changed.clear()
        try:
            async with context.cells.directory.acquire() as db:
                found = await recognitions_of(db)
            context.recognisers.keep_warm({(each.recogniser, each.model) for each in found if not each.closed})
        except Exception as error:  # it comes again
            log.warning("recognisers_not_warmed", error=repr(error))
        await heard(context.recognisers.changed, LOOK_SECONDS)
