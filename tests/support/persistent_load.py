"""Customers and workers who do not give up, and who write down what was acknowledged to them."""

import asyncio
import base64
import random
import time
from collections import Counter
from typing import Any

import asyncpg
import httpx
import msgspec

from manyeyes.ledger.rules import TransferKind
from support import factories

AGAIN_SECONDS = 0.05
NO_SLOT = 2  # the contract's word for "not now"
THINKING_SECONDS = 0.02


class Acknowledged(msgspec.Struct):
    """What the server has promised: tasks as (client key, id), and answers as (lease, USD earned)."""

    tasks: list[tuple[str, int]] = []
    answers: list[tuple[str, float]] = []


class Load:
    """Runs in the test's loop until `stop`; calls that fail without an answer are made again."""

    def __init__(self, url: str, keys: list[str], tokens: list[str]) -> None:
        self.acknowledged = Acknowledged()
        self.refused: Counter[str] = Counter()  # by path: answers that say "not now"
        self.times: list[float] = []  # of every acknowledgement (time.monotonic)
        self.was_refused = asyncio.Event()  # a command was, not a look
        self._url = url
        self._stopping = False
        self._task = {"type": "ImageToTextTask", "body": base64.b64encode(factories.picture_bytes()).decode()}
        self._running = [asyncio.create_task(self._customer(key)) for key in keys]
        self._running += [asyncio.create_task(self._worker(token)) for token in tokens]

    async def stop(self) -> None:
        """Let everybody finish what they are doing."""
        self._stopping = True
        await asyncio.gather(*self._running)

    def abort(self) -> None:
        """Cancel all loops at once."""
        for task in self._running:
            task.cancel()

    async def reached(self, tasks: int, answers: int) -> None:
        """Wait until so many more were acknowledged: the server works (again)."""
        tasks, answers = tasks + len(self.acknowledged.tasks), answers + len(self.acknowledged.answers)
        async with asyncio.timeout(60):
            while len(self.acknowledged.tasks) < tasks or len(self.acknowledged.answers) < answers:
                for task in self._running:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.02)

    async def _customer(self, key: str) -> None:
        async with httpx.AsyncClient(base_url=self._url, timeout=60) as client:
            while not self._stopping:
                reply = await self._call(client, "POST", "/createTask", {"clientKey": key, "task": self._task})
                if reply is not None and (body := reply.json())["errorId"] == NO_SLOT:
                    self.refused["/createTask"] += 1
                    self.was_refused.set()
                    await asyncio.sleep(AGAIN_SECONDS)
                elif reply is not None:
                    assert body["errorId"] == 0, body
                    self.acknowledged.tasks.append((key, body["taskId"]))
                    self.times.append(time.monotonic())
                await asyncio.sleep(random.uniform(0, 2 * THINKING_SECONDS))

    async def _worker(self, token: str) -> None:
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=self._url, timeout=60, headers=headers) as client:
            while await self._call(client, "POST", "/v1/worker/online", {}) is None:
                pass
            while not self._stopping:
                reply = await self._call(client, "GET", "/v1/worker/next?wait=1")
                if reply is not None and reply.status_code == 200:
                    await self._answer(client, reply.json()["lease"])

    async def _answer(self, client: httpx.AsyncClient, lease: str) -> None:
        """Send the answer until it is known what became of it; the same answer twice is paid once."""
        body = {"lease": lease, "answer": {"text": f"text {lease}"}}
        while (reply := await self._call(client, "POST", "/v1/worker/answers", body)) is None:
            pass
        if reply.status_code == 200:
            self.acknowledged.answers.append((lease, reply.json()["earned"]))
            self.times.append(time.monotonic())
        else:
            assert reply.status_code == 409, reply.text

    async def _call(self, client: httpx.AsyncClient, verb: str, path: str, body: Any = None) -> httpx.Response | None:
        """Return the answer; None when there was none, or when the server says that it cannot answer now."""
        try:
            reply = await client.request(verb, path, json=body)
        except httpx.TransportError:
            await asyncio.sleep(AGAIN_SECONDS)
            return None
        if reply.status_code >= 500:
            assert reply.json(), "the contract's own words, whatever broke"
            self.refused[path.partition("?")[0]] += 1
            if verb == "POST":
                self.was_refused.set()
            await asyncio.sleep(AGAIN_SECONDS)
            return None
        return reply


async def assert_booked_once(db: asyncpg.Connection, acknowledged: Acknowledged) -> None:
    """Every acknowledged task was held once, and every acknowledged answer settled and paid once."""
    booked = Counter([tuple(row) for row in await db.fetch("SELECT cause_id, kind FROM transfer")])
    answered = [int(lease.split("-")[1]) for lease, _ in acknowledged.answers]
    tasks = [task_id for _, task_id in acknowledged.tasks]
    assert len(set(tasks)) == len(tasks)
    assert {booked[task_id, TransferKind.HOLD] for task_id in tasks} == {1}
    assert {booked[task_id, kind] for task_id in answered for kind in (TransferKind.SETTLE, TransferKind.PAY)} == {1}
