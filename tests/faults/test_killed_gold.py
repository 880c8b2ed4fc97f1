"""kill -9 while gold is laid, evidence counted or an answer replaced: each is done once, and whole.

The moment is no luck: somebody else holds a row that the transaction needs last, so that it waits there with all before
it written, when it is killed.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from manyeyes.db.embedded import running_dsn
from manyeyes.runtime.lookup_cache import FRESH_SECONDS
from support import factories
from support.real_server import ServeProcess, ask_json, left_of

pytestmark = pytest.mark.faults

GOLD = """INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at)
          SELECT cell, task_id, account_id, queue_id, 0, '12345', 0, now() FROM result ON CONFLICT DO NOTHING"""
UNDECIDED = """UPDATE skill SET barred_at = now(), barred_why = 'floor', is_to_replace = true"""
TERMS = """UPDATE queue SET default_terms = '{"answers": 3, "answers_at_most": 4}' WHERE queue_id = 1"""
SHARE = "UPDATE queue SET gold_share = 0.5 WHERE queue_id = 1"
MOST_ANSWERS = 60


class Installation:
    """A real server with a customer and two workers; the first one's answers become gold for the second."""

    def __init__(self, data: Path, server: ServeProcess) -> None:
        self.data, self.server = data, server
        self.key = ask_json(data, "account", "create", "customer", "--balance", "1.00")["client_key"]
        made = [ask_json(data, "worker", "create", f"w{n}") for n in range(2)]
        self.author, self.hand = [{"Authorization": f"Bearer {each['token']}"} for each in made]
        self.hand_id: int = made[1]["worker_id"]

    async def ask(self, question: str, *arguments: object) -> Any:
        """Return one value of the database."""
        db = await asyncpg.connect(running_dsn(self.data))
        try:
            return await db.fetchval(question, *arguments)
        finally:
            await db.close()

    async def submit(self, client: httpx.AsyncClient, count: int) -> None:
        """Submit so many tasks."""
        task = {"type": "ImageToTextTask", "body": base64.b64encode(factories.picture_bytes()).decode()}
        for _ in range(count):
            reply = await client.post("/createTask", json={"clientKey": self.key, "task": task})
            assert reply.json()["errorId"] == 0, reply.text

    async def next(self, client: httpx.AsyncClient, who: dict[str, str]) -> dict[str, Any]:
        """Return what lies before somebody, who comes online where they are not; while the server is away it waits.

        Lots of gold are drawn for the answers since they came: who came anew for each would hardly get any.
        """
        async with asyncio.timeout(90):
            while True:
                with suppress(httpx.TransportError):
                    found = await client.get("/v1/worker/next?wait=5", headers=who)
                    if found.status_code == 200:
                        task: dict[str, Any] = found.json()
                        return task
                    if found.status_code == 409:
                        await client.post("/v1/worker/online", headers=who)
                await asyncio.sleep(0.1)

    async def answer(self, client: httpx.AsyncClient, who: dict[str, str], lease: str) -> None:
        """Answer; an answer that came before is answered again."""
        body = {"lease": lease, "answer": {"text": "12345"}}
        async with asyncio.timeout(90):
            while True:
                with suppress(httpx.TransportError):
                    reply = await client.post("/v1/worker/answers", headers=who, json=body)
                    if reply.status_code < 500:
                        assert reply.status_code in (200, 409), reply.text
                        return
                await asyncio.sleep(0.1)

    async def killed_at(self, hold: str, act: Callable[[], Awaitable[object]], unseen: str) -> None:
        """Hold rows, act until something waits for them, kill it, and see that nothing of it is there (``unseen``)."""
        db = await asyncpg.connect(running_dsn(self.data))
        holding = db.transaction()
        await holding.start()
        assert await db.fetch(hold), "there is nothing to hold"
        acting = asyncio.ensure_future(act())
        blocked = "SELECT count(*) > 0 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
        async with asyncio.timeout(90):
            while not await self.ask(blocked, db.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.02)
            await asyncio.to_thread(self.server.kill, "serving")
            assert await self.ask(unseen) == 0, "nothing of it is seen"
        await holding.rollback()
        await db.close()
        await acting

    async def until(self, question: str, value: object) -> None:
        """Wait until the database says so."""
        async with asyncio.timeout(90):
            while await self.ask(question) != value:  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.05)


@pytest.fixture
async def installation(data: Path):
    server = await asyncio.to_thread(ServeProcess, data)
    try:
        found = await asyncio.to_thread(Installation, data, server)
        await found.ask("UPDATE queue SET gold_share = 0 WHERE queue_id = 1")
        await asyncio.sleep(2 * FRESH_SECONDS)
        yield found
        check = await asyncio.to_thread(ask_json, data, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        assert server.stop() == 0
    assert left_of(data) == {}


async def work_until_gold(site: Installation, client: httpx.AsyncClient) -> str:
    """Let the second worker answer until gold lies before them, and return its lease."""
    for _ in range(MOST_ANSWERS):
        lease: str = (await site.next(client, site.hand))["lease"]
        if await site.ask("SELECT purpose FROM work WHERE task_id = $1", int(lease.split("-")[1])) == 2:
            return lease
        await site.answer(client, site.hand, lease)
        await asyncio.sleep(0.2)  # lots are drawn once a second
    raise AssertionError("no gold came")


async def test_gold_is_laid_paid_and_counted_once(installation: Installation):
    site = installation
    async with httpx.AsyncClient(base_url=site.server.url, timeout=30) as client:
        await site.submit(client, 1)
        await site.answer(client, site.author, (await site.next(client, site.author))["lease"])
        await client.post("/v1/worker/offline", headers=site.author)
        await site.ask(GOLD)
        await site.submit(client, MOST_ANSWERS)
        # 1. While gold is laid: its row and that it was had are written, how far lots are drawn is not.
        for _ in range(5):
            await site.answer(client, site.hand, (await site.next(client, site.hand))["lease"])
        drawn = "INSERT INTO gold_draw (cell, worker_id, draws, answered) VALUES (1, $1, 0, 0)"
        await site.ask(drawn, site.hand_id)
        laying = lambda: site.ask(SHARE)  # noqa: E731
        unseen = "SELECT count(*) FROM gold_seen"
        await site.killed_at("SELECT worker_id FROM gold_draw FOR UPDATE", laying, unseen)
        lease = await work_until_gold(site, client)
        assert await site.ask("SELECT count(*) FROM gold_seen") == 1
        assert await site.ask("SELECT count(*) FROM work WHERE purpose = 2") == 1
        lying = "SELECT count(*) FROM work WHERE worker_id = $1 AND state > 0"
        held = f"SELECT held - ({lying}) FROM session WHERE worker_id = $1"
        assert await site.ask(held, site.hand_id) == 0
        # 2. While what it says is counted: the skill is written, that it is counted is not.
        unseen = "SELECT count(*) FROM skill"
        answering = lambda: site.answer(client, site.hand, lease)  # noqa: E731 (it is sent once more below)
        await site.killed_at("SELECT task_id FROM gold FOR UPDATE", answering, unseen)
        await site.answer(client, site.hand, lease)
        await site.until("SELECT count(*) FROM evidence WHERE NOT is_counted", 0)
        assert await site.ask("SELECT sum(gold_asked) FROM skill") == 1
        assert await site.ask("SELECT asked FROM gold") == 1
        paid = "SELECT count(*) FROM transfer WHERE kind = 5 AND cause_id = $1"
        assert await site.ask(paid, int(lease.split("-")[1])) == 1
        assert await site.ask("SELECT round(max(right_weight)::numeric, 1)::text FROM skill") == "1.0"


async def test_an_answer_is_replaced_once(installation: Installation):
    site = installation
    async with httpx.AsyncClient(base_url=site.server.url, timeout=30) as client:
        await site.ask(TERMS)
        await asyncio.sleep(2 * FRESH_SECONDS)
        await site.submit(client, 1)
        await site.answer(client, site.hand, (await site.next(client, site.hand))["lease"])
        await site.ask(
            "INSERT INTO skill (cell, queue_id, worker_id, as_of) VALUES (1, 1, $1, now()) ON CONFLICT DO NOTHING",
            site.hand_id,
        )
        # Its vote and the panel are written, the new seat has no number yet.
        seats = await site.ask("SELECT count(*) FROM work")
        unseen = "SELECT count(*) FROM answer WHERE is_aside"
        barred = lambda: site.ask(UNDECIDED)  # noqa: E731
        await site.killed_at("SELECT cell FROM cell FOR UPDATE", barred, unseen)
        await site.until("SELECT count(*) FROM answer WHERE is_aside", 1)
        await site.until("SELECT count(*) FROM skill WHERE is_to_replace", 0)
        assert await site.ask("SELECT count(*) FROM work") == seats + 1
        assert await site.ask("SELECT open * 10 + given FROM panel") == 30
