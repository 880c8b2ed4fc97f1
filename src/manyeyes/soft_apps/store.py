"""Named queries of soft apps and their days → frozen values."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read, values
from manyeyes.soft_apps.rules import AppDay, DaySum

SQL = Queries(__package__)


class SoftApp(msgspec.Struct, frozen=True):
    """A registered application; ``cell`` is its owner's."""

    soft_id: int
    name: str
    cell: int
    account_id: int


async def soft_apps(db: asyncpg.Connection) -> dict[int, SoftApp]:
    """Return all registered applications by their softId."""
    return {app.soft_id: app for app in read(SoftApp, await db.fetch(SQL.soft_apps))}


async def insert_soft_app(db: asyncpg.Connection, app: SoftApp) -> bool:
    """Register an application; return False when its number is taken."""
    return await db.fetchval(SQL.insert_soft_app, *values(app, "soft_id", "name", "cell", "account_id")) is not None


async def add_days(tx: asyncpg.Connection, cell: int, days: Sequence[AppDay]) -> None:
    """Add to the days; ``days`` has one row per app, day and customer (`rules.merged`)."""
    if days:
        found = columns(
            days,
            *("soft_id", "day", "account_id", "solved", "unsolvable", "released", "share_micros", "taken_back_micros"),
            "paid_out_micros",
        )
        await tx.execute(SQL.add_days, cell, *found)


async def add_refusals(tx: asyncpg.Connection, cell: int, day: date, times: Mapping[tuple[int, str], int]) -> None:
    """Add refused calls, by (softId, reason)."""
    found = zip(*[(soft_id, reason, count) for (soft_id, reason), count in times.items()], strict=True)
    await tx.execute(SQL.add_refusals, cell, day, *found)


async def days(db: asyncpg.Connection, cell: int, soft_id: int, since: date) -> dict[date, DaySum]:
    """Return what an app's days came to in a cell; days without anything are left out."""
    rows = await db.fetch(SQL.days, cell, soft_id, since)
    return {row["day"]: found for row, found in zip(rows, read(DaySum, rows), strict=True)}


async def refusals(db: asyncpg.Connection, cell: int, soft_id: int, since: date) -> dict[tuple[str, date], int]:
    """Return how many calls were refused in a cell, by (reason, day)."""
    rows = await db.fetch(SQL.refusals, cell, soft_id, since)
    return {(row["reason"], row["day"]): row["times"] for row in rows}


async def owed_of(db: asyncpg.Connection, cell: int, soft_ids: Iterable[int]) -> Counter[int]:
    """Return the micros of apps' shares in a cell that were neither taken back nor paid out; may be below zero."""
    return Counter(dict(await db.fetch(SQL.owed_of, cell, sorted(set(soft_ids)))))


async def all_owed(db: asyncpg.Connection, cell: int) -> dict[int, int]:
    """Return `owed_of` every app that a cell knows."""
    return dict(await db.fetch(SQL.all_owed, cell, timeout=PROOF_SECONDS))
