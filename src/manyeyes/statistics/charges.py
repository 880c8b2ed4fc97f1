"""Named queries of what tasks cost in bookkeeping: a charge when its task ended, a refund when it was given.

Spending windows take a refund off the window in which its task ended (docs/decisions/0025#spending); statements do not
change what a past day said (docs/decisions/0050).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.statistics.rules import WindowPiece, cut_seconds, whole_minutes
from manyeyes.statistics.store import SQL
from manyeyes.values.time_window import MINUTE, Window


class Charges(msgspec.Struct, frozen=True):
    """Of one window: how many tasks were charged, what they cost, and what was given back in it, in micro-units."""

    tasks: int
    charged_micros: int
    refunded_micros: int


class WorkCharges(msgspec.Struct, frozen=True, kw_only=True):
    """The same of a whole span for one queue and job; ``job_id`` 0: tasks by themselves."""

    queue_id: int
    job_id: int
    tasks: int
    charged_micros: int
    refunded_micros: int


async def charges(
    db: asyncpg.Connection,
    cell: int,
    account_id: int,
    windows: Sequence[Window],
    *,
    queue_id: int | None = None,
    soft_id: int | None = None,
    ip: str | None = None,
) -> list[Charges]:
    """Return what each of the windows saw, exact for any second. None filters take everything.

    Whole minutes come from the buckets, to which the refunds that were taken off them are added again; the minutes that
    a boundary cuts come from the raw rows. So a month of a million tasks costs as much as its minutes.
    """
    minutes, edges = whole_minutes(windows), cut_seconds(windows)
    taken_off = [WindowPiece(p.number, p.first * MINUTE, p.until * MINUTE) for p in minutes]
    given = [WindowPiece(i, *window) for i, window in enumerate(windows)]
    tasks, micros, refunded = ([0] * len(windows) for _ in range(3))
    sources = (
        (SQL.spending_minutes, minutes, tasks, micros, 1),
        (SQL.spending_edges, edges, tasks, micros, 1),
        (SQL.spending_refunds, taken_off, None, micros, -1),
        (SQL.refunds_given, given, None, refunded, 1),
    )
    for query, pieces, counts, sums, sign in sources:
        if not pieces:
            continue
        for row in await db.fetch(query, cell, account_id, *zip(*pieces, strict=True), queue_id, soft_id, ip):
            index, count, amount = row
            sums[index] += sign * amount
            if counts is not None:
                counts[index] += count
    return [Charges(*of_window) for of_window in zip(tasks, micros, refunded, strict=True)]


async def charges_by_work(
    db: asyncpg.Connection, cell: int, account_id: int, start: datetime, end: datetime
) -> list[WorkCharges]:
    """Return the charges of ``[start, end)`` by queue and job, in their order."""
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for query in (SQL.charged_by_work, SQL.refunds_by_work):
        for each in read(WorkCharges, await db.fetch(query, cell, account_id, start, end)):
            sums = found[each.queue_id, each.job_id]
            for i, value in enumerate((each.tasks, each.charged_micros, each.refunded_micros)):
                sums[i] += value
    return [
        WorkCharges(queue_id=queue_id, job_id=job_id, tasks=tasks, charged_micros=charged, refunded_micros=refunded)
        for (queue_id, job_id), (tasks, charged, refunded) in sorted(found.items())
    ]
