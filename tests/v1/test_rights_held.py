"""What a right depends on is looked up where it is used: by every call, and by those that are still under way."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from manyeyes.accounts.rules import digest, new_token
from manyeyes.actions.block_networks import BlockNetwork, block_networks
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.end_sessions import EndSession, end_sessions
from manyeyes.actions.revoke_keys import RevokeKey, revoke_keys
from manyeyes.roles.login_links import sign_out_everywhere
from manyeyes.roles.sign_in import COOKIE
from manyeyes.runtime import lookup_cache
from manyeyes.runtime.context import Context
from manyeyes.runtime.lookup_cache import FRESH_SECONDS
from manyeyes.v1 import authentication
from manyeyes.v1.authentication import right_of, while_right_holds
from manyeyes.values.refusals import Refused
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
from manyeyes.workers.waiting import ended_secrets
from support import factories
from support.in_process_client import CALLER, Client

Barring = Callable[[Context, int], Awaitable[object]]
LONG_ENOUGH = 30


async def block(context: Context, worker_id: int) -> None:
    await context.batcher.ask(block_networks, BlockNetwork(f"{CALLER}/32"))


async def disable(context: Context, worker_id: int) -> None:
    await context.batcher.ask(disable_workers, DisableWorker(worker_id))


async def sign_out(context: Context, worker_id: int) -> None:
    await sign_out_everywhere(context, Subject("worker", worker_id, 0))


OF_TOKENS = [(block, 403), (disable, 401)]
OF_COOKIES = [(block, 403), (disable, 401), (sign_out, 401)]
CASES = [("token", *case) for case in OF_TOKENS] + [("cookie", *case) for case in OF_COOKIES]
PATHS = ["/v1/worker/events", "/v1/worker/next?wait=60", "/v1/reviewer/next?wait=60"]


async def headers_of(client: Client, hand: factories.Hand, by: str) -> dict[str, str]:
    if by == "token":
        return hand.headers
    secret = new_token()
    async with client.context.cells.directory.acquire() as db:
        subject = Subject("worker", hand.worker.worker_id, 0)
        await workers.insert_credential(db, digest(secret), "session", subject, 3600.0)
    return {"cookie": f"{COOKIE}={secret}", "origin": "http://manyeyes.test"}


@pytest.mark.parametrize(("by", "bar", "status"), CASES)
async def test_a_call_of_a_worker_is_held_to_it(client: Client, by: str, bar: Barring, status: int):
    hand = await factories.hand(client.context)
    headers = await headers_of(client, hand, by)
    assert (await client.get("/v1/worker/session", headers=headers)).status_code == 200
    await bar(client.context, hand.worker.worker_id)
    await client.context.notifier.tell_changed()
    for method, path in (("GET", "/v1/worker/session"), ("POST", "/v1/worker/online"), ("POST", "/v1/reviewer/leave")):
        assert (await client.request(method, path, headers=headers)).status_code == status, path


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("by", "bar", "status"), CASES)
async def test_what_is_under_way_ends(client: Client, path: str, by: str, bar: Barring, status: int):
    """A stream ends; a long poll is refused, and nothing is handed to whoever waits in it."""
    hand = await factories.hand(client.context, reviewer=True)
    headers = await headers_of(client, hand, by)
    assert (await client.post("/v1/worker/online", headers=headers)).status_code == 200
    waiting = asyncio.create_task(client.get(path, headers=headers))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await bar(client.context, hand.worker.worker_id)
    await client.context.notifier.tell_changed()
    async with asyncio.timeout(LONG_ENOUGH):
        reply = await waiting
    # The reviewers' desk looks at who they are by itself, and may be the first to say no.
    assert reply.status_code in ({200} if path.endswith("events") else {status, 403})


async def test_without_the_word_of_it_a_right_ends_when_its_look_up_is_old(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    """The word may be lost: then `FRESH_SECONDS` bound how long a right outlives its end."""
    customer = await factories.customer(client.context)
    headers = {"authorization": f"Bearer {customer.key}"}
    now = time.monotonic()
    monkeypatch.setattr(lookup_cache, "time", SimpleNamespace(monotonic=lambda: now))
    assert (await client.get("/v1/webhooks", headers=headers)).status_code == 200
    await client.context.batcher.ask(revoke_keys, RevokeKey(digest(customer.key)))
    now += FRESH_SECONDS - 0.01
    assert (await client.get("/v1/webhooks", headers=headers)).status_code == 200
    now += 0.02
    assert (await client.get("/v1/webhooks", headers=headers)).status_code == 401


async def test_a_session_that_ended_in_another_process_ends_here_likewise(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    hand = await factories.hand(client.context)
    headers = await headers_of(client, hand, "cookie")
    now = time.monotonic()
    monkeypatch.setattr(lookup_cache, "time", SimpleNamespace(monotonic=lambda: now))
    assert (await client.get("/v1/worker/session", headers=headers)).status_code == 200
    secret = headers["cookie"].partition("=")[2]
    await client.context.batcher.ask(end_sessions, EndSession(digest(secret)))
    now += FRESH_SECONDS + 0.01
    assert (await client.get("/v1/worker/session", headers=headers)).status_code == 401


async def stays_on_the_line() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError("nobody hangs up")


async def test_nothing_is_handed_to_whoever_waited_and_was_shut_out_without_a_word(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    """`Lookout` looks now and then; before something is handed out after a wait their right is looked at."""
    hand, context = await factories.hand(client.context), client.context
    headers = [(b"authorization", b"Bearer " + hand.token.encode())]
    scope = {"type": "http", "method": "GET", "headers": headers, "client": (CALLER, 1)}
    request = Request(scope, receive=stays_on_the_line)
    right = await right_of(context, request, hand.worker)

    async def handed_after(barred: bool) -> str:
        if barred:
            await disable(context, hand.worker.worker_id)
            context.lookups.forget()  # as when what is known has become old
        return "a task"

    monkeypatch.setattr(authentication, "FRESH_SECONDS", 0.0)
    assert await while_right_holds(context, request, right, handed_after(barred=False)) == "a task"
    with pytest.raises(Refused):
        await while_right_holds(context, request, right, handed_after(barred=True))


@pytest.mark.parametrize(("begun_by", "held"), [("", 2), ("passkey", 1), ("company", 1)])
async def test_a_wait_depends_on_secrets_alone_and_on_no_mark_of_a_passkey(client: Client, begun_by: str, held: int):
    """What looks for ended secrets would find that a mark has, each time, and wake whoever waits."""
    hand, secret = await factories.hand(client.context), new_token()
    through = digest(hand.token) if held == 2 else digest("a mark")
    async with client.context.cells.directory.acquire() as db:
        whom = Subject("worker", hand.worker.worker_id, 0)
        await workers.insert_credential(db, digest(secret), "session", whom, 60.0, through=through, begun_by=begun_by)
    cookie = (b"cookie", f"{COOKIE}={secret}".encode())
    request = Request({"type": "http", "method": "GET", "headers": [cookie], "client": (CALLER, 1)})
    right = await right_of(client.context, request, hand.worker)
    assert right.secrets == (digest(secret), through)[:held]
    async with client.context.cells.directory.acquire() as db:
        assert await ended_secrets(db, list(right.secrets)) == []
