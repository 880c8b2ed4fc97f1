"""Days of pictures are made and dropped beside readers that hold the picture table open for long."""

from datetime import UTC, date, datetime, timedelta

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


async def test_a_day_with_a_picture_or_an_older_job_that_is_open_stays(dsn):
    db = await asyncpg.connect(dsn)
    here, full, empty = date.today(), "blob_20310501", {"blob_20310502", "blob_20310503"}
    try:
        await keep_days(db, DAY)
        await db.execute("INSERT INTO blob VALUES (1, $1, 7, 'png', '')", DAY)
        made = datetime(2031, 5, 2, 23, 59, tzinfo=UTC)
        columns = "cell, job_id, account_id, name, queue_id, question_id, created_at, changed_at, state"
        await db.execute(f"INSERT INTO job ({columns}) VALUES (1, 1, 1, 'draft', 1, 1, $1, $1, 0)", made)
        await keep_days(db, DAY + timedelta(days=40), keep_days=2)
        assert {full} | empty <= await days(db)
        await db.execute("UPDATE job SET state = 3")
        await keep_days(db, DAY + timedelta(days=40), keep_days=2)
        assert ({full} | empty) & await days(db) == {full}
        await db.execute("DELETE FROM blob")
        await keep_days(db, DAY + timedelta(days=40), keep_days=2)
        assert full not in await days(db)
    finally:
        for name in await days(db):
            if name.startswith("blob_2031"):
                await db.execute(f"DROP TABLE {name}")
        await keep_days(db, here)
        await db.close()
