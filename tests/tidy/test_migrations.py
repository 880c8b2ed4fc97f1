"""db/migrations/ builds exactly what db/schema.sql shows."""

import asyncio
from collections.abc import AsyncIterator
from itertools import zip_longest
from typing import Any

import asyncpg
import pytest

from manyeyes.db.migrate import migrate, migrations, pending
from support import repository
from support.database_catalogue import catalogue
from support.databases import make_database
from support.findings import fail_on

Row = dict[str, Any]


@pytest.fixture
async def fresh(server: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database with nothing in it."""
    db = await asyncpg.connect(await make_database(server, "fresh"))
    yield db
    await db.close()


def differences(part: str, shown: list[Row], built: list[Row]) -> list[str]:
    """Return what one of the two lacks; of the same rows in another order, the first that is out of its place."""
    pairs = ("db/schema.sql", shown, built), ("the migrations", built, shown)
    findings = [f"{part}: only in {where}: {row}" for where, rows, others in pairs for row in rows if row not in others]
    moved = (f"{part}: in another place in the migrations: {a}" for a, b in zip_longest(shown, built) if a != b)
    return findings or list(moved)[:1]


async def test_the_migrations_build_the_schema(fresh: asyncpg.Connection):
    await fresh.execute((repository.SOURCE / "db" / "schema.sql").read_text("utf-8"))
    shown = await catalogue(fresh)
    await fresh.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    assert await migrate(fresh) == [m.name for m in migrations()]
    built = await catalogue(fresh)
    assert shown["tables"]
    findings = [line for part, rows in shown.items() for line in differences(part, rows, built[part])]
    fail_on(findings, "make schema.sql and the migrations agree; a column that a migration adds is its table's last")


async def test_a_migrated_database_has_nothing_pending_and_migrating_again_does_nothing(fresh: asyncpg.Connection):
    assert await pending(fresh) == [m.name for m in migrations()]
    await migrate(fresh)
    assert await pending(fresh) == []
    assert await migrate(fresh) == []


async def test_two_first_starts_at_once_both_succeed(server: str, fresh: asyncpg.Connection):
    """The second waits where the first makes its first table, and then finds everything done."""
    other = await asyncpg.connect(server.replace("/manyeyes?", "/fresh?"))
    try:
        async with fresh.transaction():
            first = await migrate(fresh)
            second = asyncio.create_task(migrate(other))
            await wait_until_blocked(server, other.get_server_pid())
        assert (first, await second) == ([m.name for m in migrations()], [])
    finally:
        await other.close()


async def wait_until_blocked(server: str, pid: int) -> None:
    watcher = await asyncpg.connect(server)
    try:
        async with asyncio.timeout(20):
            while not await watcher.fetchval("SELECT cardinality(pg_blocking_pids($1)) > 0", pid):  # noqa: ASYNC110 (the server tells by no event)
                await asyncio.sleep(0.01)
    finally:
        await watcher.close()


def test_migrations_are_numbered_without_a_gap():
    assert [m.number for m in migrations()] == list(range(1, len(migrations()) + 1))
