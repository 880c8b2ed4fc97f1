"""kill -9 while an answer can still be taken back, and while it is settled: it is aside or settled, once."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from manyeyes.db.embedded import running_dsn
from support import factories
from support.real_server import ServeProcess, ask_json

pytestmark = pytest.mark.faults
DUE = "UPDATE work SET aside_until = now() WHERE state = 4"


@pytest.fixture
async def server(data: Path) -> AsyncIterator[ServeProcess]:
    """A real server, whose books are proven in the end."""
    found = await asyncio.to_thread(ServeProcess, data)
    try:
        yield found
        check = await asyncio.to_thread(ask_json, data, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        await asyncio.to_thread(found.stop)


async def value(data: Path, question: str) -> Any:
    """Return one value of the database."""
    db = await asyncpg.connect(running_dsn(data))
    try:
        return await db.fetchval(question)
    finally:
        await db.close()


async def post(client: httpx.AsyncClient, path: str, headers: dict[str, str], body: object) -> httpx.Response:
    """Post until somebody answers."""
    async with asyncio.timeout(90):
        while True:
            with suppress(httpx.TransportError):
                reply = await client.post(path, headers=headers, json=body)
                if reply.status_code < 500:
                    return reply
            await asyncio.sleep(0.1)


async def test_an_answer_that_is_aside_survives_and_is_settled_once(data: Path, server: ServeProcess):
    key = ask_json(data, "account", "create", "customer", "--balance", "1.00")["client_key"]
    hand = {"Authorization": f"Bearer {ask_json(data, 'worker', 'create', 'w')['token']}"}
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        await post(client, "/v1/worker/online", hand, {})
        task = {"type": "ImageToTextTask", "body": base64.b64encode(factories.picture_bytes()).decode()}
        await post(client, "/createTask", {}, {"clientKey": key, "task": task})
        lease = (await client.get("/v1/worker/next?wait=20", headers=hand)).json()["lease"]
        body = {"lease": lease, "answer": {"text": "12345"}, "undo": True}
        first = await post(client, "/v1/worker/answers", hand, body)
        assert "undo_until" in first.json(), first.text
        # 1. Killed while it is aside: it is there, and the same again says the same.
        await asyncio.to_thread(server.kill, "serving")
        assert await value(data, "SELECT count(*) FROM work WHERE state = 4") == 1
        again = await post(client, "/v1/worker/answers", hand, body)
        assert again.json()["undo_until"] == first.json()["undo_until"]
        # 2. Killed while it is settled: nothing of that is there.
        db = await asyncpg.connect(running_dsn(data))
        holding = db.transaction()
        await holding.start()
        await db.execute("LOCK TABLE usage_minute IN ACCESS EXCLUSIVE MODE")
        await value(data, DUE + " RETURNING 1")
        blocked = f"SELECT count(*) > 0 FROM pg_stat_activity WHERE {db.get_server_pid()} = ANY (pg_blocking_pids(pid))"
        async with asyncio.timeout(90):
            while not await value(data, blocked):  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.02)
            await asyncio.to_thread(server.kill, "serving")
        assert await value(data, "SELECT count(*) FROM result") == 0
        await holding.rollback()
        await db.close()
        # 3. The next process settles it, once, and what was sent again is known.
        async with asyncio.timeout(90):
            while await value(data, "SELECT count(*) FROM result") == 0:  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.05)
        late = await post(client, "/v1/worker/answers", hand, body)
        assert (late.status_code, late.json()["earned"]) == (200, first.json()["earned"])
        assert await value(data, "SELECT count(*) FROM result") == 1
