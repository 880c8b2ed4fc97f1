"""What people read before a question's first task: who has still to, who may, and what it does to their time."""

import json
from datetime import datetime
from typing import Any

import pytest

from manyeyes.actions.file_complaints import FileComplaint, file_complaints
from manyeyes.actions.shared.asked_questions import NewExample
from manyeyes.tasks.questions import ChoiceOptions, NumberOptions
from support import factories
from support.given_answers import RECEIPT
from support.in_process_client import Client
from support.question_tasks import ask

WORDS = "Read the black digits.\nThe red ones do not count."
EXAMPLES = (NewExample("12,5", "a comma is fine", factories.picture("12")), NewExample("7"))


async def next_of(client: Client, hand: factories.Hand) -> dict[str, Any]:
    reply = await client.get("/v1/worker/next?wait=5", headers=hand.headers)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


@pytest.fixture
async def hand(client: Client) -> factories.Hand:
    """A worker who is online."""
    found = await factories.hand(client.context)
    await client.post("/v1/worker/online", headers=found.headers)
    return found


async def told(client: Client, **question: Any) -> int:
    customer = await factories.customer(client.context)
    options = question.pop("options", NumberOptions(comment="The meter?", unit="m³"))
    return await ask(client.context, customer, options, **question)


async def test_instructions_are_unread_until_the_worker_went_past_them(client: Client, hand: factories.Hand):
    customer = await factories.customer(client.context)
    for _ in range(2):
        await ask(client.context, customer, NumberOptions(), instructions=WORDS, examples=EXAMPLES)
    lease = await next_of(client, hand)
    question = lease["task"]["question"]
    assert question["unread"] is True
    path = f"/v1/worker/questions/{question['id']}"
    page = (await client.get(path, headers=hand.headers)).json()
    assert (page["id"], page["instructions"]) == (question["id"], WORDS)
    assert [(e["text"], e["words"]) for e in page["examples"]] == [("12.5", "a comma is fine"), ("7", "")]
    shown = await client.get(page["examples"][0]["image_url"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert page["examples"][1]["image_url"] == ""
    assert (await client.post(f"{path}/seen", headers=hand.headers)).json() == {}
    again = await next_of(client, hand)
    assert again["task"]["question"] == {"id": question["id"], "unread": False}
    first = {"lease": lease["lease"], "answer": {"text": "3"}}
    reply = (await client.post("/v1/worker/answers", headers=hand.headers, json=first)).json()
    upcoming = reply["next"] or await next_of(client, hand)
    assert upcoming["task"]["question"] == {"id": question["id"], "unread": False}


async def test_going_past_them_gives_the_time_once_more_and_no_second_time(client: Client, hand: factories.Hand):
    await told(client, instructions=WORDS)
    lease = await next_of(client, hand)
    path = f"/v1/worker/questions/{lease['task']['question']['id']}/seen"
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE work SET lease_until = now() + interval '5 seconds' WHERE cell = 1")
    assert (await client.post(path, headers=hand.headers)).status_code == 200
    first = (await next_of(client, hand))["expires_at"]
    async with client.context.cells.pool(1).acquire() as db:
        left = (datetime.fromisoformat(first) - await db.fetchval("SELECT now()")).total_seconds()
    assert 5 < left <= 60
    assert (await client.post(path, headers=hand.headers)).status_code == 200
    assert (await next_of(client, hand))["expires_at"] == first


async def test_only_who_has_the_task_reads_its_instructions(client: Client, hand: factories.Hand):
    await told(client, instructions=WORDS)
    question = (await next_of(client, hand))["task"]["question"]["id"]
    other = await factories.hand(client.context)
    for path in (question, "1-999999", "9-1", "x", "1-0"):
        for who in (other,) if path == question else (other, hand):
            reply = await client.get(f"/v1/worker/questions/{path}", headers=who.headers)
            assert (reply.status_code, reply.json()["refusal"]) == (404, "unknown_question")
            assert (await client.post(f"/v1/worker/questions/{path}/seen", headers=who.headers)).status_code == 404


async def test_a_question_without_them_has_nothing_to_read(client: Client, hand: factories.Hand):
    await told(client)
    assert "question" not in (await next_of(client, hand))["task"]


async def test_an_answer_is_a_text_or_a_value(client: Client, hand: factories.Hand):
    await told(client, options=RECEIPT)
    lease = (await next_of(client, hand))["lease"]
    value = '{"total": 12.50, "currency": "USD", "paid by": ["card", "cash"]}'
    for answer in ("{}", '{"text": "1", "value": 1}'):
        body = '{"lease": "%s", "answer": %s}'.replace("%s", lease, 1).replace("%s", answer)
        assert (await client.post("/v1/worker/answers", headers=hand.headers, content=body)).status_code == 400
    bad = {"lease": lease, "answer": {"value": {"total": 1.234, "currency": "USD"}}}
    refused = (await client.post("/v1/worker/answers", headers=hand.headers, json=bad)).json()
    assert refused["refusal"] == "answer_unfit"
    assert refused["reason"] == "total: at most 2 digits behind the point are wanted"
    body = f'{{"lease": "{lease}", "answer": {{"value": {value}}}}}'
    assert (await client.post("/v1/worker/answers", headers=hand.headers, content=body)).status_code == 200
    async with client.context.cells.pool(1).acquire() as db:
        kept = await db.fetchval("SELECT answer FROM result WHERE cell = 1")
    kept_text = '{"shop":null,"total":12.50,"currency":"USD","paid by":["cash","card"]}'
    assert json.loads(kept) == {"text": kept_text, "name": "shop: –; total: 12.50; currency: USD; paid by: cash, card"}


async def test_reviewers_read_them_too_and_see_each_field(client: Client, hand: factories.Hand):
    task_id = await told(client, options=RECEIPT, instructions=WORDS, examples=())
    lease = (await next_of(client, hand))["lease"]
    answer = {"lease": lease, "answer": {"value": {"total": "3", "currency": "EUR"}}}
    await client.post("/v1/worker/answers", headers=hand.headers, json=answer)
    async with client.context.cells.pool(1).acquire() as db:
        account_id = await db.fetchval("SELECT account_id FROM task WHERE cell = 1 AND task_id = $1", task_id)
    queues = await client.context.lookups.queues()
    await client.context.batcher.ask(
        file_complaints, FileComplaint(cell=1, account_id=account_id, task_id=task_id, queues=queues)
    )
    reviewer = await factories.hand(client.context, reviewer=True)
    slot = (await client.get("/v1/reviewer/next?wait=5", headers=reviewer.headers)).json()
    assert slot["answer"]["fields"][1] == {"name": "total", "text": "3"}
    assert slot["answer"]["text"] == "shop: –; total: 3; currency: EUR; paid by: –"
    path = f"/v1/reviewer/questions/{slot['task']['question']}"
    assert (await client.get(path, headers=reviewer.headers)).json()["instructions"] == WORDS
    assert (await client.get(path, headers=hand.headers)).status_code == 403
    assert (await client.get("/v1/reviewer/questions/1-7", headers=reviewer.headers)).status_code == 404


async def test_a_label_is_answered_by_its_name(client: Client, hand: factories.Hand):
    await told(client, options=ChoiceOptions(labels=("cat", "dog")))
    lease = await next_of(client, hand)
    assert lease["task"]["options"]["labels"] == ["cat", "dog"]
    for text, status in (("", 422), ("1", 422), ("dog", 200)):
        body = {"lease": lease["lease"], "answer": {"text": text}}
        assert (await client.post("/v1/worker/answers", headers=hand.headers, json=body)).status_code == status
