"""Named queries of how the house and one account are now → frozen values; none reads more the longer a house runs."""

from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries, one_row

SQL = Queries(__package__)
MOST_COUNTED = 100_000  # of anything that nobody ends


class QueueGauges(msgspec.Struct, frozen=True):
    """Tasks that wait, people there, and tasks that ended in the last whole minute."""

    queue_id: int
    waiting: int
    people: int
    ended: int


class CellGauges(msgspec.Struct, frozen=True, kw_only=True):
    """``oldest_seconds`` None: nothing waits. The last seven are of at most `MOST_COUNTED`."""

    oldest_seconds: float | None
    leased: int
    people: int
    held_micros: int
    pay_micros: int
    payouts: int
    complaints: int
    deliveries: int
    given_up: int


class AccountGauges(msgspec.Struct, frozen=True, kw_only=True):
    """By queue what waits (tasks, seconds of the oldest) and what was charged lately (tasks, micros).

    ``unanswered``: tasks that ended without a charge lately; ``refused_reports``: of the account, lately.
    """

    waiting: dict[int, tuple[int, float]]
    charged: dict[int, tuple[int, int]]
    unanswered: int
    refused_reports: int


async def queue_gauges(db: asyncpg.Connection, cell: int, minute: int) -> list[QueueGauges]:
    """Return how each queue is; ``minute``: the last whole one, Unix time / 60."""
    return [QueueGauges(*row) for row in await db.fetch(SQL.queue_gauges, cell, minute)]


async def cell_gauges(db: asyncpg.Connection, cell: int) -> CellGauges:
    """Return how a cell is."""
    return CellGauges(**dict(await one_row(db, SQL.cell_gauges, cell, MOST_COUNTED)))


async def account_gauges(db: asyncpg.Connection, cell: int, account_id: int, since: datetime) -> AccountGauges:
    """Return how an account is; "lately" is since that instant, to the minute."""
    waiting = await db.fetch(SQL.account_queues, cell, account_id)
    charged = await db.fetch(SQL.account_charged, cell, account_id, int(since.timestamp()) // 60)
    refused = await one_row(db, SQL.account_refused, cell, account_id, since, MOST_COUNTED)
    return AccountGauges(
        waiting={row["queue_id"]: (row["waiting"], row["oldest_seconds"]) for row in waiting},
        charged={row["queue_id"]: (row["tasks"], row["charged_micros"]) for row in charged},
        unanswered=refused["unanswered"],
        refused_reports=refused["reports"],
    )
