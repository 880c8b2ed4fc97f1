"""What a reviewer's program calls, and the complaint of a customer before it (tests/v1)."""

from typing import Any

import httpx

from support import factories
from support.in_process_client import Client

Solved = tuple[factories.Customer, factories.Hand, int]  # a customer, who solved their task, and the task


async def complain(client: Client, solved: Solved) -> None:
    """Let the customer complain about the answer to their task."""
    customer, _, task_id = solved
    reply = await factories.call(client, "reportIncorrectImageCaptcha", customer, taskId=task_id)
    assert reply == {"errorId": 0, "status": "success"}


async def next_of(client: Client, reviewer: factories.Hand, wait: object = 0) -> httpx.Response:
    """Ask for the next complaint."""
    return await client.get(f"/v1/reviewer/next?wait={wait}", headers=reviewer.headers)


async def vote(
    client: Client, reviewer: factories.Hand, slot: str, verdict: str = "confirm", **more: Any
) -> httpx.Response:
    """Vote on a complaint."""
    body = {"slot": slot, "verdict": verdict, **more}
    return await client.post("/v1/reviewer/votes", headers=reviewer.headers, json=body)
