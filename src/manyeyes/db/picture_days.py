"""The picture table's days: made ahead, dropped when they are empty and stay so (docs/decisions/0050)."""

from datetime import date, timedelta

import asyncpg

from manyeyes.db.migrate import SQL

DAYS_AHEAD = 2
DAYS_BEHIND = 1  # the database's clock may be behind ours, or be set back, when a day has just begun


async def keep_days(db: asyncpg.Connection, today: date, keep_days: int | None = None) -> None:
    """Make partitions from yesterday to two days ahead; drop empty ones older than ``keep_days`` days (None: none).

    A day on which a job was made that is not over, and every later one, stays: pictures of its items may still come.
    Raises asyncpg.LockNotAvailableError when a day cannot be dropped now because somebody reads the table.
    """
    async with db.transaction():
        await db.execute("LOCK TABLE blob IN SHARE UPDATE EXCLUSIVE MODE")  # one maker at a time; nobody else waits
        there = {row["relname"] for row in await db.fetch(SQL.blob_days)}
        for day in (today + timedelta(days=i) for i in range(-DAYS_BEHIND, DAYS_AHEAD + 1)):
            if _name(day) not in there:
                await _make(db, day)
    if keep_days is None:
        return
    awaited = await db.fetchval(SQL.oldest_open_job)
    oldest = _name(min(today - timedelta(days=keep_days), awaited or today))
    for name in sorted(there):
        if name < oldest and await _is_empty(db, name):
            await _drop(db, name)


async def _make(db: asyncpg.Connection, day: date) -> None:
    """Make one day. CREATE TABLE ... PARTITION OF would wait for every reader, and every submit for it."""
    await db.execute(f"CREATE TABLE {_name(day)} (LIKE blob INCLUDING ALL)")
    await db.execute(
        f"ALTER TABLE blob ATTACH PARTITION {_name(day)} FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
    )


async def _drop(db: asyncpg.Connection, name: str) -> None:
    """Drop one empty day, unless somebody reads: whoever comes while this waits for its lock waits behind it."""
    async with db.transaction():
        await db.execute("SET LOCAL lock_timeout = '200ms'")
        await db.execute(f"DROP TABLE IF EXISTS {name}")


async def _is_empty(db: asyncpg.Connection, name: str) -> bool:
    """Tell whether nothing lies in a day; nor does in one that another process has just dropped."""
    if await db.fetchval(SQL.has_day, name):
        return not await db.fetchval(f"SELECT EXISTS (SELECT FROM {name})")
    return True


def _name(day: date) -> str:
    return f"blob_{day:%Y%m%d}"
