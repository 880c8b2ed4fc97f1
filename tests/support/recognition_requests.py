"""Asking /v1/recognitions with a client key."""

from typing import Any

import httpx

from manyeyes.recognitions.rules import Recognition
from support.factories import Customer
from support.in_process_client import Client


async def get(client: Client, customer: Customer, path: str = "/v1/recognitions", **query: Any) -> httpx.Response:
    """Return the reply, whatever it is."""
    return await client.get(path, params=query, headers={"authorization": f"Bearer {customer.key}"})


async def funnel(client: Client, customer: Customer, recognition: Recognition, **query: Any) -> Any:
    """Return a funnel, which must come."""
    reply = await get(client, customer, f"/v1/recognitions/{recognition.task_id}/funnel", **query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def results(client: Client, customer: Customer, recognition: Recognition, **query: Any) -> Any:
    """Return a page of results, which must come."""
    reply = await get(client, customer, f"/v1/recognitions/{recognition.task_id}/results", **query)
    assert reply.status_code == 200, reply.text
    return reply.json()
