"""/v1/openapi.json: what it says of the calls for customers is so, whatever is sent to them."""

import base64
import json
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from manyeyes.actions.submit_tasks import Submitted
from manyeyes.tasks.rules import wire_id
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.openapi import OPERATIONS, document
from manyeyes.v1.problems import OTHERS, PROBLEMS
from manyeyes.v1.task_bodies import FORM
from support import factories, repository
from support.in_process_client import Client

CUSTOMERS = [(operation.method, operation.path) for operation in OPERATIONS if operation.caller is signed_in_customer]
CHECKS = [checks.not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA = schemathesis.openapi.from_dict(document())


async def named(client: Client, customer: factories.Customer, path: str) -> dict[str, object]:
    """Make a task, a draft with a file, or a job that has ended where events are read; return what paths name them."""
    signed = {"authorization": f"Bearer {customer.key}"}
    submitted = await factories.submit(client.context, customer)
    assert isinstance(submitted, Submitted)
    task = wire_id(submitted.task_id)
    question = {"kind": "number", "words": "What does it say?"}
    opened = await client.post("/v1/jobs", json={"name": "all", "question": question}, headers=signed)
    job = f"/v1/jobs/{opened.json()['id']}"
    if path.endswith("/events"):
        assert (await client.delete(job, headers=signed)).json()["ended_at"]
    else:
        line = json.dumps({"picture": base64.b64encode(factories.picture_bytes()).decode()})
        kinds = {"content-type": "application/jsonl", "upload-key": "all.jsonl"}
        assert (await client.post(f"{job}/items", content=line, headers=signed | kinds)).status_code == 200
    return {"id": task, "task_id": task, "job_id": opened.json()["id"], "upload_key": "all.jsonl"}


@pytest.mark.parametrize(("method", "path"), CUSTOMERS)
async def test_nothing_that_is_sent_is_answered_otherwise_than_described(
    client: Client, customer: factories.Customer, method: str, path: str
):
    theirs = await named(client, customer, path)
    drawn: list[Any] = []

    @hypothesis.settings(max_examples=15, suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(case=SCHEMA[path][method].as_strategy())
    def draw(case: Any) -> None:
        drawn.append(case)

    draw()
    for n, case in enumerate(each for each in drawn if each.media_type != FORM):  # no client draws its parts so
        if n % 2:  # every second one is about what there is
            case.path_parameters = {name: theirs.get(name, value) for name, value in case.path_parameters.items()}
        sent = case.as_transport_kwargs(base_url="http://manyeyes.test")
        sent["headers"] = {**dict(sent.get("headers") or {}), "authorization": f"Bearer {customer.key}"}
        sent["headers"].pop("Prefer", None)  # nobody answers: it would only wait
        request = client.build_request(**{name: value for name, value in sent.items() if name != "cookies"})
        await request.aread()
        reply = await client.send(request)
        case.validate_response(schemathesis.Response.from_any(reply), checks=CHECKS)


def test_every_operation_has_a_name_of_its_own():
    operation_ids = [op["operationId"] for path in document()["paths"].values() for op in path.values()]
    assert len(operation_ids) == len(set(operation_ids))


async def test_the_page_that_a_problem_names_opens(client: Client):
    told = (await client.get("/v1/tasks")).json()
    path, _, place = told["type"].partition("#")
    page = await client.get(path)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'id="{place}"' in page.text
    assert all(f'id="{reason}"' in page.text for reason in PROBLEMS)


def test_the_reference_has_the_same_table():
    page = (repository.ROOT / "docs" / "reference" / "problems.md").read_text("utf-8")
    told = {str(reason): what for reason, what in PROBLEMS.items()} | OTHERS
    assert [line for line in page.splitlines() if line.startswith("| ") and line[2:5].isdigit()] == [
        f"| {status} | `{word}` | {title} |"
        for status, word, title in sorted((status, word, title) for word, (status, title) in told.items())
    ]
