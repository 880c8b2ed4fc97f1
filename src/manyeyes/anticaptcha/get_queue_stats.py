"""getQueueStats: how busy a queue is. No key needed; a figure is at most 10 s old.

See docs/contracts/anticaptcha.md#getqueuestats.
"""

import time

import msgspec

from manyeyes.anticaptcha import lenient_values
from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.runtime.context import Context
from manyeyes.statistics import store as statistics
from manyeyes.statistics.rules import minute_of
from manyeyes.values.money import number
from manyeyes.values.refusals import Reason, Refusal, Refused
from manyeyes.workers import store as workers

CACHED_SECONDS = 10.0
RATE_MINUTES = 15  # speed and average price are those of the last quarter of an hour


class QueueStats(msgspec.Struct, frozen=True, kw_only=True):
    """``waiting``: idle workers; ``load`` in percent; ``bid``: average price in USD; ``speed`` in seconds.

    ``total``: workers who are present.
    """

    errorId: int
    waiting: int
    load: float
    bid: float
    speed: float
    total: int


async def get_queue_stats(call: AntiCaptchaCall) -> QueueStats | Refusal:
    """Return five numbers, summed over the cells; zeros for a queue that this installation does not work on."""
    if lenient_values.is_unset(call.body, "queueId"):
        return Refusal(Reason.TASK_PROPERTIES, "Missing property 'queueId'")
    try:
        queue_id = lenient_values.whole(call.body, "queueId")
    except Refused as refused:
        return refused.refusal
    context = call.context
    return await context.lookups.cached("stats", queue_id, CACHED_SECONDS, lambda: _measure(context, queue_id))


async def _measure(context: Context, queue_id: int) -> QueueStats:
    queue = (await context.lookups.queues()).get(queue_id)
    if queue is None:
        return QueueStats(errorId=0, waiting=0, load=0.0, bid=0.0, speed=0.0, total=0)
    total = idle = tasks = handling_ms = charged_micros = 0
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            present = await workers.presence(db, cell, queue_id)
            rates = await statistics.queue_rates(db, cell, queue_id, minute_of(time.time()) - RATE_MINUTES)
        total, idle = total + present[0], idle + present[1]
        tasks, handling_ms = tasks + rates.tasks, handling_ms + rates.handling_ms
        charged_micros += rates.charged_micros
    return QueueStats(
        errorId=0,
        waiting=idle,
        load=round(100 * (total - idle) / total, 2) if total else 0.0,
        bid=number(round(charged_micros / tasks) if tasks else queue.price_micros),
        speed=round(handling_ms / tasks / 1000, 2) if tasks else 0.0,
        total=total,
    )
