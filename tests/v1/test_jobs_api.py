"""/v1/jobs: a draft opened, listed, changed, started and cancelled; bad bodies named member by member."""

import base64
import io
import json
from typing import Any

import httpx
import pytest
from PIL import Image

from support import factories
from support.in_process_client import Client

QUESTION = {"kind": "number", "words": "What does the meter say?", "unit": "kWh", "decimals": 1}


async def ask(
    client: Client, customer: factories.Customer, method: str, path: str = "", body: Any = None, **headers: str
) -> httpx.Response:
    sent = {"authorization": f"Bearer {customer.key}", **{name.replace("_", "-"): v for name, v in headers.items()}}
    return await client.request(method, f"/v1/jobs{path}", json=body, headers=sent)


async def test_a_job_is_opened_seen_changed_and_cancelled(client: Client, customer: factories.Customer):
    people = {"answers": 1, "answers_at_most": 1, "wrong_at_most": None, "uncertain": "return"}
    terms = {**people, "price_at_most": "0.002", "life": 3600, "deadline": "2099-01-01T00:00:00Z"}
    body = {"name": "meters", "question": QUESTION, "queue": 1, "terms": terms, "budget": "12.50"}
    made = await ask(client, customer, "POST", body=body)
    assert made.status_code == 201
    job = made.json()
    assert made.headers["location"] == f"/v1/jobs/{job['id']}"
    assert (job["name"], job["state"], job["waits_for"], job["budget"]) == ("meters", "draft", None, "12.500000")
    assert job["question"] == {**QUESTION, "min": None, "max": None, "tolerance": None}
    assert job["terms"] == {**terms, "price_at_most": "0.002000"}
    assert job["counts"] == {"items": 0, "open": 0, "held_back": 0, "done": 0, "failed": 0, "cancelled": 0}
    assert job["price"] == {"per_answer": "0.000700", "task": "0.000700", "total": "0.000000"}
    assert (job["eta_seconds"], job["uploads"], job["net"]) == (None, [], "0.000000")
    seen = await ask(client, customer, "GET", f"/{job['id']}")
    assert seen.json() == job
    changed = await ask(client, customer, "PATCH", f"/{job['id']}", {"name": "all  meters", "budget": None})
    assert (changed.json()["name"], changed.json()["budget"]) == ("all meters", None)
    refused = await ask(client, customer, "POST", f"/{job['id']}/start")
    assert (refused.status_code, refused.json()["refusal"]) == (409, "job_empty")
    gone = await ask(client, customer, "DELETE", f"/{job['id']}")
    assert gone.json()["state"] == "cancelled"
    assert gone.json()["ended_at"]


async def test_examples_bring_pictures_as_large_as_a_task_may_have(client: Client, customer: factories.Customer):
    drawn = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(drawn, "PNG")
    picture = base64.b64encode(drawn.getvalue()).decode()
    assert len(picture) > 64 * 1024
    examples = [{"answer": 12.5, "words": "a comma is fine", "picture": picture}] * 2
    made = await ask(client, customer, "POST", body={"name": "meters", "question": {**QUESTION, "examples": examples}})
    assert made.status_code == 201
    too_much = {**QUESTION, "instructions": "x" * (8 * 1024 * 1024)}
    refused = await ask(client, customer, "POST", body={"name": "meters", "question": too_much})
    assert (refused.status_code, refused.json()["refusal"]) == (400, "unreadable")


async def test_jobs_come_in_pages(client: Client, customer: factories.Customer):
    for n in range(3):
        await ask(client, customer, "POST", body={"name": f"job {n}", "question": QUESTION})
    first = (await ask(client, customer, "GET", "?limit=2")).json()
    assert [job["name"] for job in first["items"]] == ["job 2", "job 1"]
    second = (await ask(client, customer, "GET", f"?limit=2&cursor={first['next']}")).json()
    assert ([job["name"] for job in second["items"]], second["next"]) == (["job 0"], None)
    oldest = (await ask(client, customer, "GET", "?order=oldest")).json()
    assert [job["name"] for job in oldest["items"]] == ["job 0", "job 1", "job 2"]
    stranger = await factories.customer(client.context)
    assert (await ask(client, stranger, "GET")).json() == {"items": [], "next": None}
    foreign = await ask(client, stranger, "GET", f"/{first['items'][0]['id']}")
    assert (foreign.status_code, foreign.json()["refusal"]) == (404, "unknown_job")


async def test_a_name_is_kept_without_what_cannot_be_stored_or_seen(client: Client, customer: factories.Customer):
    named = [
        (await ask(client, customer, "POST", body={"name": name, "question": QUESTION})).json()["name"]
        for name in ("water\x00 \n meters", "\u202ereversed", "", "水 😀", "n" * 200)
    ]
    assert named == ["water meters", "reversed", "", "水 😀", "n" * 200]
    assert (await ask(client, customer, "PATCH", "/1", {"name": "\x00" * 100_000})).status_code == 400
    assert (await ask(client, customer, "PATCH", "/1", {"name": "\x00" * 10_000})).status_code == 422


async def test_queues_are_said_as_they_are_of_a_task(client: Client, customer: factories.Customer):
    for said in (2, "2", "Russian ImageToText", " Russian ImageToText "):
        task = await client.post(
            "/v1/tasks",
            json={"picture": base64.b64encode(factories.picture_bytes()).decode(), "queue": said},
            headers={"authorization": f"Bearer {customer.key}"},
        )
        job = await ask(client, customer, "POST", body={"name": "", "question": QUESTION, "queue": said})
        assert (job.status_code, job.json()["queue"]["id"]) == (201, 2)
        assert (task.status_code, task.json()["queue"]["id"]) == (201, 2)


async def test_a_job_that_is_started_at_once_is_refused_and_leaves_nothing(
    client: Client, customer: factories.Customer
):
    body = {"name": "at once", "question": QUESTION, "start": True}
    refused = await ask(client, customer, "POST", body=body, idempotency_key="k")
    assert (refused.status_code, refused.json()["refusal"]) == (409, "job_empty")
    assert (await ask(client, customer, "GET")).json()["items"] == []
    assert (await ask(client, customer, "POST", body=body | {"start": False}, idempotency_key="k")).status_code == 201


async def test_a_call_with_a_key_opens_one_job_however_often_it_comes(client: Client, customer: factories.Customer):
    body = {"name": "once", "question": QUESTION}
    first, again = [await ask(client, customer, "POST", body=body, idempotency_key="k1") for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    other = await ask(client, customer, "POST", body=body | {"name": "twice"}, idempotency_key="k1")
    assert (other.status_code, other.json()["refusal"]) == (409, "key_reused")


async def test_a_start_that_is_sent_again_starts_nothing_again(client: Client, customer: factories.Customer):
    job = (await ask(client, customer, "POST", body={"name": "once", "question": QUESTION})).json()
    start, one = f"/{job['id']}/start", {"idempotency_key": "begin"}
    refused = await ask(client, customer, "POST", start, **one)
    assert (refused.status_code, refused.json()["refusal"]) == (409, "job_empty")
    lines = json.dumps({"picture": base64.b64encode(factories.picture_bytes()).decode()})
    sent = {"authorization": f"Bearer {customer.key}", "content-type": "application/jsonl"}
    await client.post(f"/v1/jobs/{job['id']}/items", content=lines, headers=sent)
    first = await ask(client, customer, "POST", start, **one)
    assert (first.status_code, first.json()["state"]) == (200, "running")
    assert "idempotent-replayed" not in first.headers
    await ask(client, customer, "PATCH", f"/{job['id']}", {"state": "paused"})
    again = await ask(client, customer, "POST", start, **one)
    assert (again.status_code, again.json()["state"]) == (200, "paused")
    assert again.headers["idempotent-replayed"] == "true"
    other = await ask(client, customer, "POST", body={"name": "other", "question": QUESTION}, **one)
    assert (other.status_code, other.json()["refusal"]) == (409, "key_reused")
    anew = await ask(client, customer, "POST", start, idempotency_key="goes-on")
    assert anew.json()["state"] == "running"


@pytest.mark.parametrize(
    ("changes", "pointer", "status"),
    [
        ({"terms": {"answers": 3}}, "/terms/answers", 422),
        ({"terms": {"life": 59}}, "/terms/life", 422),
        ({"terms": {"life": 2_592_001}}, "/terms/life", 422),
        ({"terms": {"price_at_most": "0"}}, "/terms/price_at_most", 422),
        ({"terms": {"deadline": "2020-01-01T00:00:00"}}, "/terms/deadline", 422),
        ({"terms": {"deadline": "9999-12-31T23:59:59-23:59"}}, "/terms/deadline", 422),
        ({"terms": {"deadline": "0001-01-01T00:00:00+23:59"}}, "/terms/deadline", 422),
        ({"budget": "-1"}, "/budget", 422),
        ({"name": "n" * 201}, "/name", 422),
        ({"queue": "nowhere"}, "/queue", 422),
        ({"queue": 22}, "/queue", 422),
        ({"queue": "Turnstile Proxyless"}, "/queue", 422),
        ({"callback_url": "http://127.0.0.1/"}, "/callback_url", 422),
        ({"callback_url": "https://example.org/".ljust(2_001, "a")}, "/callback_url", 422),
        ({"question": {"kind": "smell"}}, "/question/kind", 400),
        ({"question": {"kind": "label", "labels": []}}, "/question/labels", 422),
        ({"budget": 12.5}, "/budget", 400),
    ],
)
async def test_what_is_wrong_is_named(
    client: Client, customer: factories.Customer, changes: dict[str, Any], pointer: str, status: int
):
    reply = await ask(client, customer, "POST", body={"name": "a job", "question": QUESTION} | changes)
    assert reply.status_code == status, reply.text
    assert reply.json()["errors"][0]["pointer"] == pointer
    assert (await ask(client, customer, "GET")).json()["items"] == []
