"""Named queries of what customers think of workers → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from manyeyes.allow_list.rules import Standing, ends_at
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read

SQL = Queries(__package__)


async def save_standings(tx: asyncpg.Connection, now: datetime, cell: int, words: Sequence[Standing]) -> None:
    """Keep words for an hour from ``now``; they come sorted and one per pair (`allow_list.rules.latest`)."""
    if words:
        found = columns(words, "account_id", "worker_id", "filtered")
        await tx.execute(SQL.save_standings, cell, *found, ends_at(now))


async def regards(
    tx: asyncpg.Connection, now: datetime, cell: int, idle: Sequence[int], newest: int, workers: Sequence[int]
) -> list[Standing]:
    """Return the ``newest`` entries for each of the ``idle`` workers, last one first, and who filters ``workers``."""
    return read(Standing, await tx.fetch(SQL.regards, cell, idle, newest, workers, now))


async def listed_by(
    tx: asyncpg.Connection, now: datetime, cell: int, account_ids: Sequence[int], limit: int
) -> list[tuple[int, int]] | None:
    """Return (account, listed worker) of these accounts; None when they have more than ``limit`` entries together."""
    rows = await tx.fetch(SQL.listed_by, cell, account_ids, now, limit + 1)
    return [tuple(row) for row in rows] if len(rows) <= limit else None


async def listed_among(
    tx: asyncpg.Connection, now: datetime, cell: int, account_ids: Sequence[int], worker_ids: Sequence[int]
) -> list[tuple[int, int]]:
    """Return (account, listed worker) of these accounts and these workers."""
    rows = await tx.fetch(SQL.listed_among, cell, worker_ids, account_ids, now)
    return [tuple(row) for row in rows]


async def filtered_by(
    tx: asyncpg.Connection, now: datetime, cell: int, account_ids: Sequence[int]
) -> dict[int, dict[int, datetime]]:
    """Return whom each of these accounts filters, until when; accounts that filter nobody are left out."""
    found: dict[int, dict[int, datetime]] = {}
    for account_id, worker_id, until in await tx.fetch(SQL.filtered_by, cell, account_ids, now):
        found.setdefault(account_id, {})[worker_id] = until
    return found


async def forget_standings(tx: asyncpg.Connection, now: datetime, cell: int, limit: int) -> int:
    """Remove at most ``limit`` words that are over; return how many."""
    return len(await tx.fetch(SQL.forget_standings, cell, now, limit))
