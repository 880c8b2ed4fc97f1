"""db/migrations/ builds exactly what db/schema.sql shows."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import tree
from catalogue import catalogue

from manyeyes.db.migrate import migrate, migrations, pending


@pytest.fixture
async def fresh(server: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database with nothing in it."""
    admin = await asyncpg.connect(server)
    await admin.execute("DROP DATABASE IF EXISTS fresh")
    await admin.execute("CREATE DATABASE fresh")
    db = await asyncpg.connect(server.replace("/manyeyes?", "/fresh?"))
    yield db
    await db.close()
    await admin.execute("DROP DATABASE fresh")
    await admin.close()


async def test_the_migrations_build_the_schema(fresh: asyncpg.Connection):
    await fresh.execute((tree.SOURCE / "db" / "schema.sql").read_text("utf-8"))
    shown = await catalogue(fresh)
    await fresh.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    assert await migrate(fresh) == [m.name for m in migrations()]
    built = await catalogue(fresh)
    assert shown["tables"]
    for part, rows in shown.items():
        assert built[part] == rows, part


async def test_a_migrated_database_has_nothing_pending_and_migrating_again_does_nothing(fresh: asyncpg.Connection):
    assert await pending(fresh) == [m.name for m in migrations()]
    await migrate(fresh)
    assert await pending(fresh) == []
    assert await migrate(fresh) == []


def test_migrations_are_numbered_without_a_gap():
    assert [m.number for m in migrations()] == list(range(1, len(migrations()) + 1))
