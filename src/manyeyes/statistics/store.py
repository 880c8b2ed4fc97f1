"""Named queries of usage by minute → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries
from manyeyes.statistics.rules import cut_seconds, minute_of, whole_minutes
from manyeyes.window import Window

SQL = Queries(__package__)


class Usage(msgspec.Struct, frozen=True):
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
    if rows:
        columns = zip(*[msgspec.structs.astuple(row) for row in rows], strict=True)
        await tx.execute(SQL.add_usage, cell, minute_of(now.timestamp()), *columns)


async def add_queue_minutes(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[QueueUsage]) -> None:
    if rows:
        columns = zip(*[msgspec.structs.astuple(row) for row in rows], strict=True)
        await tx.execute(SQL.add_queue_minutes, cell, minute_of(now.timestamp()), *columns)


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
    """Return what each of the consecutive one-hour ``windows`` saw (seed 000); exact for any second.

    Whole minutes come from the buckets, the minutes that a boundary cuts from the raw rows, so the answer equals the
    ledger's settled sums to the micro. None filters take everything.
    """
    rows: list[asyncpg.Record] = []
    for query, pieces in ((SQL.spending_minutes, whole_minutes(windows)), (SQL.spending_edges, cut_seconds(windows))):
        if pieces:
            columns = zip(*pieces, strict=True)
            rows += await db.fetch(query, cell, account_id, *columns, queue_id, soft_id, ip)
    tasks, micros = [0] * len(windows), [0] * len(windows)
    for index, count, charged_micros in rows:
        tasks[index] += count
        micros[index] += charged_micros
    return [Spending(*of_window) for of_window in zip(windows, tasks, micros, strict=True)]


async def queue_rates(db: asyncpg.Connection, cell: int, queue_id: int, since_minute: int) -> Rates:
    return Rates(*await db.fetchrow(SQL.queue_rates, cell, queue_id, since_minute))


async def usage_sums(db: asyncpg.Connection, cell: int) -> dict[int, int]:
    """Return all that each account was charged, by the buckets, in micros."""
    rows = await db.fetch(SQL.usage_sums, cell, timeout=PROOF_SECONDS)
    return {row["account_id"]: row["charged_micros"] for row in rows}
