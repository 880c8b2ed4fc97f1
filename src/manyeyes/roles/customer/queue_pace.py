"""How fast a queue is: what it answered lately, and who is there."""

import time

import asyncpg
import msgspec

from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.statistics import store as statistics
from manyeyes.statistics.rules import minute_of
from manyeyes.workers import store as workers

PACE_MINUTES = 15  # how fast a queue is: what it answered in the last quarter of an hour
FRESH_SECONDS = 5.0


class QueuePace(msgspec.Struct, frozen=True):
    """How many tasks a queue answered in its last `PACE_MINUTES`, and how many workers are there."""

    answered: int
    present: int


async def pace_of(context: Context, cell: int, queue_id: int) -> QueuePace:
    """Return a queue's pace, at most five seconds old."""

    async def read(db: asyncpg.Connection) -> QueuePace:
        rates = await statistics.queue_rates(db, cell, queue_id, minute_of(time.time()) - PACE_MINUTES)
        return QueuePace(rates.tasks, (await workers.presence(db, cell, queue_id))[0])

    async def look() -> QueuePace:
        return await read_patiently(context.cells.pool(cell), read)

    return await context.lookups.cached("job_speed", (cell, queue_id), FRESH_SECONDS, look)
