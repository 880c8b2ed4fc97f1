"""One embedded PostgreSQL for the whole run; every test that asks for a house finds it empty."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from manyeyes.db.embedded import Embedded
from manyeyes.db.pool import Cells, open_pool
from manyeyes.runtime.context import Context, open_context, prepare_database
from manyeyes.server.application import running
from manyeyes.settings import Settings
from support.action_stage import Stage, set_stage
from support.in_process_client import Client

# No deadline: nothing may depend on how fast a machine is. Few examples, drawn anew in every run.
hypothesis.settings.register_profile("manyeyes", deadline=None, max_examples=30)
hypothesis.settings.load_profile("manyeyes")
KEPT = {"migration", "queue", "cell", "gate", "counter", "secret"}  # a secret: making the signing key takes a while


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The DSN of a real server, for the whole run."""
    embedded = Embedded(tmp_path_factory.mktemp("postgres"))
    try:
        yield embedded.start()
    finally:
        embedded.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
async def dsn(server: str) -> str:
    """The DSN of the prepared database, emptied."""
    db = await asyncpg.connect(server)
    try:
        await prepare_database(db)
        await empty(db)
    finally:
        await db.close()
    return server


@pytest.fixture
async def context(dsn: str, settings: Settings) -> AsyncIterator[Context]:
    """A house on one cell, its chores not running: a test runs what it is about."""
    context = await open_context(settings, dsn)
    yield context
    await context.close()


@pytest.fixture
async def stage(context: Context) -> Stage:
    """A cell whose clock only the test moves, for playing actions without what drives them."""
    return await set_stage(context.cells.directory)


@pytest.fixture
async def client(dsn: str, settings: Settings) -> AsyncIterator[Client]:
    """An HTTP client of the whole application with its chores; ``client.context`` is behind it."""
    context = await open_context(settings, dsn)
    async with running(context) as application, Client(context, application) as found:
        yield found


@pytest.fixture
async def two_databases(dsn: str, settings: Settings) -> AsyncIterator[Context]:
    """A house whose two cells live in two separate databases: whatever crosses cells fails."""
    admin = await asyncpg.connect(dsn)
    if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = 'second_cell'"):
        await admin.execute("CREATE DATABASE second_cell")
    await admin.close()
    other = dsn.replace("/manyeyes?", "/second_cell?")
    db = await asyncpg.connect(other)
    await prepare_database(db, [2])
    await empty(db)
    await db.close()
    first, second = await open_pool(dsn, size=4), await open_pool(other, size=4)
    context = await open_context(settings, dsn, cells=Cells(first, {1: first, 2: second}))
    yield context
    await context.close()


async def empty(db: asyncpg.Connection) -> None:
    """Forget everything but the schema and its first rows."""
    rows = await db.fetch(
        "SELECT relname, pg_relation_size(oid) < 1000000 AS small FROM pg_class "  # deleting few rows is quicker
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    small = {row["relname"]: row["small"] for row in rows}
    for name in sorted(set(small) - KEPT):
        await db.execute(f"DELETE FROM {name}" if small[name] else f"TRUNCATE {name}")
    await db.execute(
        "UPDATE gate SET virtual_turn = 0; UPDATE counter SET next_value = 1; UPDATE cell SET next_serial = 1"
    )
    await db.execute(
        "DELETE FROM queue WHERE queue_id NOT IN (1, 2); "
        "UPDATE queue SET price_micros = 700, pay_micros = 500, capacity = 100000, lease_seconds = 60, "
        "sensitive = false, vote_micros = 100"
    )
