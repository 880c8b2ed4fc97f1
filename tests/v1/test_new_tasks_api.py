"""POST /v1/tasks: a picture with its question, sent once or again, as JSON, as a form, or by its address."""

import asyncio
import base64
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from manyeyes.actions.answer_tasks import AnswerTask, answer_tasks
from manyeyes.actions.claim_deliveries import ClaimDeliveries, claim_deliveries
from manyeyes.runtime.context import open_context
from manyeyes.server.application import delivery_body
from manyeyes.settings import Settings
from manyeyes.values.refusals import Refusal
from support import factories
from support.in_process_client import Client, client_of

PICTURE = base64.b64encode(factories.picture_bytes()).decode()
NUMBER = {"kind": "number", "words": "the counter", "unit": "m³", "decimals": 2, "min": 0, "max": 9.5}


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    return await factories.customer(client.context)


async def post(
    client: httpx.AsyncClient, customer: factories.Customer, *, key: str = "", **body: Any
) -> httpx.Response:
    headers = {"authorization": f"Bearer {customer.key}"} | ({"idempotency-key": key} if key else {})
    return await client.post("/v1/tasks", headers=headers, json={"picture": PICTURE, **body})


async def tasks(client: Client, customer: factories.Customer) -> list[dict[str, Any]]:
    reply = await client.get("/v1/tasks", headers={"authorization": f"Bearer {customer.key}"})
    found: list[dict[str, Any]] = reply.json()["items"]
    return found


async def available(client: Client, customer: factories.Customer) -> str:
    reply = await client.get("/v1/balance", headers={"authorization": f"Bearer {customer.key}"})
    return str(reply.json()["available"])


QUESTIONS = [
    ({"kind": "text", "words": "the sign", "min_length": 2}, "12345", "12345", "12345"),
    (NUMBER, "7,50", 7.50, "7.50"),
    ({"kind": "label", "words": "", "labels": ["cat", "dog"]}, "dog", "dog", "dog"),
    ({"kind": "labels", "words": "", "labels": ["cat", "dog"]}, '["dog","cat"]', ["cat", "dog"], "cat, dog"),
]


@pytest.mark.parametrize(("question", "typed", "value", "shown"), QUESTIONS)
async def test_a_question_of_each_kind_is_asked_and_answered(client: Client, customer, question, typed, value, shown):
    made = await post(client, customer, question=question, external_id="row 1", queue="1")
    assert made.status_code == 201, made.text
    task = made.json()
    assert (made.headers["location"], task["external_id"]) == (f"/v1/tasks/{task['id']}", "row 1")
    assert question.items() <= task["question"].items()
    hand = await factories.hand(client.context)
    await client.post("/v1/worker/online", headers=hand.headers)
    lease = (await client.get("/v1/worker/next?wait=5", headers=hand.headers)).json()
    answer = {"lease": lease["lease"], "answer": {"text": typed}}
    assert (await client.post("/v1/worker/answers", headers=hand.headers, json=answer)).status_code == 200
    reply = await client.get(made.headers["location"], headers={"authorization": f"Bearer {customer.key}"})
    assert (reply.json()["result"]["value"], reply.json()["result"]["text"]) == (value, shown)
    if question is NUMBER:
        assert '"value":7.50,' in reply.text  # with the digits that were typed


async def test_a_form_with_a_file_is_the_same_whatever_its_boundary(client: Client, customer):
    headers = {"authorization": f"Bearer {customer.key}", "idempotency-key": "one"}
    sent: dict[str, Any] = {
        "data": {"task": json.dumps({"question": NUMBER})},
        "files": {"picture": factories.picture_bytes()},
    }
    replies = [await client.post("/v1/tasks", headers=headers, **sent) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 201], replies[0].text
    assert replies[0].request.headers["content-type"] != replies[1].request.headers["content-type"]
    assert replies[0].json()["id"] == replies[1].json()["id"]
    assert replies[1].headers["idempotent-replayed"] == "true"


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"picture": None}, "task_properties", "/picture"),
    ({"picture_url": "https://example.org/a.png"}, "task_properties", "/picture"),
    ({"picture": None, "picture_url": "ftp://example.org"}, "task_properties", "/picture_url"),
    ({"picture": "?"}, "picture_not_supported", "/picture"),
    ({"picture": "QUJD"}, "picture_too_small", "/picture"),
    ({"picture": "A" * 1_000_001}, "picture_too_big", "/picture"),
    ({"question": {"kind": "label", "labels": []}}, "task_properties", "/question/labels"),
    ({"question": {"kind": "label", "labels": ["a", "a"]}}, "task_properties", "/question/labels/1"),
    ({"queue": "nowhere"}, "unknown_queue", "/queue"),
    ({"queue": 6}, "unknown_queue", "/queue"),  # a token's
    ({"terms": {"answers": 2}}, "task_properties", "/terms/answers"),
    ({"terms": {"life": 59}}, "task_properties", "/terms/life"),
    ({"terms": {"deadline": "2020-01-01T00:00:00Z"}}, "task_properties", "/terms/deadline"),
    ({"terms": {"deadline": "2099-01-01T00:00:00"}}, "task_properties", "/terms/deadline"),  # as of a job
    ({"terms": {"price_at_most": "-1"}}, "task_properties", "/terms/price_at_most"),
    ({"terms": {"price_at_most": "0"}}, "task_properties", "/terms/price_at_most"),
    ({"external_id": "a\x00"}, "task_properties", "/external_id"),
    ({"external_id": "a" * 501}, "task_properties", "/external_id"),
    ({"comment": "a" * 2_001}, "task_properties", "/comment"),
    ({"callback_url": "no address"}, "task_properties", "/callback_url"),
    ({"question": NUMBER, "truth": "many"}, "task_properties", "/truth"),
    ({"question": NUMBER, "truth": 10}, "task_properties", "/truth"),
]


async def test_the_longest_name_and_comment_are_taken(client: Client, customer):
    made = await post(client, customer, external_id="n" * 500, comment="c" * 2_000)
    assert made.status_code == 201, made.text
    assert (made.json()["external_id"], made.json()["question"]["words"][-2_000:]) == ("n" * 500, "c" * 2_000)


@pytest.mark.parametrize(("body", "refusal", "pointer"), WRONG)
async def test_a_member_that_is_wrong_is_named_and_nothing_is_left(client: Client, customer, body, refusal, pointer):
    reply = await post(client, customer, key="one", **body)
    told = reply.json()
    assert (reply.status_code, told["refusal"]) == (422, refusal), told
    assert [each["pointer"] for each in told["errors"]] == [pointer]
    assert (await tasks(client, customer), await available(client, customer)) == ([], "10.000000")
    assert (await post(client, customer, key="one")).status_code == 201  # the key is free again


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"terms": {"life": "x"}}, "/terms/life"),
        ({"question": {"kind": "label", "labels": ["a", 1]}}, "/question/labels/1"),
        ({"question": {"kind": "poem"}}, "/question/kind"),
    ],
)
async def test_a_body_of_other_types_is_unreadable_and_says_where(client: Client, customer, body, pointer):
    reply = await post(client, customer, **body)
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")
    assert [each["pointer"] for each in reply.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("member", "pointer"),
    [
        ('"truth":%s', "/truth"),
        ('"question":{"kind":"number","examples":[{"answer":1},{"answer":%s}]}', "/question/examples/1/answer"),
        ('"question":{"kind":"text","examples":[{"answer":{"a":[%s]}}]}', "/question/examples/0/answer"),
    ],
)
async def test_a_number_of_thousands_of_digits_is_unreadable(client: Client, customer, member: str, pointer: str):
    content = f'{{"picture":"{PICTURE}",{member}}}'.replace("%s", "9" * 5_000)
    headers = {"authorization": f"Bearer {customer.key}"}
    reply = await client.post("/v1/tasks", content=content, headers=headers)
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")
    assert [each["pointer"] for each in reply.json()["errors"]] == [pointer]
    assert await tasks(client, customer) == []


@pytest.mark.parametrize(
    ("content", "media"),
    [(b"{", "application/json"), (b"x", "multipart/form-data"), (b"--x\r\n\r\n", "multipart/form-data; boundary=x")],
)
async def test_what_is_no_body_at_all(client: Client, customer, content: bytes, media: str):
    headers = {"authorization": f"Bearer {customer.key}", "content-type": media}
    reply = await client.post("/v1/tasks", headers=headers, content=content)
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")


@pytest.mark.parametrize("key", ["", " ", "a b", "é".encode().decode("latin-1"), "a" * 256])
async def test_a_key_that_is_none_is_refused(client: Client, customer, key: str):
    named = (b"idempotency-key", key.encode("latin-1"))
    headers = [(b"authorization", f"Bearer {customer.key}".encode()), named]
    reply = await client.post("/v1/tasks", headers=headers, json={"picture": PICTURE})
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")


async def test_terms_hold(client: Client, customer):
    reply = await post(client, customer, terms={"price_at_most": "0.000699"})
    assert (reply.status_code, reply.json()["refusal"]) == (402, "price_too_high")
    task = (await post(client, customer, terms={"price_at_most": "0.0007", "life": 86_400})).json()
    assert (task["created_at"][:10] < task["expires_at"][:10], task["price"]) == (True, "0.000700")
    poor = await factories.customer(client.context, "0.0001")
    reply = await post(client, poor)
    assert (reply.status_code, reply.json()["refusal"]) == (402, "balance_too_low")


async def test_what_is_said_of_a_picture_goes_with_it(client: Client, customer):
    question = {"kind": "text", "words": "the meter", "instructions": "Read it.", "examples": [{"answer": "12"}]}
    for _ in range(2):
        made = await post(client, customer, question=question, comment="the left one", truth="42")
        assert (made.status_code, made.json()["question"]["words"]) == (201, "the meter\nthe left one")
    async with client.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM question") == 1
        assert await db.fetchval("SELECT count(*) FROM task WHERE question_id <> 0 AND contract = 1") == 2
        assert await db.fetchval("SELECT count(*) FROM work WHERE question_id <> 0") == 2
        assert await db.fetch("SELECT answer FROM truth") == [("42",), ("42",)]


async def test_the_same_call_makes_one_task_for_ever(client: Client, customer):
    first = await post(client, customer, key="one", external_id="a")
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE repeated_call SET at = at - interval '3000 days'")
    again = await post(client, customer, key="one", external_id="a")
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 201, first.json()["id"])
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    other = await post(client, customer, key="one", external_id="b")
    assert (other.status_code, other.json()["refusal"]) == (409, "key_reused")
    assert len(await tasks(client, customer)) == 1
    stranger = await factories.customer(client.context)
    assert (await post(client, stranger, key="one", external_id="b")).status_code == 201


async def test_what_was_refused_may_be_tried_again_with_its_key(client: Client, customer):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE account SET suspended = true")
        assert (await post(client, customer, key="one")).json()["refusal"] == "account_suspended"
        assert await db.fetchval("SELECT count(*) FROM repeated_call") == 0
        await db.execute("UPDATE account SET suspended = false")
    reply = await post(client, customer, key="one")
    assert (reply.status_code, "idempotent-replayed" in reply.headers) == (201, False)


async def test_fifty_at_once_in_two_processes_make_one(client: Client, customer, dsn: str, settings: Settings):
    other = await open_context(settings, dsn)
    async with client_of(other) as second:
        calls = [post((client, second)[n % 2], customer, key="one") for n in range(50)]
        replies = await asyncio.gather(*calls)
    await other.close()
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert sum("idempotent-replayed" not in reply.headers for reply in replies) == 1
    assert await available(client, customer) == "9.999300"


async def test_who_prefers_to_wait_gets_the_answer_at_once(client: Client, customer):
    headers = {"authorization": f"Bearer {customer.key}", "prefer": "wait=60"}
    waiting = asyncio.ensure_future(client.post("/v1/tasks", headers=headers, json={"picture": PICTURE}))
    hand = await factories.hand(client.context)
    await client.post("/v1/worker/online", headers=hand.headers)
    lease = (await client.get("/v1/worker/next?wait=5", headers=hand.headers)).json()
    answer = {"lease": lease["lease"], "answer": {"text": "12345"}}
    await client.post("/v1/worker/answers", headers=hand.headers, json=answer)
    async with asyncio.timeout(20):
        reply = await waiting
    assert (reply.status_code, reply.json()["state"], reply.headers["preference-applied"]) == (201, "done", "wait=60")


async def test_it_is_the_compatible_contracts_task_too(client: Client, customer):
    made = (await post(client, customer, question={"kind": "text", "words": "the sign"})).json()
    assert await factories.call(client, "getTaskResult", customer, taskId=made["id"]) == {
        "errorId": 0,
        "status": "processing",
    }
    outcome = await factories.submit(client.context, customer)
    assert not isinstance(outcome, Refusal)
    assert [task["id"] for task in await tasks(client, customer)] == [outcome.task_id, made["id"]]


async def test_its_end_is_told_in_the_words_of_v1_with_the_digits_that_were_typed(client: Client, customer):
    made = await post(client, customer, question=NUMBER, callback_url="https://receiver.example/told")
    assert made.status_code == 201, made.text
    hand = await factories.hand(client.context)
    lease = await factories.taken(client.context, hand)
    command = AnswerTask(1, hand.worker.worker_id, lease.lease, "7,50")
    now = datetime.now(UTC)
    async with client.context.cells.pool(1).acquire() as tx, tx.transaction():  # before the sender looks
        await answer_tasks(tx, now, [command])
        ((claimed,),) = await claim_deliveries(tx, now, [ClaimDeliveries(1, 9)])
    body = await delivery_body(client.context, 1, claimed)
    told = json.loads(body)
    shown = await client.get(f"/v1/tasks/{made.json()['id']}", headers={"authorization": f"Bearer {customer.key}"})
    assert (told["type"], set(told)) == ("task.finished", {"type", "timestamp", "data"})
    assert {**told["data"], "picture_url": ""} == {**shown.json(), "picture_url": ""}
    assert b'"value":7.50,' in body
