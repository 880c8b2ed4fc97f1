"""Named queries of usage by minute → frozen values."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries, one_row
from manyeyes.db.rows import columns, read
from manyeyes.statistics.rules import cut_seconds, minute_of, whole_minutes
from manyeyes.values.time_window import Window

SQL = Queries(__package__)


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Charged tasks of one account, queue, app and address in one batch."""

    account_id: int
    queue_id: int
    soft_id: int
    ip: str
    tasks: int
    charged_micros: int


class QueueUsage(msgspec.Struct, frozen=True):
    """Ended tasks of one queue in one batch; ``handling_ms`` sums submission to answer."""

    queue_id: int
    tasks: int
    handling_ms: int
    charged_micros: int


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """What is given back for one task, filed under the task's own end."""

    task_id: int
    account_id: int
    queue_id: int
    soft_id: int
    ip: str
    ended_at: datetime
    refunded_micros: int


class Spending(msgspec.Struct, frozen=True):
    """One window: how many tasks were charged in it and what they cost, refunds taken off."""

    window: Window
    tasks: int
    charged_micros: int


class Rates(msgspec.Struct, frozen=True):
    tasks: int
    handling_ms: int
    charged_micros: int


async def add_usage(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[Usage]) -> None:
    """Add charged tasks to the minute of ``now``."""
    if rows:
        found = columns(rows, "account_id", "queue_id", "soft_id", "ip", "tasks", "charged_micros")
        await tx.execute(SQL.add_usage, cell, minute_of(now.timestamp()), *found)


async def refund(tx: asyncpg.Connection, now: datetime, cell: int, refunds: Sequence[Refund]) -> None:
    """Take refunds off the windows in which their tasks ended (docs/decisions/0025#spending)."""
    if not refunds:
        return
    found = columns(refunds, "task_id", "account_id", "queue_id", "soft_id", "ip", "ended_at", "refunded_micros")
    await tx.execute(SQL.insert_refunds, cell, *found, now)
    sums: Counter[tuple[int, int, int, int, str]] = Counter()
    for r in refunds:
        sums[r.account_id, minute_of(r.ended_at.timestamp()), r.queue_id, r.soft_id, r.ip] += r.refunded_micros
    await tx.execute(SQL.take_off_usage, cell, *zip(*[(*key, micros) for key, micros in sums.items()], strict=True))


async def all_refunds(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return every refund since an instant in micros, by task."""
    return dict(await db.fetch(SQL.all_refunds, cell, since, timeout=PROOF_SECONDS))


async def add_queue_minutes(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[QueueUsage]) -> None:
    """Add ended tasks to their queues' minute of ``now``."""
    if rows:
        found = columns(rows, "queue_id", "tasks", "handling_ms", "charged_micros")
        await tx.execute(SQL.add_queue_minutes, cell, minute_of(now.timestamp()), *found)


async def spending(
    db: asyncpg.Connection,
    cell: int,
    account_id: int,
    windows: Sequence[Window],
    *,
    queue_id: int | None = None,
    soft_id: int | None = None,
    ip: str | None = None,
) -> list[Spending]:
    """Return what each of the consecutive one-hour ``windows`` saw; exact for any second.

    Whole minutes come from the buckets, the minutes that a boundary cuts from the raw rows of tasks and of refunds, so
    the answer equals the ledger's settled sums less refunds to the micro. None filters take everything.
    """
    rows: list[asyncpg.Record] = []
    edges = cut_seconds(windows)
    asked = ((SQL.spending_minutes, whole_minutes(windows)), (SQL.spending_edges, edges), (SQL.spending_refunds, edges))
    for query, pieces in asked:
        if pieces:
            edges_of = zip(*pieces, strict=True)
            rows += await db.fetch(query, cell, account_id, *edges_of, queue_id, soft_id, ip)
    tasks, micros = [0] * len(windows), [0] * len(windows)
    for index, count, charged_micros in rows:
        tasks[index] += count
        micros[index] += charged_micros
    return [Spending(*of_window) for of_window in zip(windows, tasks, micros, strict=True)]


async def refunded(
    db: asyncpg.Connection, cell: int, account_id: int, windows: Sequence[Window], queue_id: int | None = None
) -> list[int]:
    """Return the micros given back of the tasks that ended in each of the windows; None takes every queue."""
    pieces = [(number, window.start, window.end) for number, window in enumerate(windows)]
    columns_of = zip(*pieces, strict=True)
    rows = await db.fetch(SQL.spending_refunds, cell, account_id, *columns_of, queue_id, None, None)
    found = [0] * len(windows)
    for number, _, micros in rows:
        found[number] = -micros
    return found


async def queue_rates(db: asyncpg.Connection, cell: int, queue_id: int, since_minute: int) -> Rates:
    """Return what a queue did since a minute (whole minutes since 1970)."""
    return read(Rates, [await one_row(db, SQL.queue_rates, cell, queue_id, since_minute)])[0]


async def queue_spans(
    db: asyncpg.Connection, cell: int, queue_id: int, spans: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return (tasks answered, milliseconds that they took together) of a queue in each span of minutes."""
    firsts, ends = [first for first, _ in spans], [end for _, end in spans]
    rows = await db.fetch(SQL.queue_spans, cell, queue_id, list(range(len(spans))), firsts, ends)
    return [(row["tasks"], row["handling_ms"]) for row in rows]


async def usage_sums(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return what each account was charged since a minute less what it was given back, by the buckets, in micros."""
    rows = await db.fetch(SQL.usage_sums, cell, since, timeout=PROOF_SECONDS)
    return {row["account_id"]: row["charged_micros"] for row in rows}


async def tasks_since(
    db: asyncpg.Connection, cell: int, account_ids: Sequence[int], since: datetime, queue_ids: Sequence[int]
) -> dict[int, int]:
    """Return how many charged tasks each account had in these queues, by whole minutes after ``since``'s."""
    minute = int(since.timestamp()) // 60
    return dict(await db.fetch(SQL.tasks_since, cell, account_ids, minute, queue_ids))
