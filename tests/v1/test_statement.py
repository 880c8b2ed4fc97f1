"""/v1/statement: what a span moved, with pages of entries, and as CSV."""

import csv
import io
from typing import Any

import pytest

from support import factories
from support.in_process_client import Client


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    """A customer with two charged tasks and one that is open."""
    customer, hand = await factories.customer(client.context), await factories.hand(client.context)
    for _ in range(2):
        await factories.solve(client.context, customer, hand)
    await factories.submit(client.context, customer, queue_id=2)
    return customer


async def get(client: Client, customer: factories.Customer, query: str = "", **headers: str) -> Any:
    """Return the response to a call with the customer's key."""
    bearer = {"authorization": f"Bearer {customer.key}", **headers}
    return await client.get(f"/v1/statement{query}", headers=bearer)


async def test_the_sums_have_a_bookkeepers_signs_and_add_up(client: Client, customer: factories.Customer):
    told = (await get(client, customer, "?tz=America/New_York&by=job")).json()
    assert (told["opening"], told["topped_up"], told["charged"]) == ("0.000000", "10.000000", "-0.001400")
    assert (told["refunded"], told["net"], told["closing"]) == ("0.000000", "-0.001400", "9.998600")
    assert (told["tasks"], told["unexplained"], told["tz"]) == (2, "0.000000", "America/New_York")
    assert sum(row["tasks"] for row in told["rows"]) == 2
    assert told["rows"][-1]["balance"] == told["closing"]
    assert told["rows"][0]["from"][10:19] == "T00:00:00"
    assert told["rows"][0]["from"] == told["from"]
    sums = {"tasks": 2, "charged": "-0.001400", "refunded": "0.000000", "net": "-0.001400"}
    assert told["by_job"] == [{"queue": 1, "job": None, **sums}]
    assert [(entry["kind"], entry["amount"]) for entry in told["entries"]] == [
        *[("task", "-0.000700")] * 2,
        ("top_up", "10.000000"),
    ]
    assert told["entries"][0]["balance"] == told["closing"]
    assert told["entries"][0]["task"] > 0
    assert told["next"] is None


async def test_entries_come_page_by_page(client: Client, customer: factories.Customer):
    whole = (await get(client, customer)).json()["entries"]
    found, query = [], "?limit=1"
    while True:
        page = (await get(client, customer, query)).json()
        found += page["entries"]
        if page["next"] is None:
            break
        query = f"?limit=1&cursor={page['next']}"
    assert found == whole
    assert len(found) == 3


@pytest.mark.parametrize(("path", "accept"), [("?by=day", "text/csv"), (".csv?by=day", "*/*")])
async def test_days_come_as_csv_where_it_is_asked_for(
    client: Client, customer: factories.Customer, path: str, accept: str
):
    reply = await get(client, customer, path, accept=accept)
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(reply.text)))
    assert [line["charged"] for line in lines if line["tasks"] != "0"] == ["-0.001400"]
    assert lines[-1]["balance"] == "9.998600"


async def test_entries_and_queues_come_as_csv(client: Client, customer: factories.Customer):
    entries = list(csv.DictReader(io.StringIO((await get(client, customer, ".csv")).text)))
    assert [line["amount"] for line in entries] == ["10.000000", "-0.000700", "-0.000700"]
    works = list(csv.DictReader(io.StringIO((await get(client, customer, ".csv?by=job")).text)))
    assert [(line["queue"], line["job"], line["net"]) for line in works] == [("English ImageToText", "", "-0.001400")]


@pytest.mark.parametrize(
    "query",
    [
        *("month=2026-13", "from=soon", "to=2026-01-01", "month=2026-01&from=2026-01-01", "from=2020-01-01", "tz=Mars"),
        *("by=year", "cursor=x", "cursor=99999999999999999_1_1_1", "limit=0", "limit=1001", "limit=x", "from=%00"),
    ],
)
async def test_what_cannot_be_read_is_400(client: Client, customer: factories.Customer, query: str):
    assert (await get(client, customer, f"?{query}")).status_code == 400
    if not query.startswith(("cursor", "limit")):
        assert (await get(client, customer, f".csv?{query}")).status_code == 400


async def test_everybody_sees_their_own(client: Client, customer: factories.Customer):
    other = await factories.customer(client.context, "3.00")
    assert (await get(client, other)).json()["closing"] == "3.000000"
    assert (await client.get("/v1/statement")).status_code == 401
    assert (await client.get("/v1/statement.csv")).status_code == 401
