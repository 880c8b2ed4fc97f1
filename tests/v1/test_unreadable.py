"""A body that cannot be read is a 400 that says what is wrong, and does nothing."""

import asyncio

import msgspec
import pytest

from manyeyes.v1.openapi import document
from manyeyes.workers.rules import SkipReason
from support import factories
from support.in_process_client import Client


@pytest.mark.parametrize("body", ["[" * 60_000, '{"x":' * 10_000, '{"x":' + "[" * 60_000, "{", "[]", '"\ud800"'])
async def test_a_body_that_is_no_such_object(client: Client, body):
    hand = await factories.hand(client.context)
    content = body.encode("utf-8", "surrogatepass")
    for path in ("online", "answers", "skips"):
        reply = await client.post(f"/v1/worker/{path}", headers=hand.headers, content=content)
        assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")
        assert reply.json()["reason"]


@pytest.mark.parametrize("wait", ["nan", "-inf", "soon", "-1"])
async def test_a_wait_that_is_no_length_of_time_is_none(client: Client, wait):
    hand, reviewer = await factories.hand(client.context), await factories.hand(client.context, reviewer=True)
    assert (await client.post("/v1/worker/online", headers=hand.headers)).status_code == 200
    for path, who in (("worker", hand), ("reviewer", reviewer)):
        async with asyncio.timeout(20):
            reply = await client.get(f"/v1/{path}/next?wait={wait}", headers=who.headers)
        assert reply.status_code == 204


async def test_an_unknown_reason_for_a_skip_is_refused_with_the_known_ones(client: Client):
    customer, hand = await factories.customer(client.context), await factories.hand(client.context)
    await factories.submit(client.context, customer)
    lease = str((await factories.taken(client.context, hand)).lease)
    reply = await client.post("/v1/worker/skips", headers=hand.headers, json={"lease": lease, "reason": "break"})
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")
    assert all(reason in reply.json()["reason"] for reason in SkipReason)
    reply = await client.post("/v1/worker/skips", headers=hand.headers, json={"lease": lease})
    assert (reply.status_code, reply.json()) == (200, {"next": None})


def test_the_description_lists_the_reasons():
    schema = msgspec.to_builtins(document()["components"]["schemas"]["SkipRequest"])
    assert schema["properties"]["reason"]["enum"] == [str(reason) for reason in SkipReason]
