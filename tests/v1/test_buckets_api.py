"""/v1/buckets: kept, listed, replaced, removed; the secret goes in and never comes out."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
import structlog

from manyeyes.accounts.rules import TASKS_READ, digest, new_key
from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.db.pool import FIRST_CELL
from support import factories
from support.in_process_client import Client

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "v1" / "buckets.md"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
GIVEN = {"access_key": "AKIDEXAMPLE", "secret": SECRET, "region": "eu-1", "endpoint": "https://s3.example.com"}


def headers(customer: factories.Customer) -> dict[str, str]:
    return {"authorization": f"Bearer {customer.key}"}


async def put(client: Client, customer: factories.Customer, name: str = "pictures", **changed: Any):
    return await client.put(f"/v1/buckets/{name}", json=GIVEN | changed, headers=headers(customer))


async def names(client: Client, customer: factories.Customer) -> list[str]:
    found = (await client.get("/v1/buckets", headers=headers(customer))).json()
    assert found["next"] is None
    return [each["name"] for each in found["items"]]


async def test_a_bucket_is_kept_and_its_secret_never_given_back(client: Client, customer: factories.Customer):
    kept = await put(client, customer)
    assert kept.status_code == 200
    view = kept.json()
    assert view.pop("created_at").endswith("Z")
    assert view == {
        "name": "pictures",
        "endpoint": "https://s3.example.com",
        "region": "eu-1",
        "access_key": "AKIDEXAMPLE",
        "readable": True,
    }
    listed = await client.get("/v1/buckets", headers=headers(customer))
    assert listed.json()["items"] == [kept.json()]
    assert SECRET not in kept.text + listed.text
    async with client.context.cells.pool(FIRST_CELL).acquire() as db:
        row = await db.fetchval("SELECT secret FROM bucket")
    assert SECRET.encode() not in row


async def test_the_last_word_stays_and_amazon_s_own_store_is_the_usual_one(
    client: Client, customer: factories.Customer
):
    await put(client, customer)
    again = await put(client, customer, endpoint="", region="eu-central-1")
    assert again.json()["endpoint"] == "https://s3.eu-central-1.amazonaws.com"
    assert await names(client, customer) == ["pictures"]


async def test_a_bucket_is_its_account_s_alone_and_goes_once(client: Client, customer: factories.Customer):
    await put(client, customer)
    stranger = await factories.customer(client.context)
    assert await names(client, stranger) == []
    gone = await client.delete("/v1/buckets/pictures", headers=headers(stranger))
    assert (gone.status_code, gone.json()["refusal"]) == (404, "unknown_bucket")
    assert (await client.delete("/v1/buckets/pictures", headers=headers(customer))).status_code == 200
    assert (await client.delete("/v1/buckets/pictures", headers=headers(customer))).status_code == 404
    assert await names(client, customer) == []


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"endpoint": "ftp://s3.example.com"}, "/endpoint"),
        ({"endpoint": "https://10.0.0.1"}, "/endpoint"),
        ({"endpoint": "http://localhost:9000"}, "/endpoint"),
        ({"endpoint": "https://s3.example.com?x=1"}, "/endpoint"),
        ({"endpoint": "https://user:pass@s3.example.com"}, "/endpoint"),
        ({"endpoint": "https://s3.example.com:22"}, "/endpoint"),
        ({"endpoint": "https://x/" + "a" * 300}, "/endpoint"),
        ({"region": ""}, "/region"),
        ({"region": "eu/1"}, "/region"),
        ({"access_key": "two words"}, "/access_key"),
        ({"access_key": "a/b"}, "/access_key"),
        ({"secret": ""}, "/secret"),
        ({"secret": f"{SECRET}\n"}, "/secret"),
        ({"secret": f"{SECRET}" * 10}, "/secret"),
        ({"secret": 5}, "/secret"),
        ({"region": None}, "/region"),
    ],
)
async def test_what_cannot_be_taken_is_told_by_its_member(client: Client, customer, changed, pointer: str):
    refused = await put(client, customer, **changed)
    assert (refused.status_code, refused.json()["refusal"]) == (400, "unreadable")
    assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]
    assert SECRET not in refused.text
    assert await names(client, customer) == []


@pytest.mark.parametrize("name", ["a", "a..b", "-ab", "ảnh", "a" * 64, "a%20b", "a%0Ab"])
async def test_a_name_that_no_bucket_has_is_refused(client: Client, customer: factories.Customer, name: str):
    refused = await put(client, customer, name)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/name")


async def test_a_key_that_does_not_open_tasks_opens_no_buckets(client: Client, customer: factories.Customer):
    key = new_key()
    owner = KeyOwner(FIRST_CELL, customer.account_id, (), (TASKS_READ,))
    await client.context.batcher.ask(issue_keys, IssueKey(digest(key), owner))
    given = {"authorization": f"Bearer {key}"}
    for call in (client.get("/v1/buckets", headers=given), client.delete("/v1/buckets/pictures", headers=given)):
        refused = await call
        assert (refused.status_code, refused.json()["refusal"]) == (403, "scope_missing")
    assert (await client.put("/v1/buckets/pictures", json=GIVEN, headers=given)).status_code == 403


async def test_no_log_says_the_secret(client: Client, customer, monkeypatch, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)

    async def fail(*_: object) -> None:
        raise RuntimeError("the line is dead")

    with structlog.testing.capture_logs() as logged:
        await put(client, customer)
        monkeypatch.setattr("manyeyes.v1.buckets.keep_bucket", fail)
        assert (await put(client, customer)).status_code == 500
    assert [each["event"] for each in logged if each["log_level"] == "error"] == ["call_failed"]
    shown = [structlog.processors.format_exc_info(None, "", dict(each)) for each in logged]
    assert "the line is dead" in str(shown)
    assert SECRET not in f"{shown} {caplog.text}"


async def test_the_page_s_examples_are_what_is_answered(client: Client, customer: factories.Customer):
    sent, answered, listed = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.S))
    kept = await client.put("/v1/buckets/receipts", json=sent, headers=headers(customer))
    now = {"created_at": kept.json()["created_at"]}
    assert kept.json() == answered | now
    found = (await client.get("/v1/buckets", headers=headers(customer))).json()
    assert found == {"items": [listed["items"][0] | now], "next": None}
