"""kill -9 of any part of a server while a job runs: each line is done once, and the books are right."""

import asyncio
import base64
import json
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import factories
from support.persistent_load import Load
from support.real_server import ServeProcess, ask_json, left_of

pytestmark = pytest.mark.faults

ITEMS, WORKERS, KILLS = 80, 2, 2
QUESTION = {"kind": "text", "words": "What is written?"}


class JobCalls:
    """Calls /v1/jobs, and again when the server was killed meanwhile."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=30, headers={"authorization": f"Bearer {key}"})

    async def ask(self, method: str, path: str, **given: Any) -> Any:
        while True:
            try:
                reply = await self._client.request(method, f"/v1/jobs{path}", **given)
            except httpx.TransportError:
                reply = None
            if reply is not None and reply.status_code < 500:
                assert reply.status_code < 300, reply.text
                return reply.json()
            await asyncio.sleep(0.05)

    async def draft(self) -> int:
        """Open a job with items; a call whose reply is lost is sent again under its key."""
        opened = await self.ask(
            "POST", "", json={"name": "killed", "question": QUESTION}, headers={"idempotency-key": "the-job"}
        )
        picture = base64.b64encode(factories.picture_bytes()).decode()
        lines = "\n".join(json.dumps({"external_id": str(n), "picture": picture}) for n in range(ITEMS))
        headers = {"content-type": "application/jsonl", "idempotency-key": "its-items"}
        await self.ask("POST", f"/{opened['id']}/items", content=lines, headers=headers)
        return int(opened["id"])

    async def ended(self, job_id: int) -> Any:
        """Return the job when it has ended."""
        for _ in range(600):
            job = await self.ask("GET", f"/{job_id}")
            if job["ended_at"]:
                return job
            await asyncio.sleep(0.1)
        raise AssertionError(job)

    async def close(self) -> None:
        await self._client.aclose()


@pytest.mark.parametrize(("victim", "is_cancelled"), [("serving", False), ("postmaster", True), ("supervisor", False)])
async def test_each_line_is_done_once(data: Path, victim: str, is_cancelled: bool) -> None:
    moments = random.Random()
    server = await asyncio.to_thread(ServeProcess, data)
    load = calls = None
    try:
        account = await asyncio.to_thread(ask_json, data, "account", "create", "a customer", "--balance", "1.00")
        tokens = [
            (await asyncio.to_thread(ask_json, data, "worker", "create", f"worker {n}"))["token"]
            for n in range(WORKERS)
        ]
        calls = JobCalls(server.url, account["client_key"])
        job_id = await calls.draft()
        await calls.ask("POST", f"/{job_id}/start")
        load = Load(server.url, [], tokens)
        for n in range(KILLS):
            await load.reached(tasks=0, answers=5)
            await asyncio.sleep(moments.uniform(0, 0.2))
            await asyncio.to_thread(server.kill, victim)
            if victim == "supervisor":
                server = await asyncio.to_thread(ServeProcess, data, server.port)
            if is_cancelled and n == KILLS - 1:
                await calls.ask("DELETE", f"/{job_id}")
        job = await calls.ended(job_id)
        counts = job["counts"]
        assert counts["done"] + counts["cancelled"] == ITEMS
        assert (counts["cancelled"] > 0, job["state"]) == (is_cancelled, "cancelled" if is_cancelled else "finished")
        assert (job["charged"], job["held"]) == (f"0.{counts['done'] * 700:06d}", "0.000000")
        await load.stop()
        assert len({lease.split("-")[1] for lease, _ in load.acknowledged.answers}) <= counts["done"]
        check = await asyncio.to_thread(ask_json, data, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        if load:
            load.abort()
        if calls:
            await calls.close()
        assert server.stop() == 0
    assert left_of(data) == {}
