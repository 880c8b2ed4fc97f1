"""The picture table's days: made ahead, dropped whole when their time is over."""

from datetime import date, timedelta

import asyncpg

from manyeyes.db.migrate import SQL

DAYS_AHEAD = 2


async def keep_days(db: asyncpg.Connection, today: date, keep_days: int | None = None) -> None:
    """Make partitions for today and two days more; drop those older than ``keep_days`` days (None: drop none).

    Raises asyncpg.LockNotAvailableError when a day cannot be dropped now because somebody reads the table.
    """
    async with db.transaction():
        await db.execute("LOCK TABLE blob IN SHARE UPDATE EXCLUSIVE MODE")  # one maker at a time; nobody else waits
        there = {row["relname"] for row in await db.fetch(SQL.blob_days)}
        for day in (today + timedelta(days=i) for i in range(DAYS_AHEAD + 1)):
            if _name(day) not in there:
                await _make(db, day)
    oldest = _name(today - timedelta(days=keep_days)) if keep_days is not None else ""
    for name in sorted(there):
        if name < oldest:
            await _drop(db, name)


async def _make(db: asyncpg.Connection, day: date) -> None:
    """Make one day. CREATE TABLE ... PARTITION OF would wait for every reader, and every submit for it."""
    await db.execute(f"CREATE TABLE {_name(day)} (LIKE blob INCLUDING ALL)")
    await db.execute(
        f"ALTER TABLE blob ATTACH PARTITION {_name(day)} FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
    )


async def _drop(db: asyncpg.Connection, name: str) -> None:
    """Drop one day, unless somebody reads: whoever comes while this waits for its lock waits behind it."""
    async with db.transaction():
        await db.execute("SET LOCAL lock_timeout = '200ms'")
        await db.execute(f"DROP TABLE IF EXISTS {name}")


def _name(day: date) -> str:
    return f"blob_{day:%Y%m%d}"
