"""The database's clock is set an hour forward and back under load: nothing is lost, paid twice or left lying.

Its `now()` is one of the test's own, found before PostgreSQL's, whose statements, functions and sweeps all ask it.
"""

import asyncio
import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from manyeyes.ledger.rules import TransferKind
from support import factories
from support.databases import MakeDatabase
from support.persistent_load import Load
from support.real_server import ServeProcess, run

pytestmark = pytest.mark.faults

STEPS_HOURS = (1, 0, -1, 0)  # one after the other; 0 is the right time
STEPPED = """
CREATE SCHEMA stepped;
CREATE TABLE stepped.clock AS SELECT interval '0' AS off_by;
CREATE FUNCTION stepped.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT pg_catalog.now() + off_by FROM stepped.clock';
CREATE FUNCTION stepped.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.clock_timestamp() + off_by FROM stepped.clock';
ALTER DATABASE stepped_clock SET search_path = stepped, pg_catalog, public;
"""
PAYS = f"SELECT cause_id FROM transfer WHERE kind = {TransferKind.PAY:d}"


async def step(db: asyncpg.Connection, hours: float) -> None:
    await db.execute("UPDATE stepped.clock SET off_by = make_interval(secs => 3600 * $1::float8)", hours)


@pytest.fixture
async def dsn(create_database: MakeDatabase) -> str:
    """Return the DSN of a database whose clock can be set."""
    dsn = await create_database("stepped_clock")
    db = await asyncpg.connect(dsn)
    await db.execute(STEPPED)
    await db.close()
    return dsn


async def test_a_clock_that_is_set_costs_nothing(dsn: str, tmp_path: Path):
    async def ask(*words: str) -> Any:
        done = await asyncio.to_thread(run, tmp_path / "data", *words, "--json", MANYEYES_DATABASE_URL=dsn)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    db = await asyncpg.connect(dsn)
    server = await asyncio.to_thread(lambda: ServeProcess(tmp_path / "data", MANYEYES_DATABASE_URL=dsn))
    load = None
    try:
        real = await db.fetchval("SELECT pg_catalog.now()")
        await step(db, 1)
        assert (await db.fetchval("SELECT now()") - real).total_seconds() > 3500
        await step(db, 0)
        key = (await ask("account", "create", "Ann", "--balance", "9"))["client_key"]
        tokens = [(await ask("worker", "create", f"w{n}"))["token"] for n in range(3)]
        await a_late_answer_stays_late(db, server.url, key, tokens[:2])
        load = Load(server.url, [key], tokens)
        for hours in STEPS_HOURS:
            await load.reached(tasks=10, answers=10)
            await step(db, hours)
        await load.reached(tasks=20, answers=20)
        await load.stop()
        paid = Counter([row["cause_id"] for row in await db.fetch(PAYS)])
        answered = {int(lease.split("-")[1]) for lease, _ in load.acknowledged.answers}
        assert {paid[task_id] for task_id in answered} == {1}
        assert set(paid.values()) == {1}
    finally:
        if load:
            load.abort()
        assert server.stop() == 0
        await db.close()
    checked = await ask("db", "check")
    assert (checked["difference"], checked["findings"]) == (0, [])


async def a_late_answer_stays_late(db: asyncpg.Connection, url: str, key: str, tokens: list[str]) -> None:
    """A lease that the step ended is somebody else's task; the step back gives it to nobody a second time."""
    first, second = [{"authorization": f"Bearer {token}"} for token in tokens]
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        task = {"type": "ImageToTextTask", "body": base64.b64encode(factories.picture_bytes()).decode()}
        made = (await client.post("/createTask", json={"clientKey": key, "task": task})).json()
        await client.post("/v1/worker/online", json={}, headers=first)
        kept = await lease_of(client, first)
        await step(db, 0.05)  # three minutes: the lease is over, the task is not
        await client.post("/v1/worker/online", json={}, headers=second)
        taken = await lease_of(client, second)
        assert taken.split("-")[1] == kept.split("-")[1] == str(made["taskId"])
        answers = [(first, kept, 409), (second, taken, 200), (first, kept, 409), (second, taken, 200)]
        for number, (who, lease, status) in enumerate(answers):
            if number == 2:
                await step(db, 0)
            body = {"lease": lease, "answer": {"text": "seven"}}
            reply = await client.post("/v1/worker/answers", json=body, headers=who)
            assert reply.status_code == status, (number, reply.text)
    assert [row["cause_id"] for row in await db.fetch(PAYS)] == [made["taskId"]]


async def lease_of(client: httpx.AsyncClient, who: dict[str, str]) -> str:
    """Return the lease that somebody gets; they ask until there is one."""
    async with asyncio.timeout(60):
        while (reply := await client.get("/v1/worker/next?wait=1", headers=who)).status_code != 200:
            pass
    return str(reply.json()["lease"])
