"""How often a task's life asks PostgreSQL, counted on the wire: no timing, a count.

Each step of a life begins when the one before has no more to ask, so that the steps of every run are the same; of
several lives the cheapest counts: the others meet what comes with time, as a worker's next look.
"""

import asyncio
import base64
from pathlib import Path
from typing import Any

from bench.people import invite
from bench.postgres_proxy import Counter, counting
from bench.wire import picture
from manyeyes.runtime.context import open_context
from manyeyes.settings import Settings
from support.databases import MakeDatabase
from support.in_process_client import Client, client_of

QUIET_SECONDS = 0.03  # nothing asked for so long: the step has ended
WARM_LIVES, LIVES = 6, 12  # statements are prepared on each connection that runs them for the first time
MOST = 15  # 14 when nothing else is due: lower it with whatever makes it less


async def test_a_life_makes_no_more_round_trips_than_it_did(create_database: MakeDatabase, tmp_path: Path):
    with counting(await create_database("round_trips")) as counter:
        people = await invite(counter.dsn, 1, 1)
        context = await open_context(Settings(data=tmp_path), counter.dsn, pool_size=2)
        async with client_of(context) as client:
            life = _Life(client, counter, *people.keys, *people.tokens)
            await life.come_online()
            counts = [await life.lived() for _ in range(WARM_LIVES + LIVES)]
            await life.go()
        await context.close()
    made = min(counts[WARM_LIVES:])
    assert made <= MOST, counts
    assert made > MOST / 2, "lower MOST: it holds nothing any more"


class _Life:
    """A customer and a worker, whose tasks live one after the other."""

    def __init__(self, client: Client, counter: Counter, key: str, token: str) -> None:
        self._client, self._counter, self._key = client, counter, key
        self._worker = {"authorization": f"Bearer {token}"}

    async def come_online(self) -> None:
        await self._client.post("/v1/worker/online", json={}, headers=self._worker)
        self._waits = asyncio.create_task(self._next_lease())

    async def go(self) -> None:
        self._waits.cancel()
        await asyncio.wait([self._waits])

    async def lived(self) -> int:
        """Let one task live, from createTask to its reader, and the worker wait for the next; return its count."""
        await self._settled()
        before = self._counter.round_trips
        task = {"type": "ImageToTextTask", "body": base64.b64encode(picture()).decode()}
        made = await self._ask("/createTask", {"clientKey": self._key, "task": task})
        asked = {"clientKey": self._key, "taskId": made["taskId"]}
        for _ in range(2):
            await self._ask("/getTaskResult", asked)
        answer = {"lease": await self._waits, "answer": {"text": "12345"}}
        answered = await self._ask("/v1/worker/answers", answer, self._worker)
        assert answered["next"] is None
        result = await self._ask("/getTaskResult", asked)
        assert result["solution"]["text"] == "12345", result
        self._waits = asyncio.create_task(self._next_lease())
        await self._settled()
        return self._counter.round_trips - before

    async def _ask(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        reply = await self._client.post(path, json=body, headers=headers)
        await self._settled()
        return reply.json()

    async def _next_lease(self) -> str:
        reply = await self._client.get("/v1/worker/next?wait=20", headers=self._worker)
        return str(reply.json()["lease"])

    async def _settled(self) -> None:
        last = -1
        while self._counter.round_trips != last:
            last = self._counter.round_trips
            await asyncio.sleep(QUIET_SECONDS)
