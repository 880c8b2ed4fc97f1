"""Asking /v1/recognitions with a client key."""

import httpx

from support.factories import Customer
from support.in_process_client import Client


async def get(client: Client, customer: Customer, path="/v1/recognitions", **query) -> httpx.Response:
    """Return the reply, whatever it is."""
    return await client.get(path, params=query, headers={"authorization": f"Bearer {customer.key}"})


async def funnel(client: Client, customer: Customer, recognition, **query):
    """Return a funnel, which must come."""
    reply = await get(client, customer, f"/v1/recognitions/{recognition.task_id}/funnel", **query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def results(client: Client, customer: Customer, recognition, **query):
    """Return a page of results, which must come."""
    reply = await get(client, customer, f"/v1/recognitions/{recognition.task_id}/results", **query)
    assert reply.status_code == 200, reply.text
    return reply.json()
