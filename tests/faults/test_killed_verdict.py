"""kill -9 between a deciding vote and its refund: all of the verdict is there, or nothing of it, and never twice.

The moment is no luck: somebody else holds the customer's balance, so the verdict's transaction has written the vote,
closed the slots and cancelled the pay, and waits with the refund when it is killed.
"""

import asyncio
import base64
from collections.abc import Callable, Coroutine
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

MOVED = (TransferKind.REFUND, TransferKind.CANCEL_PAY, TransferKind.VOTE_PAY)


class Scene:
    """A complaint on a real server with one vote for it and another reviewer who is about to cast the second."""

    def __init__(self, data: Path, url: str) -> None:
        self.data, self.url = data, url
        self.key = ask_json(data, "account", "create", "customer", "--balance", "1.00")["client_key"]
        self.worker = _bearer(ask_json(data, "worker", "create", "author"))
        self.reviewers = [_bearer(ask_json(data, "worker", "create", f"r{i}", "--reviewer")) for i in range(2)]

    async def play(self) -> None:
        """Run the task life, complain, cast the first vote; ``slot`` is what lies before the second reviewer."""
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            task = {"type": "ImageToTextTask", "body": base64.b64encode(factories.picture_bytes()).decode()}
            task_id = (await _post(client, "/createTask", {"clientKey": self.key, "task": task}))["taskId"]
            await _post(client, "/v1/worker/online", {}, self.worker)
            lease = (await client.get("/v1/worker/next?wait=30", headers=self.worker)).json()["lease"]
            await _post(client, "/v1/worker/answers", {"lease": lease, "answer": {"text": "wr0ng"}}, self.worker)
            report = {"clientKey": self.key, "taskId": task_id}
            assert (await _post(client, "/reportIncorrectImageCaptcha", report))["status"] == "success"
            first, second = [await client.get("/v1/reviewer/next?wait=30", headers=who) for who in self.reviewers]
            assert await self.vote(client, first.json()["slot"], 0) == 200
            self.slot = second.json()["slot"]

    async def cast(self, client: httpx.AsyncClient, slot: str, who: int) -> httpx.Response:
        body = {"slot": slot, "verdict": "confirm", "reason": "wrong"}
        return await client.post("/v1/reviewer/votes", json=body, headers=self.reviewers[who])

    async def vote(self, client: httpx.AsyncClient, slot: str, who: int) -> int:
        """Vote until it is known what became of it; return the status."""
        async with asyncio.timeout(90):
            while True:
                try:
                    reply = await self.cast(client, slot, who)
                    if reply.status_code < 500:
                        return reply.status_code
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("victim", ["serving", "postmaster", "supervisor"])
async def test_a_verdict_is_whole_or_not_at_all(data: Path, victim: str) -> None:
    server = await asyncio.to_thread(ServeProcess, data)
    try:
        scene = await asyncio.to_thread(Scene, data, server.url)
        await scene.play()
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            await _kill_in_the_verdict(server, victim, lambda: scene.cast(client, scene.slot, 1))
            if victim == "supervisor":
                server = await asyncio.to_thread(ServeProcess, data, server.port)
            assert await scene.vote(client, scene.slot, 1) == 200, "its lease outlives the kill"
            assert await scene.vote(client, scene.slot, 1) == 200, "a repetition is answered again"
            balance = await _post(client, "/getBalance", {"clientKey": scene.key})
        assert balance["balance"] == 1.0
        assert await _moved(data) == {TransferKind.REFUND: 1, TransferKind.CANCEL_PAY: 1, TransferKind.VOTE_PAY: 2}
        check = await asyncio.to_thread(ask_json, data, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        assert server.stop() == 0
    assert left_of(data) == {}


async def _kill_in_the_verdict(
    server: ServeProcess, victim: str, vote: Callable[[], Coroutine[Any, Any, httpx.Response]]
) -> None:
    """Hold every balance until the deciding vote waits for one; kill; see that nothing of the verdict is there."""
    db = await asyncpg.connect(running_dsn(server.data))
    watcher = await asyncpg.connect(running_dsn(server.data))
    try:
        holding = db.transaction()
        await holding.start()
        await db.execute("SELECT FROM balance FOR UPDATE")
        voting = asyncio.create_task(vote())
        blocked = "SELECT true FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
        async with asyncio.timeout(60):
            while not await watcher.fetchval(blocked, db.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.01)
        await asyncio.to_thread(server.kill, victim)
        if victim == "serving":
            assert await _moved(server.data) == {TransferKind.VOTE_PAY: 1}, "nothing of an unfinished verdict is seen"
            await holding.rollback()
        await asyncio.gather(voting, return_exceptions=True)  # answered after all, or cut off
    finally:
        for connection in (db, watcher):
            connection.terminate()


async def _moved(data: Path) -> dict[TransferKind, int]:
    """How many postings of a verdict are booked, by kind."""
    db = await asyncpg.connect(running_dsn(data))
    try:
        rows = await db.fetch("SELECT kind, count(*) FROM transfer WHERE kind = ANY ($1::int[]) GROUP BY kind", MOVED)
        return {TransferKind(kind): count for kind, count in rows}
    finally:
        await db.close()


async def _post(client: httpx.AsyncClient, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    reply = await client.post(path, json=body, headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json()


def _bearer(made: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {made['token']}"}
