"""Days of pictures are made and dropped beside readers that hold the picture table open for long."""

from datetime import date, timedelta

import asyncpg
import pytest

from manyeyes.db.picture_days import keep_days

DAY = date(2031, 5, 1)


async def days(db: asyncpg.Connection) -> set[str]:
    rows = await db.fetch("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'blob'::regclass")
    return {row["name"] for row in rows}


async def test_a_day_is_made_beside_an_open_reader_and_dropped_when_they_are_gone(dsn):
    db, reader = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    try:
        async with reader.transaction():
            await reader.execute("LOCK TABLE blob IN ACCESS SHARE MODE")  # as pg_dump does
            await db.execute("SET statement_timeout = '15s'")
            await keep_days(db, DAY)
            assert {"blob_20310501", "blob_20310502", "blob_20310503"} <= await days(db)
            with pytest.raises(asyncpg.LockNotAvailableError):
                await keep_days(db, DAY + timedelta(days=9), keep_days=1)
        await keep_days(db, DAY + timedelta(days=9), keep_days=1)
        assert "blob_20310501" not in await days(db)
        assert (
            await db.fetchval(
                "SELECT attstorage FROM pg_attribute WHERE attrelid = 'blob_20310510'::regclass AND attname = 'bytes'"
            )
            == b"e"
        )
    finally:
        await db.close()
        await reader.close()
        admin = await asyncpg.connect(dsn)
        for name in await days(admin):
            if name.startswith("blob_2031"):
                await admin.execute(f"DROP TABLE {name}")
        await keep_days(admin, date.today())
        await admin.close()
