"""How long somebody takes for an answer, and how much they pass on, as far as rows tell (docs/decisions/0080).

A task of one answer keeps neither: what is timed are answers to tasks of several and to gold, and what is passed on is
known of gold alone, which comes unannounced among the rest.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from statistics import median

import msgspec

from manyeyes.panels import store as panels
from manyeyes.roles.house.workers import MONTH_DAYS
from manyeyes.runtime.context import Context
from manyeyes.skills import gold_items

TIMED = 200  # of each queue and cell: how quick somebody is now


class TimedQueue(msgspec.Struct, frozen=True, kw_only=True):
    """The median time of somebody's last timed answers in a queue."""

    queue_id: int
    median_ms: float
    answers: int


class WorkerPace(msgspec.Struct, frozen=True, kw_only=True):
    """How quick somebody is in each queue, and what they passed on, in the last `MONTH_DAYS`."""

    queues: list[TimedQueue]
    gold_laid: int
    gold_passed: int


async def pace_of(context: Context, worker_id: int) -> WorkerPace:
    """Return somebody's pace over all cells."""
    since = datetime.now(UTC) - timedelta(days=MONTH_DAYS)
    took, laid, passed = defaultdict[int, list[int]](list), 0, 0
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            for queue_id, took_ms in await panels.lately_took(db, cell, worker_id, since, TIMED):
                took[queue_id].append(took_ms)
            had = await gold_items.gold_had(db, cell, worker_id, since)
        laid, passed = laid + had[0], passed + had[1]
    paces = [TimedQueue(queue_id=n, median_ms=median(times), answers=len(times)) for n, times in sorted(took.items())]
    return WorkerPace(queues=paces, gold_laid=laid, gold_passed=passed)
