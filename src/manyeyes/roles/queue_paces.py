"""How long somebody takes for an answer in each queue, and what they pass on there: told to them and to the operator.

A task of one answer keeps no time: what is timed are answers to tasks of several, and to gold.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from statistics import median

import msgspec

from manyeyes.panels import store as panels
from manyeyes.runtime.context import Context
from manyeyes.workers.rules import SkipReason
from manyeyes.workers.skips import store as skips

MONTH_DAYS = 30
TIMED = 200  # of each queue and cell: how quick somebody is now


class PersonPace(msgspec.Struct, frozen=True, kw_only=True):
    """The median time of somebody's last timed answers in a queue, None where none is; how often they skipped, and why.

    ``reasons``: those there are, in the order in which the screen offers them.
    """

    queue_id: int
    median_ms: float | None
    timed: int
    reasons: Mapping[SkipReason, int]

    @property
    def skips(self) -> int:
        """Return how often they skipped."""
        return sum(self.reasons.values())


async def queue_paces(context: Context, worker_id: int) -> list[PersonPace]:
    """Return somebody's pace and skips of the last `MONTH_DAYS`, over all cells, by queue."""
    since = datetime.now(UTC) - timedelta(days=MONTH_DAYS)
    took, why = defaultdict[int, list[int]](list), defaultdict[int, Counter[SkipReason]](Counter)
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            for queue_id, took_ms in await panels.lately_took(db, cell, worker_id, since, TIMED):
                took[queue_id].append(took_ms)
            for each in await skips.of_worker(db, cell, worker_id, since.date()):
                why[each.queue_id][each.reason] += each.skips
    return [_pace(n, took.get(n, []), why.get(n, Counter())) for n in sorted({*took, *why})]


def _pace(queue_id: int, times: list[int], why: Counter[SkipReason]) -> PersonPace:
    reasons = {reason: why[reason] for reason in SkipReason if why[reason]}
    return PersonPace(queue_id=queue_id, median_ms=median(times) if times else None, timed=len(times), reasons=reasons)
