"""/v1/keys, /v1/colleagues, /v1/top-ups, /v1/low-balance, and trying an address: for people signed in at the pages."""

import ipaddress
import re
from typing import Any

import pytest

from manyeyes.outbound.door import Door
from manyeyes.roles.sign_in import COOKIE
from support import factories
from support.browser_visits import customer_subject, link
from support.delivery_receivers import LOOPBACK
from support.in_process_client import Client
from support.loopback_servers import Names, http, listening

OWN = {"origin": "http://manyeyes.test"}


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    """A customer whose first owner is signed in; every call comes from a page of ours."""
    customer = await factories.customer(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    client.headers.update(OWN)
    return customer


async def answer(client: Client, method: str, path: str, status: int, body: Any = None) -> Any:
    reply = await client.request(method, path, json=body)
    assert reply.status_code == status, reply.text
    return reply.json() if reply.content else None


async def test_a_keys_life(client: Client, customer: factories.Customer):
    body = {"label": "till", "scopes": ["money:read"], "addresses": ["203.0.113.7"]}
    made = await answer(client, "POST", "/v1/keys", 201, body)
    path = f"/v1/keys/{made['key_id']}"
    listed = (await answer(client, "GET", "/v1/keys", 200))["items"]
    assert made["client_key"] not in str(listed)
    (key,) = [each for each in listed if each["key_id"] == made["key_id"]]
    shown = {name: key[name] for name in ("label", "hint", "scopes", "addresses", "usable", "ends_at")}
    assert shown == {
        "label": "till",
        "hint": made["client_key"][-4:],
        "scopes": ["money:read"],
        "addresses": ["203.0.113.7/32"],
        "usable": True,
        "ends_at": None,
    }
    await answer(client, "PUT", path, 204, body | {"label": "till 2"})
    fresh = await answer(client, "POST", f"{path}/rotate", 201, {})
    assert (await answer(client, "POST", f"{path}/rotate", 409, {}))["refusal"] == "key_replaced"
    assert (await answer(client, "POST", f"{path}/rotate", 400, {"old_seconds": -1}))["refusal"] == "unreadable"
    await answer(client, "DELETE", path, 204)
    assert (await answer(client, "DELETE", path, 404))["refusal"] == "unknown_client_key"
    labels = {
        each["key_id"]: (each["label"], each["usable"])
        for each in (await answer(client, "GET", "/v1/keys", 200))["items"]
    }
    assert labels[made["key_id"]] == ("till 2", False)
    assert labels[fresh["key_id"]] == ("till 2", True)


@pytest.mark.parametrize("named", ["x", "00", "0" * 64, "Z" * 64, "٣" * 64])
async def test_what_names_no_key_is_no_key(client: Client, customer: factories.Customer, named: str):
    await answer(client, "DELETE", f"/v1/keys/{named}", 404)


async def test_what_is_wrong_of_a_key_is_told_by_its_members(client: Client, customer: factories.Customer):
    body = {"label": "x" * 101, "scopes": ["all"], "addresses": ["203.0.113.7", "here"]}
    problem = await answer(client, "POST", "/v1/keys", 400, body)
    assert [each["pointer"] for each in problem["errors"]] == ["/label", "/scopes", "/addresses/1"]


async def test_a_colleagues_life(client: Client, customer: factories.Customer):
    invited = await answer(client, "POST", "/v1/colleagues", 201, {"name": "Bo", "role": "read_only"})
    path = f"/v1/colleagues/{invited['person_id']}"
    people = (await answer(client, "GET", "/v1/colleagues", 200))["items"]
    assert [(each["person_id"], each["name"], each["role"]) for each in people] == [
        (0, "", "owner"),
        (invited["person_id"], "Bo", "read_only"),
    ]
    assert (await answer(client, "DELETE", "/v1/colleagues/0", 409))["refusal"] == "last_owner"
    await answer(client, "PUT", path, 204, {"name": "Bob", "role": "owner"})
    again = await answer(client, "POST", f"{path}/link", 201)
    assert re.search("/login/", again["login_url"])
    await answer(client, "DELETE", "/v1/colleagues/0", 204)  # there is another owner; and out they are
    assert (await client.get("/v1/colleagues")).status_code == 401
    client.cookies.clear()
    reply = await client.post(re.sub(r"^https?://[^/]+", "", again["login_url"]))
    client.cookies.set(COOKIE, reply.cookies[COOKIE])
    assert [each["name"] for each in (await answer(client, "GET", "/v1/colleagues", 200))["items"]] == ["Bob"]
    await answer(client, "PUT", "/v1/colleagues/x", 404, {"name": "Cy", "role": "owner"})
    problem = await answer(client, "POST", "/v1/colleagues", 400, {"name": "", "role": "boss"})
    assert [each["pointer"] for each in problem["errors"]] == ["/name", "/role"]


async def test_money_is_asked_for_and_a_low_balance_is_named(client: Client, customer: factories.Customer):
    asked = await answer(client, "POST", "/v1/top-ups", 201, {"amount": "5", "note": "please"})
    assert (asked["amount"], asked["state"], asked["note"]) == ("5.000000", "open", "please")
    headers = {"authorization": f"Bearer {customer.key}"}
    assert (await client.get("/v1/top-ups", headers=headers)).json()["items"] == [asked]
    problem = await answer(client, "POST", "/v1/top-ups", 400, {"amount": "-5", "note": "x" * 501})
    assert [each["pointer"] for each in problem["errors"]] == ["/amount", "/note"]
    low = await answer(client, "PUT", "/v1/low-balance", 200, {"below": "3.5"})
    assert low == {"below": "3.500000", "callback_url": "", "low_since": None}
    problem = await answer(client, "PUT", "/v1/low-balance", 400, {"below": "x", "callback_url": "http://10.0.0.1/"})
    assert [each["pointer"] for each in problem["errors"]] == ["/below", "/callback_url"]
    assert (await client.get("/v1/low-balance", headers=headers)).json() == low


async def test_the_secret_is_shown_and_renewed(client: Client, customer: factories.Customer):
    first = await answer(client, "GET", "/v1/webhooks/secret", 200)
    assert first["previous"] is None
    second = await answer(client, "POST", "/v1/webhooks/secret/rotate", 200)
    assert second["previous"] == first["secret"] != second["secret"]
    assert await answer(client, "GET", "/v1/webhooks/secret", 200) == second


async def test_an_address_is_tried_with_one_signed_call(client: Client, customer: factories.Customer):
    client.context.door = Door(LOOPBACK, resolver=Names({"receiver.example": [["127.0.0.1"]]}), seconds=5.0)
    reply = http(b"no coffee here", "418 I'm a teapot")
    async with listening(reply) as heard:
        url = f"http://receiver.example:{heard.port}/hook"
        found = await answer(client, "POST", "/v1/webhooks/test", 200, {"url": url})
    assert (found["status"], found["reply"], found["fault"]) == (418, "no coffee here", "")
    (request,) = heard.requests
    assert b"webhook-signature: v1," in request
    assert b'"type":"test"' in request


async def test_no_test_call_goes_where_nobody_may(client: Client, customer: factories.Customer):
    client.context.door = Door((), resolver=Names({"inside.example": [["10.0.0.7"]]}), seconds=5.0)
    found = await answer(client, "POST", "/v1/webhooks/test", 200, {"url": "http://inside.example/"})
    assert (found["status"], found["seconds"], found["reply"]) == (None, 0.0, "")
    assert "forbidden place" in found["fault"]
    for url in ("http://127.0.0.1/", "ftp://x.example/", "", "http://x.example:22/", "http://[::1]/"):
        problem = await answer(client, "POST", "/v1/webhooks/test", 400, {"url": url})
        assert problem["errors"][0]["pointer"] == "/url"
    page = await client.post("/customer/callbacks/test", data={"url": "http://127.0.0.1/"})
    assert page.status_code == 422
    assert "not a public address" in page.text
    assert ipaddress.ip_address("10.0.0.7").is_private
