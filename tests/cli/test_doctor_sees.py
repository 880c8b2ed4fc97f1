"""manyeyes doctor sees what goes wrong around a database: each finding is provoked by a real fault."""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from manyeyes.db.binaries import find_programs
from manyeyes.db.embedded import Embedded
from manyeyes.roles.house import conditions
from support.embedded_owners import ask, wait_until
from support.pgbouncer import MISSING, find_pgbouncer, pgbouncer

ARCHIVE = {"archive_mode": "on", "archive_command": "false"}
AN_HOUR_AHEAD = """CREATE SCHEMA stepped;
CREATE FUNCTION stepped.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$;
ALTER DATABASE manyeyes SET search_path = stepped, pg_catalog, public"""
STRICT = "ignore_startup_parameters = statement_timeout,idle_in_transaction_session_timeout,jit"


@pytest.fixture
def dsn(data: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The DSN of a server as it is shipped, with the settings that the test is marked with."""
    embedded = Embedded(data, settings=getattr(request, "param", {}))
    try:
        yield embedded.start()
    finally:
        embedded.stop()


@pytest.fixture
def superuser(dsn: str) -> str:
    return dsn.replace("//manyeyes@/", "//postgres@/")


def wrong(manyeyes) -> list[str]:
    """What doctor says is wrong, and that its code says the same."""
    done = manyeyes("doctor")
    found = [line.removeprefix("WRONG  ") for line in done.out.splitlines() if line.startswith("WRONG")]
    assert done.code == (1 if found else 0), done
    return found


def test_a_sound_house_is_told_what_was_seen_of_everything(manyeyes, dsn):
    out = manyeyes("doctor").out
    for told in (
        "well   disk (",
        "well   schema (version ",
        "well   standby (0 in step, none is demanded)",
        "well   archive of the journal (archive_mode is off: ",
        "well   backup (none is known: ",
        "well   clocks of host and database (",
        "well   no long transaction (none above 60 s)",
        "well   way past a pooler (none is in between)",
    ):
        assert told in out, out


def test_a_disk_below_the_floor_is_wrong(manyeyes, dsn, monkeypatch, tmp_path):
    monkeypatch.setenv("MANYEYES_DISK_FLOOR_MEGABYTES", "100000000")
    (found,) = wrong(manyeyes)
    assert found.startswith("disk (")
    assert "the floor is 100000000 MB, nothing new is taken" in found


def test_a_newer_schema_is_wrong(manyeyes, dsn):
    ask(dsn, "INSERT INTO migration (number, name) VALUES (9999, 'of_tomorrow')", "SELECT 1")
    done = manyeyes("doctor")
    assert (done.code, "has schema 9999, of a newer version" in done.err) == (1, True), "no command touches it"


def test_a_backup_that_is_not_there_or_too_old_is_wrong(manyeyes, dsn, monkeypatch, tmp_path):
    mark = tmp_path / "backed-up"
    monkeypatch.setenv("MANYEYES_BACKUP_MARK", str(mark))
    assert wrong(manyeyes) == [f"backup ({mark} is not there: no backup was ever done)"]
    mark.touch()
    assert wrong(manyeyes) == []
    os.utime(mark, (time.time() - 27 * 3600,) * 2)
    assert wrong(manyeyes) == ["backup (27.0 hours old)"]


def test_clocks_that_are_apart_are_wrong(manyeyes, dsn, run_async):
    run_async(execute(dsn, AN_HOUR_AHEAD))
    (found,) = wrong(manyeyes)
    assert found.startswith(("clocks of host and database (3600.", "clocks of host and database (3599."))


def test_a_transaction_that_is_open_for_long_is_named(manyeyes, dsn, monkeypatch, run_async):
    monkeypatch.setattr(conditions, "LONGEST_TRANSACTION_SECONDS", 0.5)

    async def look() -> list[str]:
        db = await asyncpg.connect(dsn, server_settings={"application_name": "a report", "timezone": "UTC"})
        async with db.transaction():
            await db.execute("SET idle_in_transaction_session_timeout = 0")
            await asyncio.sleep(1)
            found = await asyncio.to_thread(wrong, manyeyes)
        await db.close()
        return found

    (found,) = run_async(look())
    assert found.startswith("no long transaction (process ")
    assert "a report idle in transaction: " in found


@pytest.mark.parametrize("dsn", [ARCHIVE], indirect=True)
def test_an_archive_that_fails_is_wrong(manyeyes, dsn, superuser):
    ask(superuser, "SELECT pg_logical_emit_message(false, 'x', 'y')", "SELECT pg_switch_wal()::text")
    wait_until(lambda: bool(wrong(manyeyes)))
    (found,) = wrong(manyeyes)
    assert found.startswith("archive of the journal (0")
    assert "could not be archived" in found


def test_a_demanded_standby_that_is_not_there_is_wrong_until_one_is_in_step(
    manyeyes, dsn, superuser, monkeypatch, tmp_path
):
    monkeypatch.setenv("MANYEYES_STANDBYS", "1")
    assert wrong(manyeyes) == ["standby (0 in step, 1 demanded)"]
    kept = tmp_path / "journal"
    kept.mkdir()
    host = parse_qs(urlsplit(dsn).query)["host"][0]
    command = [str(find_programs() / "pg_receivewal"), "-h", host, "-U", "postgres", "-D", str(kept), "--synchronous"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as standby:
        try:
            wait_until(lambda: ask(superuser, "SELECT count(*) FROM pg_stat_replication") == 1)
            named = "ALTER SYSTEM SET synchronous_standby_names = pg_receivewal"
            ask(superuser, named, "SELECT pg_reload_conf()")
            wait_until(lambda: wrong(manyeyes) == [])
            ask(superuser, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
        finally:
            standby.terminate()


@pytest.mark.clients
@pytest.mark.skipif(not find_pgbouncer(), reason=MISSING)
def test_a_pooler_that_nobody_told_us_of_is_wrong(manyeyes, dsn, monkeypatch, tmp_path):
    with pgbouncer(tmp_path / "pooler", dsn, 3, more=STRICT) as pooled:
        monkeypatch.setenv("MANYEYES_STATEMENT_CACHE_SIZE", "0")
        monkeypatch.setenv("MANYEYES_DATABASE_URL", pooled)
        said = [each for each in wrong(manyeyes) if each.startswith("way past a pooler")]
        assert said == [
            "way past a pooler (a pooler is in between, which carries no LISTEN: set MANYEYES_DIRECT_DATABASE_URL)"
        ]
        monkeypatch.setenv("MANYEYES_DIRECT_DATABASE_URL", pooled)
        assert "way past a pooler (MANYEYES_DIRECT_DATABASE_URL leads to a pooler too)" in wrong(manyeyes)
        monkeypatch.setenv("MANYEYES_DIRECT_DATABASE_URL", dsn)
        assert "well   way past a pooler (a pooler is in between, and" in manyeyes("doctor").out


async def execute(dsn: str, statements: str) -> None:
    db = await asyncpg.connect(dsn)
    await db.execute(statements)
    await db.close()
