"""kill -9 between a reviewer's decision and the end of its task: all of it is there, or nothing, and never twice.

The moment is no luck: somebody else holds the workers' pending pay, so the decision's transaction has written what
was decided and what was right, and waits with the end of the task when it is killed.
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
from support import factories
from support.real_server import ServeProcess, ask_json, left_of

pytestmark = pytest.mark.faults


class Scene:
    """A task on a real server that two people answered differently, and the reviewer who is about to decide it."""

    def __init__(self, data: Path, url: str) -> None:
        self.data, self.url = data, url
        self.key = ask_json(data, "account", "create", "customer", "--balance", "1.00")["client_key"]
        self.workers = [_bearer(ask_json(data, "worker", "create", f"w{i}")) for i in range(2)]
        self.reviewer = _bearer(ask_json(data, "worker", "create", "r", "--reviewer"))
        terms = ("--answers", "2", "--answers-at-most", "2", "--wrong-at-most", "0.05", "--uncertain", "review")
        ask_json(data, "queue", "set", "1", *terms)

    async def play(self) -> None:
        """Let two people answer; ``judgement`` is what lies before the reviewer."""
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            await asyncio.sleep(3)  # the server learns of the queue's terms within two seconds
            task = {"type": "ImageToTextTask", "body": base64.b64encode(factories.picture_bytes()).decode()}
            await _post(client, "/createTask", {"clientKey": self.key, "task": task})
            for worker, text in zip(self.workers, ("wr0ng", "12345"), strict=True):
                await _post(client, "/v1/worker/online", {}, worker)
                lease = (await client.get("/v1/worker/next?wait=30", headers=worker)).json()["lease"]
                await _post(client, "/v1/worker/answers", {"lease": lease, "answer": {"text": text}}, worker)
            found = await client.get("/v1/reviewer/results/next?wait=30", headers=self.reviewer)
            assert found.status_code == 200, found.text
            self.judgement = found.json()["judgement"]

    async def cast(self, client: httpx.AsyncClient) -> httpx.Response:
        body = {"judgement": self.judgement, "value": "12345"}
        return await client.post("/v1/reviewer/results/decisions", json=body, headers=self.reviewer)

    async def decide(self, client: httpx.AsyncClient) -> int:
        """Decide until it is known what became of it; return the status."""
        async with asyncio.timeout(90):
            while True:
                try:
                    reply = await self.cast(client)
                    if reply.status_code < 500:
                        return reply.status_code
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("victim", ["serving", "postmaster"])
async def test_a_decision_is_whole_or_not_at_all(data: Path, victim: str) -> None:
    server = await asyncio.to_thread(ServeProcess, data)
    try:
        scene = await asyncio.to_thread(Scene, data, server.url)
        await scene.play()
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            await _kill_in_the_decision(server, victim, scene, client)
            assert await scene.decide(client) == 200, "its lease outlives the kill"
            assert await scene.decide(client) == 200, "a repetition is answered again"
        assert await _written(data) == {"paid": 1, "results": 1, "right": 1}
        check = await asyncio.to_thread(ask_json, data, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        assert server.stop() == 0
    assert left_of(data) == {}


async def _kill_in_the_decision(server: ServeProcess, victim: str, scene: Scene, client: httpx.AsyncClient) -> None:
    """Hold all pending pay until the decision waits for it; kill; see that nothing of the decision is there."""
    db = await asyncpg.connect(running_dsn(server.data))
    watcher = await asyncpg.connect(running_dsn(server.data))
    try:
        holding = db.transaction()
        await holding.start()
        await db.execute("SELECT FROM pending_pay FOR UPDATE")
        deciding = asyncio.create_task(scene.cast(client))
        blocked = "SELECT true FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
        async with asyncio.timeout(60):
            while not await watcher.fetchval(blocked, db.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.01)
        await asyncio.to_thread(server.kill, victim)
        if victim == "serving":
            assert await _written(server.data) == {"paid": 0, "results": 0, "right": 0}
            await holding.rollback()
        await asyncio.gather(deciding, return_exceptions=True)  # answered after all, or cut off
    finally:
        for connection in (db, watcher):
            connection.terminate()


async def _written(data: Path) -> dict[str, int]:
    """Count what a decision writes: its pay, the task's result, answers that proved right."""
    db = await asyncpg.connect(running_dsn(data))
    try:
        paid = await db.fetchval("SELECT count(*) FROM transfer WHERE kind = $1", TransferKind.JUDGEMENT_PAY)
        results = await db.fetchval("SELECT count(*) FROM result")
        right = await db.fetchval("SELECT count(*) FROM answer WHERE is_right")
        return {"paid": paid, "results": results, "right": right}
    finally:
        await db.close()


async def _post(client: httpx.AsyncClient, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    reply = await client.post(path, json=body, headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json()


def _bearer(made: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {made['token']}"}
