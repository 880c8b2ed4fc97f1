"""What reviewers see where no two people typed alike: what was typed, and what it says voted together."""

import json
from typing import Any

import pytest

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.rules import Assurance, ImageOptions
from support import factories
from support.in_process_client import Client
from support.screen_results import result_of, unsettled

TEXT = ImageOptions(case=False)
TYPED = ("main stret 12", "mein street 12", "main street 13")
TOGETHER = "main street 12"


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    return await factories.customer(client.context)


async def shown(client: Client, reviewer: factories.Hand) -> dict[str, Any]:
    found = await client.get("/v1/reviewer/results/next?wait=0", headers=reviewer.headers)
    return dict(found.json())


async def decide(client: Client, reviewer: factories.Hand, judgement: str, value: str | None) -> None:
    body = {"judgement": judgement, "value": value}
    taken = await client.post("/v1/reviewer/results/decisions", headers=reviewer.headers, json=body)
    assert taken.status_code == 200, taken.text


async def test_a_reviewer_sees_what_was_typed_and_what_it_says_together(client: Client, customer: factories.Customer):
    task_id = await unsettled(client.context, customer, TEXT, *TYPED)
    reviewer = await factories.hand(client.context, reviewer=True)
    found = await shown(client, reviewer)
    assert {each["value"] for each in found["given"]} == {*TYPED, TOGETHER}
    assert {frozenset(each) for each in found["given"]} == {frozenset(["value", "text"])}
    await decide(client, reviewer, found["judgement"], TOGETHER)
    result = await result_of(client.context, task_id)
    assert result is not None
    assert (json.loads(result["answer"])["text"], result["assurance"]) == (TOGETHER, Assurance.REVIEWED)


async def test_where_two_typed_alike_nothing_is_added(client: Client, customer: factories.Customer):
    await unsettled(client.context, customer, TEXT, "alpha", "Alpha", "beta", "gamma", "delta")
    found = await shown(client, await factories.hand(client.context, reviewer=True))
    assert len(found["given"]) == 4


async def test_what_nobody_decides_is_what_somebody_typed(client: Client, customer: factories.Customer):
    task_id = await unsettled(client.context, customer, TEXT, *TYPED)
    reviewer = await factories.hand(client.context, reviewer=True)
    await decide(client, reviewer, (await shown(client, reviewer))["judgement"], None)
    result = await result_of(client.context, task_id)
    assert result is not None
    assert result["assurance"] == Assurance.UNCERTAIN
    assert json.loads(result["answer"])["text"] in TYPED


async def test_what_is_returned_uncertain_is_what_somebody_typed(client: Client, customer: factories.Customer):
    terms = PeopleTerms(answers=3, answers_at_most=3, wrong_at_most=0.05)
    task = await factories.submit(client.context, customer, terms=terms, options=TEXT)
    for text in TYPED:
        hand = await factories.hand(client.context)
        lease = await factories.taken(client.context, hand)
        await WorkerDesk(client.context).answer(hand.worker, lease.lease, text)
        await WorkerDesk(client.context).offline(hand.worker)
    result = await result_of(client.context, task.task_id)
    assert result is not None
    assert result["assurance"] == Assurance.UNCERTAIN
    assert json.loads(result["answer"])["text"] in TYPED
