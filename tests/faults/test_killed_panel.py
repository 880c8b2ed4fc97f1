"""kill -9 while answers of several are taken: each is there and paid, or not there; the last one decides once.

The moment is no luck: somebody else holds a row that the answer's transaction needs, so that it waits there, with all
before it written, when it is killed: at the panel (nothing is decided), or at the pay of the others (it is).
"""

import asyncio
import base64
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from manyeyes.db.embedded import running_dsn
from manyeyes.ledger.rules import TransferKind
from manyeyes.runtime.lookup_cache import FRESH_SECONDS
from support import factories
from support.real_server import ServeProcess, ask_json, left_of

pytestmark = pytest.mark.faults

HOLD_THE_PANEL = "SELECT FROM panel FOR UPDATE"
HOLD_THE_PAY = "SELECT FROM pending_pay FOR UPDATE"
PEOPLE = 3
BOOKED = {TransferKind.HOLD: 1, TransferKind.SETTLE: 3, TransferKind.RELEASE: 1, TransferKind.PAY: 3}
TERMS = """UPDATE queue SET default_terms = '{"answers": 3, "answers_at_most": 4}' WHERE queue_id = 1"""


class Table:
    """A task of three answers on a real server, and those who sit on its seats."""

    def __init__(self, data: Path, url: str) -> None:
        self.data = data
        self.key = ask_json(data, "account", "create", "customer", "--balance", "1.00")["client_key"]
        made = [ask_json(data, "worker", "create", f"w{n}") for n in range(PEOPLE)]
        self.people = [{"Authorization": f"Bearer {each['token']}"} for each in made]
        self.leases: list[str] = []

    async def sit(self, client: httpx.AsyncClient) -> None:
        """Ask three people about a picture, and let each take a seat."""
        task = {"type": "ImageToTextTask", "body": base64.b64encode(factories.picture_bytes()).decode()}
        asked = await client.post("/createTask", json={"clientKey": self.key, "task": task})
        assert asked.json()["errorId"] == 0
        for who in self.people:
            assert (await client.post("/v1/worker/online", json={}, headers=who)).status_code == 200
            found = await client.get("/v1/worker/next?wait=30", headers=who)
            assert found.status_code == 200, found.text
            self.leases.append(found.json()["lease"])

    async def give(self, client: httpx.AsyncClient, n: int) -> httpx.Response:
        body = {"lease": self.leases[n], "answer": {"text": "12345"}}
        return await client.post("/v1/worker/answers", json=body, headers=self.people[n])

    async def answer(self, client: httpx.AsyncClient, n: int) -> int:
        """Answer until it is known what became of it; return the status."""
        async with asyncio.timeout(90):
            while True:
                try:
                    reply = await self.give(client, n)
                    if reply.status_code < 500:
                        return reply.status_code
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)


@pytest.mark.parametrize(("victim", "last"), [("serving", HOLD_THE_PAY), ("postmaster", HOLD_THE_PANEL)])
async def test_each_answer_is_there_and_paid_once_and_the_last_decides_once(data: Path, victim: str, last: str) -> None:
    server = await asyncio.to_thread(ServeProcess, data)
    try:
        await _ask(data, TERMS)
        table = await asyncio.to_thread(Table, data, server.url)
        await asyncio.sleep(2 * FRESH_SECONDS)
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            await table.sit(client)
            for n in range(PEOPLE):
                assert await _given(data) == n
                hold = last if n == PEOPLE - 1 else HOLD_THE_PANEL
                await _kill_in_the_answer(server, victim, hold, table, client, n)
                assert await table.answer(client, n) == 200, "a repetition is answered again"
        assert await _given(data) == PEOPLE
        assert await _booked(data) == {
            TransferKind.HOLD: 1,
            TransferKind.SETTLE: 3,
            TransferKind.RELEASE: 1,
            TransferKind.PAY: 3,
        }
        check = await asyncio.to_thread(ask_json, data, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        assert server.stop() == 0
    assert left_of(data) == {}


async def _kill_in_the_answer(
    server: ServeProcess, victim: str, hold: str, table: Table, client: httpx.AsyncClient, n: int
) -> None:
    """Hold a row until the answer waits for it; kill; see that nothing of the answer is there."""
    db = await asyncpg.connect(running_dsn(server.data))
    watcher = await asyncpg.connect(running_dsn(server.data))
    try:
        holding = db.transaction()
        await holding.start()
        await db.execute(hold)
        giving = asyncio.create_task(table.answer(client, n))
        blocked = "SELECT true FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
        async with asyncio.timeout(60):
            while not await watcher.fetchval(blocked, db.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.01)
        await asyncio.to_thread(server.kill, victim)
        if victim == "serving":
            assert await _given(server.data) == n, "nothing of an unfinished answer is seen"
            await holding.rollback()
        assert await giving == 200, "its lease outlives the kill"
    finally:
        for connection in (db, watcher):
            connection.terminate()


async def _given(data: Path) -> int:
    return int(await _ask(data, "SELECT count(*) FROM answer"))


async def _booked(data: Path) -> dict[TransferKind, int]:
    """How many postings of the task's are booked, by kind."""
    db = await asyncpg.connect(running_dsn(data))
    try:
        rows = await db.fetch("SELECT kind, count(*) FROM transfer WHERE kind IN (2, 3, 4, 5) GROUP BY kind")
        return {TransferKind(kind): count for kind, count in rows}
    finally:
        await db.close()


async def _ask(data: Path, question: str) -> Any:
    db = await asyncpg.connect(running_dsn(data))
    try:
        return await db.fetchval(question)
    finally:
        await db.close()
