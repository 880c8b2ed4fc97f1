"""kill -9 between a label and its counters: the verdict is whole, or nothing of it is there, and it never counts twice.

The moment is no luck: somebody else holds the day's counter, so the transaction that ends the task has paid the worker
and written the verdict, and waits to count it when it is killed.
"""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from manyeyes.actions.record_recognitions import NewResult, Recorded, RecordRecognition, record_recognitions
from manyeyes.apps import store as apps
from manyeyes.db.embedded import running_dsn
from manyeyes.ledger.rules import TransferKind
from manyeyes.recognitions import store as recognitions
from manyeyes.tasks import store as tasks
from support import factories
from support.real_server import ServeProcess, ask_json, left_of

pytestmark = pytest.mark.faults


class Scene:
    """An uncertain result on a real server, and the worker who looks at it."""

    def __init__(self, data: Path, url: str) -> None:
        self.data, self.url = data, url
        account = ask_json(data, "account", "create", "customer", "--balance", "1.00")
        made = ask_json(data, "app", "create", "shop", "--account", str(account["account_id"]))
        self.secret_id = made["secret_id"]
        labels = ("--labels", "0=normal,1=qr code", "--review-queue", "1", "--recogniser", "people")
        self.recognition = ask_json(data, "recognition", "create", self.secret_id, *labels)["task_id"]
        token = ask_json(data, "worker", "create", "ada")["token"]
        self.worker = {"authorization": f"Bearer {token}"}

    async def play(self, client: httpx.AsyncClient) -> None:
        """Record the result and lease its task; ``lease`` is what lies before the worker."""
        db = await asyncpg.connect(running_dsn(self.data))
        try:
            await _record(db, self.secret_id, self.recognition)
        finally:
            await db.close()
        assert (await client.post("/v1/worker/online", json={}, headers=self.worker)).status_code == 200
        self.lease = (await client.get("/v1/worker/next?wait=30", headers=self.worker)).json()["lease"]

    async def answer(self, client: httpx.AsyncClient) -> httpx.Response:
        body = {"lease": self.lease, "answer": {"text": "1"}}
        return await client.post("/v1/worker/answers", json=body, headers=self.worker)

    async def insist(self, client: httpx.AsyncClient) -> int:
        """Answer until it is known what became of it; return the status."""
        async with asyncio.timeout(90):
            while True:
                try:
                    reply = await self.answer(client)
                    if reply.status_code < 500:
                        return reply.status_code
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("victim", ["serving", "postmaster", "supervisor"])
async def test_a_label_is_counted_once_with_its_pay_or_not_at_all(data: Path, victim: str) -> None:
    server = await asyncio.to_thread(ServeProcess, data)
    try:
        scene = await asyncio.to_thread(Scene, data, server.url)
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            await scene.play(client)
            await _kill_before_the_count(server, victim, scene, client)
            if victim == "supervisor":
                server = await asyncio.to_thread(ServeProcess, data, server.port)
            assert await scene.insist(client) == 200, "its lease outlives the kill"
            assert await scene.insist(client) == 200, "a repetition is answered again"
        assert await _seen(data) == {"state": 1, "verdict": 1, "reviewed": 1, "overturned": 0, "pays": 1, "times": 1}
        check = await asyncio.to_thread(ask_json, data, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        assert server.stop() == 0
    assert left_of(data) == {}


async def _record(db: asyncpg.Connection, secret_id: str, task_id: str) -> None:
    app, recognition = await apps.app(db, secret_id), await recognitions.recognition(db, task_id)
    assert app is not None
    assert recognition is not None
    async with db.transaction():
        first = await tasks.take_serials(db, app.cell, 3)
        result = NewResult(
            result_id=first,
            recognition=recognition,
            name="a.png",
            label=0,
            rate=0.0,
            review=True,
            task_id=first + 1,
            picture=factories.picture(),
        )
        command = RecordRecognition(
            cell=app.cell,
            call_id=first + 2,
            app=app,
            triple=b"",
            digest=b"",
            answer="{}",
            results=(result,),
            queues=await tasks.queues(db),
        )
        (outcome,) = await record_recognitions(db, await db.fetchval("SELECT now()"), [command])
    assert isinstance(outcome, Recorded), msgspec.to_builtins(outcome)


async def _kill_before_the_count(server: ServeProcess, victim: str, scene: Scene, client: httpx.AsyncClient) -> None:
    """Hold the day's counter until the answer waits for it; kill; see that nothing of the verdict is there."""
    db = await asyncpg.connect(running_dsn(server.data))
    watcher = await asyncpg.connect(running_dsn(server.data))
    try:
        holding = db.transaction()
        await holding.start()
        await db.execute("SELECT FROM recognition_day FOR UPDATE")
        answering = asyncio.create_task(scene.answer(client))
        blocked = "SELECT true FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
        async with asyncio.timeout(60):
            while not await watcher.fetchval(blocked, db.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.01)
        await asyncio.to_thread(server.kill, victim)
        if victim == "serving":
            nothing = {"state": 0, "verdict": None, "reviewed": 0, "overturned": 0, "pays": 0, "times": 0}
            assert await _seen(server.data) == nothing, "nothing of an unfinished verdict is seen"
            await holding.rollback()
        await asyncio.gather(answering, return_exceptions=True)  # answered after all, or cut off
    finally:
        for connection in (db, watcher):
            connection.terminate()


async def _seen(data: Path) -> dict[str, Any]:
    """What there is of the one verdict: its row, its counts, its pay."""
    db = await asyncpg.connect(running_dsn(data))
    try:
        row = await db.fetchrow(
            "SELECT r.state, r.verdict, d.reviewed, d.overturned, "
            "(SELECT count(*) FROM transfer WHERE kind = $1) AS pays, "
            "(SELECT coalesce(sum(times), 0)::bigint FROM recognition_time WHERE measure = 1) AS times "
            "FROM recognition_review r, recognition_day d",
            TransferKind.PAY,
        )
        return dict(row)
    finally:
        await db.close()
