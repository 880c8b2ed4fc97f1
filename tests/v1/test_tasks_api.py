"""/v1/tasks: tasks of every contract as their customer sees them, lists and changes, cancelling, waiting, reports."""

import asyncio
from typing import Any

import httpx
import pytest

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import digest, new_key
from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.submit_tasks import Submitted
from manyeyes.roles.worker import WorkerDesk
from manyeyes.v1.cursors import cursor
from support import factories
from support.in_process_client import Client


def auth(customer: factories.Customer, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {customer.key}", **more}


async def ask(
    client: Client, customer: factories.Customer, path: str = "", status: int = 200, method: str = "GET", **sent: Any
) -> dict[str, Any]:
    headers = auth(customer, **sent.pop("headers", {}))
    reply = await client.request(method, f"/v1/tasks{path}", headers=headers, **sent)
    assert reply.status_code == status, reply.text
    found: dict[str, Any] = reply.json()
    return found


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    return await factories.customer(client.context)


async def submit(client: Client, customer: factories.Customer, **given: Any) -> int:
    submitted = await factories.submit(client.context, customer, **given)
    assert isinstance(submitted, Submitted)
    return submitted.task_id


async def test_a_task_of_create_task_from_its_beginning_to_its_refund(client: Client, customer):
    made = await factories.call(client, "createTask", customer, task=factories.image_task(comment="the meter"))
    task_id = made["taskId"]
    found = await ask(client, customer, f"/{task_id}")
    assert (found["id"], found["state"], found["queue"]) == (
        task_id,
        "waiting",
        {"id": 1, "name": "English ImageToText"},
    )
    assert found["question"]["kind"] == "text"
    assert (found["question"]["words"], found["price"], found["cost"]) == ("the meter", "0.000700", "0.000000")
    assert (found["result"], found["failure"], found["ended_at"], found["report"]) == (None, None, None, None)
    assert (await client.get(found["picture_url"].removeprefix("http://manyeyes.test"))).status_code == 200
    hand = await factories.hand(client.context)
    lease = await factories.taken(client.context, hand)
    assert (await ask(client, customer, f"/{task_id}"))["state"] == "answering"
    await WorkerDesk(client.context).answer(hand.worker, lease.lease, "12345")
    found = await ask(client, customer, f"/{task_id}")
    said = {"value": "12345", "text": "12345", "answers": 1, "confidence": None, "proven": False, "uncertain": False}
    assert found["result"] == {**said, "from": "people", "kept": True}
    assert (found["state"], found["cost"], found["refunded"]) == ("done", "0.000700", "0.000000")
    filed = await ask(client, customer, f"/{task_id}/report", 201, "POST", json={"kind": "complaint"})
    assert (filed["task_id"], filed["state"]) == (task_id, "open")
    await factories.judge(client.context, "confirm", "confirm")
    found = await ask(client, customer, f"/{task_id}")
    assert (found["report"], found["refunded"]) == ({"kind": "complaint", "state": "confirmed"}, "0.000700")


async def test_nobody_else_sees_it(client: Client, customer):
    task_id = await submit(client, customer)
    other = await factories.customer(client.context)
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/report")):
        told = await ask(client, other, f"/{task_id}{path}", 404, method)
        assert told["refusal"] == "unknown_task"
    assert (await ask(client, other))["items"] == []
    for number in ("0", "x", "1" * 30, str(2**62)):
        assert (await ask(client, customer, f"/{number}", 404))["refusal"] == "unknown_task"


async def test_a_task_that_waits_is_cancelled_and_costs_nothing(client: Client, customer):
    task_id = await submit(client, customer)
    for _ in range(2):  # its reply may have been lost
        found = await ask(client, customer, f"/{task_id}", 200, "DELETE")
        assert (found["state"], found["failure"]["reason"], found["cost"]) == ("cancelled", "cancelled", "0.000000")
    balance = await client.get("/v1/balance", headers=auth(customer))
    assert balance.json() == {"available": "10.000000", "held": "0.000000"}


async def test_a_task_that_somebody_has_or_that_ended_is_not_cancelled(client: Client, customer):
    task_id, hand = await submit(client, customer), await factories.hand(client.context)
    lease = await factories.taken(client.context, hand)
    assert (await ask(client, customer, f"/{task_id}", 409, "DELETE"))["refusal"] == "not_cancellable"
    await WorkerDesk(client.context).answer(hand.worker, lease.lease, "12345")
    assert (await ask(client, customer, f"/{task_id}", 409, "DELETE"))["refusal"] == "not_cancellable"


@pytest.mark.parametrize("order", ["newest", "oldest"])
async def test_pages_have_every_task_once_in_their_order(client: Client, customer, order: str):
    made = [await submit(client, customer) for _ in range(7)]
    seen: list[int] = []
    place = ""
    while place is not None:
        page = await ask(client, customer, f"?order={order}&limit=3&cursor={place}")
        assert len(page["items"]) <= 3
        seen += [task["id"] for task in page["items"]]
        await submit(client, await factories.customer(client.context))  # of somebody else
        place = page["next"]
    assert seen == (made if order == "oldest" else made[::-1])


async def test_what_comes_meanwhile_moves_no_page(client: Client, customer):
    made = [await submit(client, customer) for _ in range(4)]
    first = await ask(client, customer, "?limit=2")
    await submit(client, customer)
    await ask(client, customer, f"/{made[3]}", 200, "DELETE")
    second = await ask(client, customer, f"?limit=2&cursor={first['next']}")
    assert [task["id"] for task in (*first["items"], *second["items"])] == made[::-1]


async def test_lists_are_narrowed_by_state_and_name(client: Client, customer):
    made = [await submit(client, customer, external_id=f"row {n % 2}") for n in range(4)]
    for task_id in made[1:3]:
        await ask(client, customer, f"/{task_id}", 200, "DELETE")
    listed = {
        query: [task["id"] for task in (await ask(client, customer, f"?{query}&limit=2"))["items"]]
        for query in ("state=waiting", "state=cancelled", "state=done", "external_id=row 1", "external_id=none")
    }
    assert listed == {
        "state=waiting": [made[3], made[0]],
        "state=cancelled": [made[2], made[1]],
        "state=done": [],
        "external_id=row 1": [made[3], made[1]],
        "external_id=none": [],
    }
    page = await ask(client, customer, "?external_id=row 1&state=waiting&order=oldest&limit=1")
    assert ([task["id"] for task in page["items"]], page["next"] is None) == ([made[3]], True)


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        *(("limit=0", "unreadable"), ("limit=1001", "unreadable"), ("limit=x", "unreadable")),
        *(("order=up", "unreadable"), ("state=gone", "unreadable"), ("job=x", "unreadable"), ("job=0", "unreadable")),
        *(("cursor=x", "cursor_unknown"), ("cursor=ZGVlcA", "cursor_unknown"), ("cursor=é", "cursor_unknown")),
        *(("since=x", "cursor_unknown"), ("since=2026-13-01T00:00:00Z", "unreadable")),
    ],
)
async def test_a_query_that_is_none_is_refused(client: Client, customer, query: str, refusal: str):
    assert (await ask(client, customer, f"?{query}", 400))["refusal"] == refusal


@pytest.mark.parametrize(
    "query",
    [
        *(f"since={cursor('changes', 1, 1, rank)}" for rank in (-1, 2, 2**63 - 1)),
        *(f"since={cursor('changes', micros, 1, 1)}" for micros in (-(2**63), 2**63 - 1)),
        *(f"job=7&order={o}&cursor={cursor(f'lines-{o}', -(2**63))}" for o in ("newest", "oldest")),
        f"cursor={cursor('tasks-newest', -1)}",
        f"cursor={cursor('tasks-newest', 2**63)}",
    ],
)
async def test_a_cursor_that_no_page_gave_is_refused(client: Client, customer, query: str):
    assert (await ask(client, customer, f"?{query}", 400))["refusal"] == "cursor_unknown"


async def test_a_cursor_is_good_for_its_own_list_and_order(client: Client, customer):
    for _ in range(2):
        await submit(client, customer, external_id="a")
    place = (await ask(client, customer, "?limit=1"))["next"]
    for query in ("order=oldest", "external_id=a", "job=7"):
        told = await ask(client, customer, f"?{query}&cursor={place}", 400)
        assert (told["refusal"], told["type"]) == ("cursor_unknown", "/docs/problems#cursor_unknown")


async def test_an_answer_reaches_who_waits_for_it(client: Client, customer):
    task_id, hand = await submit(client, customer), await factories.hand(client.context)
    lease = await factories.taken(client.context, hand)
    waiting = asyncio.ensure_future(client.get(f"/v1/tasks/{task_id}", headers=auth(customer, prefer="wait=60")))
    await asyncio.sleep(0.05)
    await WorkerDesk(client.context).answer(hand.worker, lease.lease, "12345")
    async with asyncio.timeout(20):
        reply = await waiting
    assert (reply.status_code, reply.headers["preference-applied"]) == (200, "wait=60")
    assert reply.json()["result"]["value"] == "12345"


async def test_a_wait_ends_with_the_task_as_it_is(client: Client, customer):
    task_id = await submit(client, customer)
    reply = await client.get(f"/v1/tasks/{task_id}", headers=auth(customer, prefer="respond-async, wait=1; x=y"))
    assert (reply.json()["state"], reply.headers["preference-applied"]) == ("waiting", "wait=1")
    plain = await client.get(f"/v1/tasks/{task_id}", headers=auth(customer, prefer="wait=soon"))
    assert "preference-applied" not in plain.headers


async def test_whose_key_ends_while_they_wait_hears_no_more(client: Client, customer):
    task_id = await submit(client, customer)
    waiting = asyncio.ensure_future(client.get(f"/v1/tasks/{task_id}", headers=auth(customer, prefer="wait=60")))
    await asyncio.sleep(0.05)
    async with client.context.cells.directory.acquire() as db:
        await accounts.revoke_key(db, digest(customer.key))
    client.context.lookups.forget()
    async with asyncio.timeout(20):
        assert (await waiting).status_code == 401


async def test_so_many_of_a_caller_wait_at_once(client: Client, customer):
    task_id, most = await submit(client, customer), client.context.waits.most
    calls = [
        asyncio.ensure_future(client.get(f"/v1/tasks/{task_id}", headers=auth(customer, prefer="wait=60")))
        for _ in range(most)
    ]
    await _all_wait(client, customer)
    refused = await client.get(f"/v1/tasks/{task_id}", headers=auth(customer, prefer="wait=60"))
    assert (refused.status_code, refused.json()["refusal"]) == (429, "too_many_waits")
    assert (await ask(client, customer, f"/{task_id}"))["state"] == "waiting"  # who does not wait is answered
    await ask(client, customer, f"/{task_id}", 200, "DELETE")
    async with asyncio.timeout(20):
        replies: list[httpx.Response] = await asyncio.gather(*calls)
    assert {reply.json()["state"] for reply in replies} == {"cancelled"}


async def _all_wait(client: Client, customer: factories.Customer) -> None:
    """Return when the caller has no place left to wait at."""
    has_place = True
    while has_place:
        await asyncio.sleep(0.01)
        with client.context.waits.place(f"account {customer.cell} {customer.account_id}") as has_place:
            pass


async def test_a_report_with_a_key_is_filed_once(client: Client, customer):
    task_id = await factories.solve(client.context, customer, await factories.hand(client.context))
    named = {"idempotency-key": "one"}
    first = await client.post(f"/v1/tasks/{task_id}/report", headers=auth(customer, **named), json={})
    again = await client.post(f"/v1/tasks/{task_id}/report", headers=auth(customer, **named), json={})
    assert (first.status_code, again.status_code) == (201, 201)
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert first.json() == again.json()
    assert (await ask(client, customer, f"/{task_id}/report", 409, "POST"))["refusal"] == "report_repeated"
    body = {"kind": "praise"}
    told = await ask(client, customer, f"/{task_id}/report", 409, "POST", headers={"idempotency-key": "two"}, json=body)
    assert told["refusal"] == "report_wrong_kind"
    other = await submit(client, customer)
    told = await ask(client, customer, f"/{other}/report", 409, "POST", headers=named)
    assert told["refusal"] == "key_reused"


SCOPED = [
    ("GET", "/v1/tasks", "tasks:read"),
    ("GET", "/v1/tasks/7", "tasks:read"),
    ("DELETE", "/v1/tasks/7", "tasks:write"),
    ("POST", "/v1/tasks/7/report", "tasks:write"),
    ("GET", "/v1/balance", "money:read"),
    ("GET", "/v1/spending", "money:read"),
    ("GET", "/v1/metrics", "money:read"),
    ("GET", "/v1/webhooks", "webhooks"),
    ("GET", "/v1/reports", "tasks:read"),
]


@pytest.mark.parametrize(("method", "path", "scope"), SCOPED)
async def test_a_key_opens_what_its_scopes_say(client: Client, customer, method: str, path: str, scope: str):
    keys = {is_wide: new_key() for is_wide in (True, False)}
    others = tuple(each for each in ("tasks:read", "tasks:write", "money:read", "webhooks") if each != scope)
    async with client.context.cells.directory.acquire() as db:
        for is_wide, key in keys.items():
            scopes = (scope,) if is_wide else others
            await accounts.insert_key(db, digest(key), KeyOwner(1, customer.account_id, (), scopes))
    replies = {
        is_wide: await client.request(method, path, headers={"authorization": f"Bearer {key}"})
        for is_wide, key in keys.items()
    }
    assert (replies[False].status_code, replies[False].json()["refusal"]) == (403, "scope_missing")
    assert scope in replies[False].json()["detail"]
    assert replies[True].status_code in (200, 404)


async def test_spending_tells_what_was_charged_and_what_came_back(client: Client, customer):
    hand = await factories.hand(client.context)
    await factories.solve(client.context, customer, hand)
    await factories.refunded(client.context, customer, hand)
    for grain in ("hour", "day", "month"):
        found = (
            await client.get(f"/v1/spending?grain={grain}&queue=English ImageToText", headers=auth(customer))
        ).json()
        total = {name: found["total"][name] for name in ("tasks", "charged", "refunded", "net")}
        assert total == {"tasks": 2, "charged": "0.001400", "refunded": "0.000700", "net": "0.000700"}
        assert sum(row["tasks"] for row in found["rows"]) == 2
    assert (await client.get("/v1/spending?queue=none", headers=auth(customer))).json()["total"]["tasks"] == 0
    for wrong in ("from=x", "grain=week", "from=2026-02-01&to=2026-01-01", "from=2000-01-01&grain=hour"):
        reply = await client.get(f"/v1/spending?{wrong}", headers=auth(customer))
        assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")
