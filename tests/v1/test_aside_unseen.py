"""What is laid aside is still being answered, wherever its customer or the operator looks (docs/decisions/0074)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from manyeyes.actions.submit_tasks import Submitted
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.runtime.aside_sweep import settle_what_is_aside
from manyeyes.settings import Settings
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import customer_subject, link
from support.in_process_client import Client, client_of
from support.job_calls import JobCustomer, items

OWN = {"origin": "http://manyeyes.test"}
ANSWER = "kept-apart"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings under which what is answered can be taken back, for longer than a test lasts."""
    return Settings(data=tmp_path, undo_seconds=60)


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    return await factories.customer(client.context)


async def lay_aside(client: Client, hand: factories.Hand) -> int:
    """Answer what lies before the worker so that it can be taken back; return the task's, or its seat's, number."""
    lease = (await factories.taken(client.context, hand)).lease
    body = {"lease": str(lease), "answer": {"text": ANSWER}, "undo": True}
    reply = await client.post("/v1/worker/answers", headers=hand.headers, json=body)
    assert reply.status_code == 200, reply.text
    assert reply.json()["undo_until"]
    return lease.task_id


async def aside_task(client: Client, customer: factories.Customer, **given: Any) -> int:
    """Submit a task and lay an answer to it aside; return its number."""
    submitted = await factories.submit(client.context, customer, **given)
    assert isinstance(submitted, Submitted)
    await lay_aside(client, await factories.hand(client.context))
    return submitted.task_id


async def settle(client: Client) -> None:
    """Let all that is laid aside be settled, as the sweep does when its time is over."""
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE work SET aside_until = now() WHERE cell = 1 AND state = 4")
    await settle_what_is_aside(client.context, 1)


@pytest.mark.parametrize("terms", [None, PeopleTerms(answers=2, answers_at_most=2)], ids=["one", "several"])
async def test_its_customer_is_told_that_it_is_being_answered_and_nothing_of_the_answer(
    client: Client, customer: factories.Customer, terms: PeopleTerms | None
):
    task_id = await aside_task(client, customer, terms=terms)
    auth = {"authorization": f"Bearer {customer.key}"}
    one = await client.get(f"/v1/tasks/{task_id}", headers=auth)
    waited = await client.get(f"/v1/tasks/{task_id}", headers={**auth, "prefer": "wait=1"})
    listed = await client.get("/v1/tasks", headers=auth)
    narrowed = await client.get("/v1/tasks?state=answering", headers=auth)
    for reply in (one, waited, listed, narrowed):
        assert reply.status_code == 200, reply.text
        assert ANSWER not in reply.text
    found = [one.json(), waited.json(), *listed.json()["items"], *narrowed.json()["items"]]
    assert [(each["id"], each["state"], each["result"]) for each in found] == [(task_id, "answering", None)] * 4
    assert [each["cost"] for each in found] == ["0.000000"] * 4
    refused = await client.delete(f"/v1/tasks/{task_id}", headers=auth)
    assert ANSWER not in refused.text


async def test_who_waits_gets_the_answer_when_it_is_settled(client: Client, customer: factories.Customer):
    task_id = await aside_task(client, customer)
    headers = {"authorization": f"Bearer {customer.key}", "prefer": "wait=60"}
    waiting = asyncio.ensure_future(client.get(f"/v1/tasks/{task_id}", headers=headers))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await settle(client)
    reply = await waiting
    assert (reply.status_code, reply.json()["state"], reply.json()["result"]["text"]) == (200, "done", ANSWER)


async def test_get_task_result_says_processing(client: Client, customer: factories.Customer):
    made = await factories.call(client, "createTask", customer, task=factories.image_task())
    await lay_aside(client, await factories.hand(client.context))
    for _ in range(2):
        told = await factories.call(client, "getTaskResult", customer, taskId=made["taskId"])
        assert told == {"errorId": 0, "status": "processing"}
    await settle(client)
    told = await factories.call(client, "getTaskResult", customer, taskId=made["taskId"])
    assert (told["status"], told["solution"]["text"]) == ("ready", ANSWER)


async def test_a_running_job_tells_its_progress_and_its_results(client: Client, customer: factories.Customer):
    calls = JobCustomer(client, customer)
    job_id = await calls.draft(items(2))
    await calls.ask("POST", f"/{job_id}/start")
    task_id = await lay_aside(client, await factories.hand(client.context))
    told = await calls.ask("GET", f"/{job_id}")
    assert (told["state"], told["counts"]["done"], told["charged"]) == ("running", 0, "0.000000")
    listed = (await client.get(f"/v1/tasks?job={job_id}&order=oldest", headers=calls.headers)).json()["items"]
    assert [each["state"] for each in listed if each["id"] == task_id] == ["answering"]
    got = await client.get(f"/v1/jobs/{job_id}/results.jsonl", headers=calls.headers)
    lines = [json.loads(each) for each in got.text.splitlines()]
    assert [each["state"] for each in lines if each["task_id"] == task_id] == ["answering"]
    assert [(each["line"], each["value"]) for each in lines] == [(1, None), (2, None)]
    for path in ("results.csv", "answers.jsonl", "agreement"):
        reply = await client.get(f"/v1/jobs/{job_id}/{path}", headers=calls.headers)
        assert (reply.status_code, ANSWER in reply.text) == (200, False), path


async def test_the_pages_of_the_customer_and_the_operator_are_there(client: Client, customer: factories.Customer):
    context = client.context
    await aside_task(client, customer)
    customers, operators = client_of(context), client_of(context)
    await customers.post(await link(context, customer_subject(customer)), headers=OWN)
    await operators.post(await link(context, Subject("operator", 0, 0)), headers=OWN)
    for caller, path in (
        (customers, "/customer"),
        (customers, "/customer/tasks"),
        (customers, "/customer/tasks?state=answering"),
        (operators, "/operator"),
        (operators, "/operator/people/1"),
        (operators, "/operator/certainty"),
    ):
        page = await caller.get(path)
        assert (page.status_code, ANSWER in page.text) == (200, False), path
        if path.startswith("/customer"):
            assert "Being answered" in page.text, path
