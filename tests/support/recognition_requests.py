"""Asking /v1/recognitions with a client key."""


async def get(client, customer, path="/v1/recognitions", **query):
    """Return the reply, whatever it is."""
    return await client.get(path, params=query, headers={"authorization": f"Bearer {customer.key}"})


async def funnel(client, customer, recognition, **query):
    """Return a funnel, which must come."""
    reply = await get(client, customer, f"/v1/recognitions/{recognition.task_id}/funnel", **query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def results(client, customer, recognition, **query):
    """Return a page of results, which must come."""
    reply = await get(client, customer, f"/v1/recognitions/{recognition.task_id}/results", **query)
    assert reply.status_code == 200, reply.text
    return reply.json()
