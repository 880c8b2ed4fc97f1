"""A customer who calls /v1/jobs of an application in this process."""

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

from support import factories
from support.action_stage import PICTURE
from support.in_process_client import Client

QUESTION = {"kind": "text", "words": "What is written?"}


class JobCustomer:
    """Calls /v1/jobs with one customer's key."""

    def __init__(self, client: Client, owner: factories.Customer) -> None:
        self.client, self.owner = client, owner
        self.headers = {"authorization": f"Bearer {owner.key}"}

    async def ask(self, method: str, path: str, body: Any = None, **given: Any) -> Any:
        """Return the JSON of a call that must be taken."""
        headers = {**self.headers, **given.pop("headers", {})}
        reply = await self.client.request(method, f"/v1/jobs{path}", json=body, headers=headers, **given)
        assert reply.status_code < 300, reply.text
        return reply.json()

    async def draft(self, items: list[dict[str, Any]], **terms: Any) -> int:
        """Open a draft with items, and return its number."""
        job_id = (await self.ask("POST", "", {"name": "a job", "question": QUESTION, **terms}))["id"]
        lines = "\n".join(json.dumps(item) for item in items)
        await self.ask("POST", f"/{job_id}/items", content=lines, headers={"content-type": "application/jsonl"})
        return int(job_id)

    async def until(self, job_id: int, wanted: Callable[[Any], Any]) -> Any:
        """Return the job as soon as ``wanted`` is true of it."""
        for _ in range(1_000):
            job = await self.ask("GET", f"/{job_id}")
            if wanted(job):
                return job
            await asyncio.sleep(0.05)
        raise AssertionError(job)

    async def cancel_first(self, job_id: int) -> None:
        """Take back the task of the job's first line."""
        tasks = (await self.client.get(f"/v1/tasks?job={job_id}&order=oldest", headers=self.headers)).json()["items"]
        gone = await self.client.delete(f"/v1/tasks/{tasks[0]['id']}", headers=self.headers)
        assert gone.json()["state"] == "cancelled", gone.text


def items(count: int) -> list[dict[str, Any]]:
    """Return so many items, each with its picture."""
    picture = base64.b64encode(PICTURE.data).decode()
    return [{"external_id": f"item {n}", "picture": picture} for n in range(1, count + 1)]
