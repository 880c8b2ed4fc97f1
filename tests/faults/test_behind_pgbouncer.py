"""Two serving processes behind PgBouncer in transaction mode: lives under kills, and all that needs a session."""

import asyncio
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from manyeyes.db.pool import LIMITS
from support.databases import MakeDatabase
from support.persistent_load import Load, assert_booked_once
from support.pgbouncer import MISSING, find_pgbouncer, pgbouncer
from support.real_server import ServeProcess, run

pytestmark = [
    pytest.mark.faults,
    pytest.mark.clients,  # never skipped in continuous integration, which installs it
    pytest.mark.skipif(not find_pgbouncer(), reason=MISSING),
]

CONNECTIONS = 3  # of the server: fewer than the processes' pools have, so that clients change places all the time
CUSTOMERS, WORKERS, KILLS = 3, 4, 10
OURS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'manyeyes'"
LISTENING = f"{OURS} AND query LIKE 'LISTEN%'"


@pytest.fixture
async def dsn(create_database: MakeDatabase) -> str:
    """Return the DSN of a database that no other test meets: a server seals its keys, and its role gets limits."""
    return await create_database("pooled")


@pytest.fixture
def pooled(dsn: str, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Yield the settings of a server behind a pooler that is told of no prepared statement, as one of before 1.21."""
    with pgbouncer(tmp_path / "pooler", dsn, CONNECTIONS) as address:
        yield {
            "MANYEYES_DATABASE_URL": address,
            "MANYEYES_DIRECT_DATABASE_URL": dsn,
            "MANYEYES_STATEMENT_CACHE_SIZE": "0",
        }


async def test_nothing_acknowledged_is_lost_behind_a_pooler(pooled: dict[str, Any], dsn: str, tmp_path: Path):
    async def ask(*words: str) -> Any:
        done = await asyncio.to_thread(run, tmp_path / "data", *words, "--json", **pooled)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    db = await asyncpg.connect(dsn)
    server = await asyncio.to_thread(lambda: ServeProcess(tmp_path / "data", processes=2, **pooled))
    load = None
    try:
        keys = [(await ask("account", "create", f"c{n}", "--balance", "9"))["client_key"] for n in range(CUSTOMERS)]
        tokens = [(await ask("worker", "create", f"w{n}"))["token"] for n in range(WORKERS)]
        assert len(await db.fetch(LISTENING)) == 2  # each process has a line past the pooler
        load = Load(server.url, keys, tokens)
        await load.reached(tasks=20, answers=20)
        assert len(await db.fetch(OURS)) <= CONNECTIONS + 2
        for _ in range(KILLS):
            await asyncio.sleep(random.uniform(0, 0.3))
            ours = [row["pid"] for row in await db.fetch(OURS)]
            await db.execute(
                "SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", random.sample(ours, len(ours) // 2)
            )
            await load.reached(tasks=1, answers=1)
        await load.reached(tasks=20, answers=20)
        await load.stop()
        await assert_booked_once(db, load.acknowledged)
    finally:
        if load:
            load.abort()
        assert server.stop() == 0
        await db.close()
    checked = await ask("db", "check")
    assert (checked["difference"], checked["findings"]) == (0, [])


async def test_the_limits_of_statements_hold_behind_a_pooler(pooled: dict[str, Any], dsn: str, tmp_path: Path):
    for _ in range(2):  # the second time nothing is to be done
        done = await asyncio.to_thread(run, tmp_path / "data", "db", "migrate", **pooled)
        assert done.returncode == 0, done.stderr
    direct, through = await asyncpg.connect(dsn), await asyncpg.connect(pooled["MANYEYES_DATABASE_URL"])
    try:
        for db in (through, direct):
            assert {name: await db.fetchval(f"SHOW {name}") for name in LIMITS} == LIMITS
    finally:
        await direct.close()
        await through.close()
