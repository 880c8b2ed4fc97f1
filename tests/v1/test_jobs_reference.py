"""docs/reference/v1/jobs.md: its bodies are taken, and what comes back has the shape that it shows."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from manyeyes.jobs.rules import OPEN_AT_ONCE, JobState, WaitsFor
from manyeyes.tasks.rules import LONGEST_LIFE, SHORTEST_LIFE
from support import factories, repository
from support.in_process_client import Client
from support.job_calls import JobCustomer, items

PAGE = (repository.ROOT / "docs" / "reference" / "v1" / "jobs.md").read_text("utf-8")
BODY, SHOWN, CHANGE = [json.loads(found) for found in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


@pytest.fixture
async def customer(client: Client) -> JobCustomer:
    return JobCustomer(client, await factories.customer(client.context))


def section(title: str) -> str:
    """Return what stands under a heading of the page."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def shape(value: Any) -> Any:
    """Return the members of a reply, in their order, with the kind of each value."""
    if isinstance(value, Mapping):
        return [(name, shape(each)) for name, each in value.items()]
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return type(value).__name__


async def test_the_page_s_job_is_opened_and_is_as_it_shows(customer: JobCustomer):
    made = await customer.ask("POST", "", BODY)
    for member in ("name", "question", "queue", "terms", "budget", "callback_url", "deadline"):
        assert made[member] == SHOWN[member], member
    job_id = await customer.draft(items(2), terms=BODY["terms"], budget=BODY["budget"])
    job = await customer.ask("POST", f"/{job_id}/start")
    assert [name for name, _ in shape(job)] == [name for name, _ in shape(SHOWN)]
    for member in ("terms", "counts", "price", "uploads", "queue", "held", "charged", "refunded", "net", "started_at"):
        assert shape(job[member]) == shape(SHOWN[member]), member


async def test_the_page_s_change_is_taken(customer: JobCustomer):
    job_id = await customer.draft(items(2))
    await customer.ask("POST", f"/{job_id}/start")
    changed = await customer.ask("PATCH", f"/{job_id}", CHANGE)
    assert {member: changed[member] for member in CHANGE} == CHANGE


async def test_events_have_the_members_that_the_page_names(customer: JobCustomer):
    job_id = await customer.draft(items(1))
    await customer.ask("DELETE", f"/{job_id}")
    await customer.until(job_id, lambda job: job["ended_at"])
    told = await customer.client.get(f"/v1/jobs/{job_id}/events", headers=customer.headers)
    data = json.loads(told.text.strip().rpartition("data: ")[2])
    said = section("GET /v1/jobs/{job_id}/events").partition("of the job:")[2]
    assert re.findall(r"`(\w+)`", said) == list(data)


def test_the_page_s_figures_are_right():
    counts, price = SHOWN["counts"], 700
    assert counts["items"] == sum(counts.values()) - counts["items"]
    assert SHOWN["price"]["total"] == f"{counts['items'] * price / 1_000_000:.6f}"
    assert SHOWN["held"] == f"{counts['open'] * price / 1_000_000:.6f}"
    assert SHOWN["charged"] == SHOWN["net"] == f"{(counts['done'] + counts['failed']) * price / 1_000_000:.6f}"


def test_the_page_names_every_state_and_bound():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section("The job"), re.MULTILINE))
    assert re.findall(r"`(\w+)`", rows["state"]) == [state.name.lower() for state in JobState]
    assert set(re.findall(r"`(\w+)`", rows["waits_for"])) == {*filter(None, WaitsFor), "null"}
    assert f"at most {OPEN_AT_ONCE} at a time" in PAGE
    assert f"{SHORTEST_LIFE} to {LONGEST_LIFE}" in PAGE
