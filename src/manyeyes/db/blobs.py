"""The picture table's days: made ahead, dropped whole when their time is over."""

from datetime import date, timedelta

import asyncpg

from manyeyes.db.migrate import SQL

DAYS_AHEAD = 2


async def keep_days(db: asyncpg.Connection, today: date, keep_days: int | None = None) -> None:
    """Make partitions for today and two days more; drop those older than ``keep_days`` days (None: drop none)."""
    there = {row["relname"] for row in await db.fetch(SQL.blob_days)}
    for day in (today + timedelta(days=i) for i in range(DAYS_AHEAD + 1)):
        if _name(day) not in there:
            await db.execute(
                f"CREATE TABLE IF NOT EXISTS {_name(day)} PARTITION OF blob "
                f"FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
            )
            await db.execute(f"ALTER TABLE {_name(day)} ALTER bytes SET STORAGE EXTERNAL")
    oldest = _name(today - timedelta(days=keep_days)) if keep_days is not None else ""
    for name in there:
        if name < oldest:
            await db.execute(f"DROP TABLE IF EXISTS {name}")


def _name(day: date) -> str:
    return f"blob_{day:%Y%m%d}"
