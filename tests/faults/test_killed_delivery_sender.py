"""kill -9 of the serving process around a delivery: it is made after all, under the same id."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from manyeyes.db.embedded import running_dsn
from support import factories
from support.delivery_receivers import body_of, ids, json_of, receiver
from support.loopback_servers import http
from support.real_server import ServeProcess, ask_json

pytestmark = pytest.mark.faults
LOOPBACK = "127.0.0.0/8"
LONG_ENOUGH_SECONDS = 60


@pytest.fixture
async def server(data: Path) -> AsyncIterator[ServeProcess]:
    """A server that may call receivers on loopback."""
    found = await asyncio.to_thread(lambda: ServeProcess(data, MANYEYES_ALLOWED_PRIVATE_NETWORKS=LOOPBACK))
    yield found
    assert await asyncio.to_thread(found.stop) == 0


async def people(server: ServeProcess) -> tuple[str, dict[str, str]]:
    """Return a customer's key and a worker's headers."""
    account = await asyncio.to_thread(ask_json, server.data, "account", "create", "Ann", "--balance", "1")
    worker = await asyncio.to_thread(ask_json, server.data, "worker", "create", "Wim")
    return account["client_key"], {"authorization": f"Bearer {worker['token']}"}


async def solve(client: httpx.AsyncClient, key: str, worker: dict[str, str], callback: str) -> int:
    """Submit a task, answer it, and return its wire id."""
    task = {"clientKey": key, "task": factories.image_task(), "callbackUrl": callback}
    created = (await client.post("/createTask", json=task)).json()
    assert created["errorId"] == 0, created
    await client.post("/v1/worker/online", headers=worker, json={})
    lease = (await client.get("/v1/worker/next", headers=worker, params={"wait": 20})).json()
    answer = {"lease": lease["lease"], "answer": {"text": "12345"}}
    assert (await client.post("/v1/worker/answers", headers=worker, json=answer)).status_code == 200
    return int(created["taskId"])


async def until(server: ServeProcess, condition: str) -> None:
    """Wait until the one delivery is so."""
    db = await asyncpg.connect(running_dsn(server.data))
    try:
        async with asyncio.timeout(LONG_ENOUGH_SECONDS):
            while not await db.fetchval(f"SELECT {condition} FROM delivery"):  # noqa: ASYNC110 (the server tells by no event)
                await asyncio.sleep(0.05)
    finally:
        await db.close()


async def claims_are_over(server: ServeProcess) -> None:
    """Let the half minute that a claim lasts pass."""
    db = await asyncpg.connect(running_dsn(server.data))
    await db.execute("UPDATE delivery SET next_at = now() WHERE state = 0")
    await db.close()


async def test_a_kill_after_the_reply_and_before_it_is_noted_delivers_again_under_the_same_id(server: ServeProcess):
    async def kill_then_reply(reader: Any, writer: Any) -> None:
        await asyncio.to_thread(server.kill, "serving")
        writer.write(http())

    key, worker = await people(server)
    async with receiver(kill_then_reply, http()) as heard, httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        await solve(client, key, worker, f"http://127.0.0.1:{heard.port}/callback")
        await until(server, "claim = 1")
        while not heard.requests:  # noqa: ASYNC110 (the receiver tells by no event)
            await asyncio.sleep(0.05)
        await claims_are_over(server)
        await until(server, "state = 1")
    assert len(heard.requests) == 2
    assert len(set(ids(heard))) == 1
    assert body_of(heard.requests[0]) == body_of(heard.requests[1])


async def test_a_kill_between_the_end_and_the_delivery_loses_nothing(server: ServeProcess):
    key, worker = await people(server)
    async with receiver() as heard, httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        task_id = await solve(client, key, worker, f"http://127.0.0.1:{heard.port}/callback")
        await asyncio.to_thread(server.kill, "serving")
        await claims_are_over(server)
        await until(server, "state = 1")
        asked = await client.post("/getTaskResult", json={"clientKey": key, "taskId": task_id})
    assert len(set(ids(heard))) == 1
    assert json_of(heard.requests[-1]) == {**asked.json(), "taskId": task_id}
