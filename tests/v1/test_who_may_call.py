"""Who may call /v1, and what ends that: foreign pages, revoked keys, disabled workers."""

import pytest

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import digest, new_token
from manyeyes.actions.leave import Leave, leave
from manyeyes.roles.sign_in import COOKIE
from manyeyes.workers import store as workers
from manyeyes.workers.sign_outs.store import end_sessions_through
from manyeyes.workers.store import Subject
from support import factories
from support.in_process_client import Client


async def session_of(client: Client, hand: factories.Hand) -> dict[str, str]:
    """Return the headers of a browser that is signed in as the worker."""
    secret = new_token()
    async with client.context.cells.directory.acquire() as db:
        await workers.insert_credential(
            db, digest(secret), "session", Subject("worker", hand.worker.worker_id, 0), 3600.0
        )
    return {"cookie": f"{COOKIE}={secret}"}


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", "http://manyeyes.test:81", ""])
async def test_a_cookie_counts_only_on_calls_from_our_own_pages(client: Client, origin):
    headers = await session_of(client, await factories.hand(client.context))
    sent = headers if origin is None else {**headers, "origin": origin}
    reply = await client.post("/v1/worker/online", headers=sent, json={})
    assert (reply.status_code, reply.json()["refusal"]) == (403, "foreign_origin")
    own = await client.post("/v1/worker/online", headers={**headers, "origin": "http://manyeyes.test"}, json={})
    assert own.status_code == 200


async def test_a_token_needs_no_origin(client: Client):
    hand = await factories.hand(client.context)
    reply = await client.post("/v1/worker/online", headers={**hand.headers, "origin": "null"}, json={})
    assert reply.status_code == 200


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer nobody", "Basic Zm9v"])
async def test_whoever_is_not_known_is_told_how_to_sign_in(client: Client, authorization):
    reply = await client.get("/v1/worker/session", headers={"authorization": authorization} if authorization else {})
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert reply.json()["refusal"] == "unknown_token"


async def test_a_session_that_a_client_key_began_ends_with_the_key(client: Client):
    customer = await factories.customer(client.context)
    own = {"origin": "http://manyeyes.test"}
    signed_in = await client.post("/login", headers=own, data={"key": customer.key})
    cookie = {"cookie": f"{COOKIE}={signed_in.cookies[COOKIE]}"}
    client.cookies.clear()
    assert (await client.get("/customer", headers=cookie)).status_code == 200
    async with client.context.cells.directory.acquire() as db:
        await accounts.revoke_key(db, digest(customer.key))
        await end_sessions_through(db, digest(customer.key))
    await client.context.notifier.tell_changed()
    assert (await client.get("/customer", headers=cookie)).status_code == 303


async def test_a_disabled_worker_is_handed_nothing(client: Client):
    customer, hand = await factories.customer(client.context), await factories.hand(client.context)
    await client.post("/v1/worker/online", headers=hand.headers, json={})
    async with client.context.cells.directory.acquire() as db:
        await workers.disable_worker(db, hand.worker.worker_id)
    await client.context.batcher.ask(leave, Leave(1, hand.worker.worker_id, offline=True))
    await client.context.notifier.tell_changed()
    await factories.submit(client.context, customer)
    assert (await client.get("/v1/worker/next?wait=1", headers=hand.headers)).status_code == 401
    async with client.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM work WHERE state <> 0") == 0
