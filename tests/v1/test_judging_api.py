"""/v1/reviewer/results: a reviewer's program from asking to being paid; what it never learns; what it may not do."""

import json
from typing import Any

import httpx
import pytest

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.questions import ChoicesOptions
from manyeyes.tasks.rules import ImageOptions
from support import factories
from support.in_process_client import Client
from support.screen_results import result_of, unsettled

TEXT = ImageOptions(case=False)
RETURNED = PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.05)


async def next_of(client: Client, reviewer) -> httpx.Response:
    return await client.get("/v1/reviewer/results/next?wait=0", headers=reviewer.headers)


async def decide(client: Client, reviewer, judgement, value) -> httpx.Response:
    body = {"judgement": judgement, "value": value}
    return await client.post("/v1/reviewer/results/decisions", headers=reviewer.headers, json=body)


async def skip(client: Client, reviewer, judgement) -> httpx.Response:
    body = {"judgement": judgement}
    return await client.post("/v1/reviewer/results/skips", headers=reviewer.headers, json=body)


async def audited(client: Client, customer, *texts: str) -> int:
    """Let people answer alike, so that a result stands and is drawn for an audit."""
    async with client.context.cells.directory.acquire() as db:
        await db.execute("UPDATE queue SET audit_share = 1 WHERE queue_id = 1")
    submitted = await factories.submit(client.context, customer, terms=RETURNED, options=TEXT)
    for text in texts:
        hand = await factories.hand(client.context)
        lease = await factories.taken(client.context, hand)
        await WorkerDesk(client.context).answer(hand.worker, lease.lease, text)
        await WorkerDesk(client.context).offline(hand.worker)
    return submitted.task_id


def signed(customer: factories.Customer) -> dict[str, str]:
    return {"authorization": f"Bearer {customer.key}"}


def members(value) -> set[Any]:
    """The names of all members, all the way down."""
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in members(inner)}
    return {name for inner in value for name in members(inner)} if isinstance(value, list) else set()


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    return await factories.customer(client.context)


@pytest.fixture
async def reviewer(client: Client) -> factories.Hand:
    return await factories.hand(client.context, reviewer=True)


async def test_from_asking_to_being_paid(client: Client, customer, reviewer):
    assert (await next_of(client, reviewer)).status_code == 204
    task_id = await unsettled(client.context, customer, TEXT, "alpha", "beta")
    reply = await next_of(client, reviewer)
    found = reply.json()
    assert (reply.status_code, found["pay"]) == (200, 0.0001)
    assert sorted(each["value"] for each in found["given"]) == ["alpha", "beta"]
    assert (await next_of(client, reviewer)).json() == found, "asking again gives the same, in the same order"
    assert (await client.get(found["task"]["image_url"])).status_code == 200
    first = await decide(client, reviewer, found["judgement"], "beta")
    assert (first.status_code, first.json()) == (200, {"earned": 0.0001, "next": None})
    assert (await decide(client, reviewer, found["judgement"], "beta")).json() == first.json()
    session = (await client.get("/v1/reviewer/results/session", headers=reviewer.headers)).json()
    assert (session["decisions"], session["earned"], session["payable"]) == (1, 0.0001, 0.0001)
    assert session["own"]["decided"] == 1
    assert (await result_of(client.context, task_id))["answer"] == '{"text": "beta"}'


async def test_an_audit_and_an_adjudication_look_alike(client: Client, customer):
    await unsettled(client.context, customer, TEXT, "alpha", "beta")
    one = (await next_of(client, await factories.hand(client.context, reviewer=True))).json()
    await audited(client, customer, "12345", "12345")
    other = (await next_of(client, await factories.hand(client.context, reviewer=True))).json()
    assert [each["value"] for each in other["given"]] == ["12345"]
    assert members(one) == members(other)
    assert len(one["judgement"].split("-")) == len(other["judgement"].split("-")) == 3
    own = {
        "judgement",
        "expires_at",
        "renewable_until",
        "pay",
        "task",
        "kind",
        "options",
        "image_url",
        "queue",
        "id",
        "name",
        "marks",
    }
    options = {"phrase", "case", "numeric", "math", "min_length", "max_length", "comment"}
    assert members(one) == own | options | {"given", "value", "text"}


async def test_a_wrong_result_found_by_an_audit_is_told_to_its_customer(client: Client, customer, reviewer):
    await audited(client, customer, "12345", "12345")
    found = (await next_of(client, reviewer)).json()
    assert (await decide(client, reviewer, found["judgement"], "99")).status_code == 200
    told = (await client.get("/v1/certainty", headers=signed(customer))).json()
    (promise,) = told["promises"]
    assert (promise["accepted"], promise["audited"], promise["wrong"], promise["proven"]) == (1, 1, 1, False)
    assert (promise["wrong_at_most"], promise["threshold"], promise["question"]) == (0.05, None, None)
    assert promise["needed"] == 392
    (wrong,) = told["found_wrong"]
    assert (wrong["delivered"], wrong["read"]) == ("12345", "99")
    assert (await client.get("/v1/certainty?queue=2", headers=signed(customer))).json()["promises"] == []
    assert (await client.get("/v1/certainty?queue=x", headers=signed(customer))).status_code == 400
    other = await factories.customer(client.context)
    assert (await client.get("/v1/certainty", headers=signed(other))).json() == {"promises": [], "found_wrong": []}


async def test_what_is_passed_on_is_never_theirs_again(client: Client, customer, reviewer):
    await unsettled(client.context, customer, TEXT, "alpha", "beta")
    found = (await next_of(client, reviewer)).json()
    assert (await skip(client, reviewer, found["judgement"])).status_code == 204
    assert (await skip(client, reviewer, found["judgement"])).status_code == 409
    assert (await next_of(client, reviewer)).status_code == 204


async def test_an_answer_that_does_not_fit_is_refused(client: Client, customer, reviewer):
    task_id = await unsettled(client.context, customer, ChoicesOptions(labels=("a", "b")), '["a"]', '["b"]')
    found = (await next_of(client, reviewer)).json()
    assert sorted(each["chosen"] for each in found["given"]) == [["a"], ["b"]]
    reply = await decide(client, reviewer, found["judgement"], '["c"]')
    assert (reply.status_code, reply.json()["refusal"]) == (422, "answer_unfit")
    assert (await decide(client, reviewer, found["judgement"], '["b","a"]')).status_code == 200
    kept = json.loads((await result_of(client.context, task_id))["answer"])
    assert kept == {"text": '["a","b"]', "name": "a, b"}


@pytest.mark.parametrize("judgement", ["", "1-2", "1-2-3-4", "9-1-1", "1-99-1", "x", "1-99999999999999999999-1"])
async def test_one_that_is_not_theirs(client: Client, reviewer, judgement):
    for reply in (await decide(client, reviewer, judgement, "1"), await skip(client, reviewer, judgement)):
        assert (reply.status_code, reply.json()["refusal"]) == (409, "slot_lost")


async def test_who_leaves_gives_it_to_others_at_once(client: Client, customer, reviewer):
    await unsettled(client.context, customer, TEXT, "alpha", "beta")
    other = await factories.hand(client.context, reviewer=True)
    found = (await next_of(client, reviewer)).json()
    assert (await next_of(client, other)).status_code == 204
    await client.post("/v1/reviewer/results/leave", headers=reviewer.headers)
    assert (await next_of(client, other)).status_code == 200
    assert (await decide(client, reviewer, found["judgement"], "beta")).status_code == 409


@pytest.mark.parametrize("path", ["next", "session"])
async def test_workers_without_the_mark_are_told_so(client: Client, path):
    worker = await factories.hand(client.context)
    reply = await client.get(f"/v1/reviewer/results/{path}", headers=worker.headers)
    assert (reply.status_code, reply.json()["refusal"]) == (403, "not_reviewer")
