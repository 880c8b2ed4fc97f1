"""/v1/webhooks: a customer sees their own call-backs and may have them sent again."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from manyeyes.accounts.rules import digest, new_token
from manyeyes.roles.sign_in import COOKIE
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.v1 import webhook_views
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
from support import factories
from support.action_stage import set_stage
from support.delivery_receivers import Post, address, ids, receiver
from support.in_process_client import Client, client_of
from support.loopback_servers import http

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "v1" / "webhooks.md"


@pytest.fixture
async def calm(context: Context) -> AsyncIterator[Client]:
    async with client_of(context) as client:
        yield client


@pytest.fixture
async def customer(context: Context) -> factories.Customer:
    return await factories.customer(context)


@pytest.fixture
async def told(context: Context, customer: factories.Customer):
    """Let tasks of the customer's end, one for each reply of the receiver; return their wire ids."""
    stage = await set_stage(context.cells.directory)
    stage._number = 1_000
    worker_id = await stage.worker()

    async def tell(*replies) -> list[Any]:
        tasks = []
        for reply in replies:
            async with receiver(reply) as heard:
                tasks.append(await stage.solve(customer.account_id, worker_id, callback_url=address(heard)))
                await Post(stage).go()
        return [wire_id(task_id) for task_id in tasks]

    return tell


def signed(customer: factories.Customer) -> dict[str, str]:
    return {"authorization": f"Bearer {customer.key}"}


async def ask(calm: Client, customer: factories.Customer, path="", status=200, method="GET", **params) -> Any:
    reply = await calm.request(method, f"/v1/webhooks{path}", headers=signed(customer), params=params)
    assert reply.status_code == status, reply.text
    return reply.json()


async def test_a_page_is_newest_first_and_the_next_one_goes_on(calm: Client, customer: factories.Customer, told):
    tasks = await told(http(), http(status="410 Gone"), http(status="500 No"))
    page = await ask(calm, customer, limit="2")
    assert [(d["task_id"], d["state"]) for d in page["deliveries"]] == [(tasks[2], "waiting"), (tasks[1], "given_up")]
    rest = await ask(calm, customer, before=page["next"])
    assert [(d["task_id"], d["state"]) for d in rest["deliveries"]] == [(tasks[0], "delivered")]
    assert rest["next"] is None
    assert [d["task_id"] for d in (await ask(calm, customer, state="given_up"))["deliveries"]] == [tasks[1]]
    waiting, given_up, delivered = page["deliveries"] + rest["deliveries"]
    assert (waiting["next_try_at"] is None, waiting["closed_at"]) == (False, None)
    assert (given_up["next_try_at"], given_up["last_status"]) == (None, 410)
    assert (delivered["last_status"], delivered["last_fault"]) == (200, "")


async def test_one_is_told_with_every_try(calm: Client, customer: factories.Customer, told):
    (task,) = await told(http(status="500 No"))
    found = await ask(calm, customer, f"/{task}")
    assert [(t["status"], t["fault"]) for t in found["tries"]] == [(500, "the receiver answered 500")]
    assert found["delivery"] == (await ask(calm, customer))["deliveries"][0]


async def test_a_replay_sends_it_again_under_the_same_id(calm: Client, customer: factories.Customer, context: Context):
    stage = await set_stage(context.cells.directory)
    stage._number = 1_000
    async with receiver() as heard:
        worker_id = await stage.worker()
        task = wire_id(await stage.solve(customer.account_id, worker_id, callback_url=address(heard)))
        await Post(stage).go()
        named = {**signed(customer), "idempotency-key": "again"}
        first, again = [await calm.post(f"/v1/webhooks/{task}/replay", headers=named) for _ in range(2)]
        assert "idempotent-replayed" not in first.headers
        assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
        replayed = first.json()
        assert (replayed["delivery"]["state"], len(replayed["tries"])) == ("waiting", 1)
        stage.now = await context.cells.directory.fetchval("SELECT now()")
        await Post(stage).go()
    assert (len(heard.requests), len(set(ids(heard)))) == (2, 1)


async def test_others_see_and_replay_nothing(calm: Client, customer: factories.Customer, told, context: Context):
    (task,) = await told(http())
    other = await factories.customer(context)
    assert (await ask(calm, other))["deliveries"] == []
    for method, path in (("GET", f"/{task}"), ("POST", f"/{task}/replay")):
        assert (await ask(calm, other, path, 404, method))["refusal"] == "unknown_delivery"
    assert (await ask(calm, customer, f"/{task}"))["delivery"]["state"] == "delivered"


@pytest.mark.parametrize("task", ["0", "x", "-1", "9" * 30, "٣"])
async def test_what_is_no_task_is_404(calm: Client, customer: factories.Customer, task):
    await ask(calm, customer, f"/{task}", 404)
    await ask(calm, customer, f"/{task}/replay", 404, "POST")


@pytest.mark.parametrize("wrong", [{"limit": "x"}, {"limit": "-1"}, {"before": "x"}, {"state": "lost"}], ids=str)
async def test_what_cannot_be_read_is_400(calm: Client, customer: factories.Customer, wrong):
    assert (await ask(calm, customer, status=400, **wrong))["refusal"] == "unreadable"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nothing"}, {"authorization": "Basic x"}])
async def test_nobody_is_let_in_without_a_key(calm: Client, headers):
    for method, path in (("GET", ""), ("GET", "/1"), ("POST", "/1/replay")):
        assert (await calm.request(method, f"/v1/webhooks{path}", headers=headers)).status_code == 401


async def test_the_consoles_session_does_but_not_from_another_origins_page(
    calm: Client, customer: factories.Customer, told, context: Context
):
    (task,) = await told(http())
    secret = new_token()
    async with context.cells.directory.acquire() as db:
        subject = Subject("customer", customer.account_id, customer.cell)
        await workers.insert_credential(db, digest(secret), "session", subject, 600.0)
    calm.cookies = httpx.Cookies({COOKIE: secret})
    assert (await calm.get(f"/v1/webhooks/{task}")).status_code == 200
    path = f"/v1/webhooks/{task}/replay"
    assert (await calm.post(path, headers={"origin": "https://elsewhere.example"})).status_code == 403
    assert (await calm.post(path)).status_code == 403
    assert (await calm.post(path, headers={"origin": "http://manyeyes.test"})).status_code == 200


async def test_the_verb_must_fit(calm: Client, customer: factories.Customer):
    assert (await calm.post("/v1/webhooks", headers=signed(customer))).status_code == 405
    assert (await calm.get("/v1/webhooks/1/replay", headers=signed(customer))).status_code == 405


async def test_the_reference_pages_examples_have_the_members_that_there_are(
    calm: Client, customer: factories.Customer, told
):
    (task,) = await told(http(status="503 Busy"))
    examples = re.findall(r"^```json\n(.*?)\n```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    page, log, secret, tried = map(json.loads, examples)
    found = await ask(calm, customer)
    assert (list(page), list(page["deliveries"][0])) == (list(found), list(found["deliveries"][0]))
    found = await ask(calm, customer, f"/{task}")
    assert (list(log), list(log["delivery"]), list(log["tries"][0])) == (
        *(list(found), list(found["delivery"])),
        list(found["tries"][0]),
    )
    shown = (webhook_views.SecretView, webhook_views.TestCallView)
    assert [tuple(secret), tuple(tried)] == [view.__struct_fields__ for view in shown]
