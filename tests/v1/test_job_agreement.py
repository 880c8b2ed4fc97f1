"""GET /v1/jobs/{id}/agreement: how far a job's people agree, by pseudonyms, as JSON and as a table."""

import csv
import io
import re
from typing import Any

import pytest

from manyeyes.roles import agreements
from support import factories
from support.agreeing_people import LABELLED, PETS, agreed_job, forgotten
from support.in_process_client import Client
from support.job_calls import JobCustomer, items
from support.several_hands import hands


@pytest.fixture
async def customer(client: Client) -> JobCustomer:
    return JobCustomer(client, await factories.customer(client.context))


async def table_of(customer: JobCustomer, job_id: int) -> list[dict[str, str]]:
    got = await customer.client.get(f"/v1/jobs/{job_id}/agreement.csv", headers=customer.headers)
    assert got.status_code == 200, got.text
    assert got.headers["content-disposition"] == f'attachment; filename="job-{job_id}.agreement.csv"'
    return list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))


async def test_people_are_compared_and_who_differs_is_seen(client: Client, customer: JobCustomer):
    job_id = await agreed_job(customer, await hands(client, 3))
    found = await customer.ask("GET", f"/{job_id}/agreement")
    assert (found["items"], found["answers"], found["share"]) == (LABELLED, 3 * LABELLED, 1.0)
    (part,) = found["parts"]
    assert (part["field"], part["distance"]) == (None, "nominal")
    assert part["pairs_alike"]["value"] == pytest.approx(1 - (4 * 2) / (LABELLED * 3), abs=0.0001)
    assert part["pairs_alike"]["low"] < part["pairs_alike"]["value"] < part["pairs_alike"]["high"]
    assert part["alpha"]["value"] < 0.1  # nearly all say cat: by lot they would agree as often
    shares = sorted(one["alike"]["value"] for one in part["people"])
    assert shares == pytest.approx([8 / LABELLED, 10 / LABELLED, 10 / LABELLED], abs=0.0001)
    assert [one["answers"] for one in part["people"]] == [LABELLED] * 3
    assert all(re.fullmatch(r"w-[A-Z2-7]{8}", one["person"]) for one in part["people"])
    taken = {(one["given"], one["other"]): one["share"]["value"] for one in part["taken_for"]}
    assert taken["dog", "cat"] == 1.0


async def test_the_table_has_the_same_figures_and_the_same_names(client: Client, customer: JobCustomer):
    job_id = await agreed_job(customer, await hands(client, 3), name="=pets")
    (part,) = (await customer.ask("GET", f"/{job_id}/agreement"))["parts"]
    rows = await table_of(customer, job_id)
    assert {row["question"] for row in rows} == {"'=pets"}
    by_figure = {(row["figure"], row["of"], row["other"]): row["value"] for row in rows}
    assert by_figure["pairs_alike", "", ""] == str(part["pairs_alike"]["value"])
    assert by_figure["given_as", "dog", "cat"] == "1.0"
    people = {one["person"]: str(one["alike"]["value"]) for one in part["people"]}
    assert {row["of"]: row["value"] for row in rows if row["figure"] == "person"} == people


async def test_of_many_answers_items_are_drawn_by_lot(
    client: Client, customer: JobCustomer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(agreements, "MOST_ANSWERS", 18)
    monkeypatch.setattr(agreements, "FRESH_SECONDS", 0.0)
    job_id = await agreed_job(customer, await hands(client, 3))
    found = await customer.ask("GET", f"/{job_id}/agreement")
    assert found["share"] == 0.5
    assert found["items"] < LABELLED
    assert found == await customer.ask("GET", f"/{job_id}/agreement")


async def test_without_answers_of_several_there_are_no_figures(client: Client, customer: JobCustomer):
    job_id = await customer.draft(items(2), question=PETS)
    nothing: dict[str, Any] = {"field": None, "distance": "nominal", "alpha": None, "pairs_alike": None}
    wanted = {"items": 0, "answers": 0, "share": 1.0, "parts": [{**nothing, "taken_for": [], "people": []}]}
    assert await customer.ask("GET", f"/{job_id}/agreement") == wanted
    assert [row["value"] for row in await table_of(customer, job_id)] == ["", ""]
    kept = await agreed_job(customer, await hands(client, 3), 1)
    await forgotten(client, kept)
    assert await customer.ask("GET", f"/{kept}/agreement") == wanted


async def test_others_jobs_are_unknown(client: Client, customer: JobCustomer):
    job_id = await customer.draft(items(1))
    other = await factories.customer(client.context)
    for path in ("agreement", "agreement.csv"):
        refused = await client.get(f"/v1/jobs/{job_id}/{path}", headers={"authorization": f"Bearer {other.key}"})
        assert (refused.status_code, refused.json()["refusal"]) == (404, "unknown_job")
