"""Keys, colleagues and money on an account's own pages: shown once, asked before, told clearly."""

import asyncio
import re
from html import unescape

import httpx
import pytest

from manyeyes.accounts import client_keys
from manyeyes.accounts.client_keys import ClientKey
from manyeyes.accounts.rules import digest
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.roles.sign_in import COOKIE
from manyeyes.runtime.customer_sweeps import note_uses, tell_low
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import customer_subject, link
from support.in_process_client import Client

OWN = {"origin": "http://manyeyes.test"}
EVERY = ["tasks:read", "tasks:write", "money:read", "webhooks"]


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    """A customer whose first owner is signed in."""
    customer = await factories.customer(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    return customer


async def send(client: Client, path: str, **fields: object) -> httpx.Response:
    return await client.post(path, headers=OWN, data=fields)


def shown_once(page: str) -> str:
    """Return what a page shows this once."""
    found = re.search(r'id="once-secret" value="([^"]+)"', page)
    assert found, page
    return unescape(found[1])


async def keys_of(client: Client, customer: factories.Customer) -> list[ClientKey]:
    async with client.context.cells.directory.acquire() as db:
        return await client_keys.client_keys(db, customer.account_id)


async def balance(client: Client, key: str) -> int:
    return (await client.get("/v1/balance", headers={"authorization": f"Bearer {key}"})).status_code


async def test_a_key_is_shown_once_works_and_is_told_of_without_its_secret(
    client: Client, customer: factories.Customer
):
    fields = {"label": "  till 7 ", "scope": ["money:read"], "addresses": "203.0.113.0/24\n2001:DB8::1"}
    made = await send(client, "/customer/keys", **fields)
    secret = shown_once(made.text)
    assert await balance(client, secret) == 200
    page = (await client.get("/customer/keys")).text
    assert secret not in page
    assert f"…{secret[-4:]}" in page
    assert "till 7" in page
    (key,) = [each for each in await keys_of(client, customer) if each.key_hash == digest(secret)]
    networks = ("203.0.113.0/24", "2001:db8::1/128")
    assert (key.label, key.hint, key.scopes, key.allowed_addresses) == (
        "till 7",
        secret[-4:],
        ("money:read",),
        networks,
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scope": []}, "name at least one scope"),
        ({"scope": ["everything"]}, "name at least one scope"),
        ({"scope": EVERY, "addresses": "203.0.113.0/33"}, "203.0.113.0/33"),
        ({"scope": EVERY, "addresses": "here"}, "is no address or network"),
        ({"scope": EVERY, "label": "x" * 101}, "the label has more than 100 characters"),
        ({"scope": EVERY, "addresses": "\n".join(f"203.0.113.{n}" for n in range(51))}, "at most 50 addresses"),
    ],
)
async def test_what_is_typed_wrong_is_told_and_leaves_nothing(
    client: Client, customer: factories.Customer, fields: dict[str, object], said: str
):
    before = await keys_of(client, customer)
    reply = await send(client, "/customer/keys", **fields)
    assert reply.status_code == 422
    assert said in unescape(reply.text)
    assert await keys_of(client, customer) == before


async def test_a_key_is_changed_replaced_and_revoked(client: Client, customer: factories.Customer):
    secret = shown_once((await send(client, "/customer/keys", label="a", scope=EVERY)).text)
    named = digest(secret).hex()
    assert (await send(client, "/customer/keys/change", key=named, label="b", scope=["tasks:read"])).status_code == 303
    assert await balance(client, secret) == 403
    assert (await send(client, "/customer/keys/change", key=named, label="b", scope=EVERY)).status_code == 303
    fresh = shown_once((await send(client, "/customer/keys/rotate", key=named, seconds="3600")).text)
    assert [await balance(client, key) for key in (secret, fresh)] == [200, 200]
    again = await send(client, "/customer/keys/rotate", key=named, seconds="3600")
    assert "has been replaced already" in again.text
    assert (await send(client, "/customer/keys/revoke", key=named)).status_code == 303
    assert [await balance(client, key) for key in (secret, fresh)] == [401, 200]
    assert (await send(client, "/customer/keys/revoke", key=named)).status_code == 422


@pytest.mark.parametrize("seconds", ["", "x", "-1", "2592001", "٣"])
async def test_a_time_that_is_none_replaces_nothing(client: Client, customer: factories.Customer, seconds: str):
    """Least of all at once."""
    named = digest(customer.key).hex()
    assert (await send(client, "/customer/keys/rotate", key=named, seconds=seconds)).status_code == 422
    assert len(await keys_of(client, customer)) == 1
    assert await balance(client, customer.key) == 200


async def test_an_owner_who_revokes_the_last_key_stays_signed_in(client: Client, customer: factories.Customer):
    await send(client, "/customer/keys/revoke", key=digest(customer.key).hex())
    page = await client.get("/customer/keys")
    assert page.status_code == 200
    assert await balance(client, customer.key) == 401


async def test_nobody_touches_anothers_key(client: Client, customer: factories.Customer):
    other = await factories.customer(client.context)
    named = digest(other.key).hex()
    for path, fields in (
        ("change", {"label": "mine", "scope": EVERY}),
        ("rotate", {"seconds": "0"}),
        ("revoke", {}),
    ):
        assert (await send(client, f"/customer/keys/{path}", key=named, **fields)).status_code == 422
    assert await balance(client, other.key) == 200


async def test_when_a_key_was_used_is_noted_together_and_not_in_the_call(client: Client, customer: factories.Customer):
    for _ in range(5):
        assert await balance(client, customer.key) == 200
    assert [key.used_at for key in await keys_of(client, customer)] == [None]
    await note_uses(client.context, customer.cell)
    (key,) = await keys_of(client, customer)
    assert key.used_at is not None
    assert (key.used_at.second, key.used_at.microsecond) == (0, 0)
    assert client.context.lookups.take_used_keys() == ()


async def signed_in(client: Client, url: str) -> dict[str, str]:
    """Return the headers of another browser that used a link."""
    kept = client.cookies
    client.cookies = httpx.Cookies()
    reply = await client.post(re.sub(r"^https?://[^/]+", "", url), headers=OWN)
    assert reply.status_code == 303
    client.cookies = kept
    return {"cookie": f"{COOKIE}={reply.cookies[COOKIE]}", **OWN}


async def ask(client: Client, headers: dict[str, str], path: str) -> httpx.Response:
    kept = client.cookies
    client.cookies = httpx.Cookies()
    reply = await client.get(path, headers=headers)
    client.cookies = kept
    return reply


async def test_a_colleague_is_invited_works_and_is_out_at_once_when_removed(
    client: Client, customer: factories.Customer
):
    url = shown_once((await send(client, "/customer/colleagues", name="  Bo Li ", role="member")).text)
    bo = await signed_in(client, url)
    assert (await ask(client, bo, "/customer/tasks")).status_code == 200
    assert (await ask(client, bo, "/customer/keys")).status_code == 403
    page = (await client.get("/customer/colleagues")).text
    (number,) = re.findall(r'value="([1-9]\d*)" class="deed" aria-label="Remove', page)
    assert "Bo Li" in page
    assert "Bo Li" in (await client.get("/sessions")).text
    assert (await ask(client, bo, "/sessions")).text.count('name="session"') == 1  # their own, not the owner's
    fields = {"person": number, "name": "Bo Li", "role": "billing"}
    assert (await send(client, "/customer/colleagues/change", **fields)).status_code == 303
    assert (await ask(client, bo, "/customer/tasks")).status_code == 403
    assert (await send(client, "/customer/colleagues/remove", person=number)).status_code == 303
    assert (await ask(client, bo, "/customer")).headers["location"] == "/"
    assert (await send(client, "/customer/colleagues/link", person=number)).status_code == 422


async def test_a_colleague_signs_in_again_with_a_new_link(client: Client, customer: factories.Customer):
    await send(client, "/customer/colleagues", name="Bo", role="read_only")
    page = (await client.get("/customer/colleagues")).text
    (number,) = re.findall(r'value="([1-9]\d*)" class="deed" aria-label="Remove', page)
    url = shown_once((await send(client, "/customer/colleagues/link", person=number)).text)
    assert (await ask(client, await signed_in(client, url), "/customer/tasks")).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "role": "member"},
        {"name": "Bo\u202e", "role": "boss"},
        {"name": "x" * 61, "role": "member"},
        {"name": "Bo", "role": ""},
        {"name": "\u200b", "role": "member"},
    ],
)
async def test_nobody_is_invited_by_a_name_or_a_role_that_is_none(
    client: Client, customer: factories.Customer, fields: dict[str, str]
):
    assert (await send(client, "/customer/colleagues", **fields)).status_code == 422
    assert (await client.get("/customer/colleagues")).text.count("First owner") >= 1
    async with client.context.cells.directory.acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM colleague") == 0


@pytest.mark.parametrize("person", ["", "x", "0", "-1", "99999"])
async def test_the_last_owner_stays_whatever_is_sent(client: Client, customer: factories.Customer, person: str):
    assert (await send(client, "/customer/colleagues/remove", person=person)).status_code == 422
    fields = {"person": person, "name": "Ada", "role": "member"}
    assert (await send(client, "/customer/colleagues/change", **fields)).status_code == 422
    assert (await client.get("/customer/colleagues")).status_code == 200


async def test_money_is_asked_for_once_and_there_when_the_operator_says_so(
    client: Client, customer: factories.Customer
):
    fields = {"amount": "25.50", "note": "for May"}
    assert {(await send(client, "/customer/top-ups", **fields)).status_code for _ in range(2)} == {303}
    page = (await client.get("/customer/top-ups")).text
    assert page.count("for May</bdi>") == 1
    operator = await signed_in(client, await link(client.context, Subject("operator", 0, 0)))
    waiting = (await ask(client, operator, "/operator/top-ups")).text
    (number,) = re.findall(r'name="request" value="(\d+)"', waiting)
    client.cookies = httpx.Cookies()
    decision = {"cell": "1", "request": number, "decision": "approve", "word": ""}
    replies = await asyncio.gather(
        *[client.post("/operator/top-ups", headers=operator, data=decision) for _ in range(5)]
    )
    assert {reply.headers["location"] for reply in replies} == {"/operator/top-ups?notice=APPROVED"}
    late = await client.post("/operator/top-ups", headers=operator, data=decision | {"decision": "decline"})
    assert late.headers["location"] == "/operator/top-ups?notice=refused"
    found = await client.get("/v1/balance", headers={"authorization": f"Bearer {customer.key}"})
    assert found.json()["available"] == "35.500000"


@pytest.mark.parametrize("amount", ["", "0", "-1", "x", "1,5", "0.0000001", "9" * 30])
async def test_an_amount_that_is_none_is_not_asked_for(client: Client, customer: factories.Customer, amount: str):
    reply = await send(client, "/customer/top-ups", amount=amount, note="please")
    assert reply.status_code == 422
    assert "please" in reply.text  # what was typed is there to be put right
    async with client.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM top_up_request") == 0


async def test_a_low_balance_is_said_on_every_page_until_there_is_enough(client: Client, customer: factories.Customer):
    url = "https://receiver.example/low"
    assert (await send(client, "/customer/top-ups/notice", below="20", callback_url=url)).status_code == 303
    for path in ("/customer", "/customer/tasks", "/customer/keys"):
        assert "below the $20.00 that you named" in (await client.get(path)).text
    await tell_low(client.context, 1)
    await tell_low(client.context, 1)
    (event,) = (await client.get("/v1/webhooks", headers=OWN)).json()["deliveries"]
    assert (event["kind"], event["url"]) == ("balance.low", url)
    assert "balance.low" in (await client.get("/customer/callbacks")).text
    assert (await send(client, "/customer/top-ups/notice", below="", callback_url="")).status_code == 303
    assert "that you named" not in (await client.get("/customer")).text


@pytest.mark.parametrize(
    "url", ["ftp://x.example/", "http://127.0.0.1/", "http://localhost/", "x", "http://x.example:25/"]
)
async def test_no_notice_goes_where_no_call_back_may(client: Client, customer: factories.Customer, url: str):
    reply = await send(client, "/customer/top-ups/notice", below="20", callback_url=url)
    assert reply.status_code == 422
    assert url in reply.text
    assert "that you named" not in (await client.get("/customer")).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_pages_are_there_in_every_language(client: Client, customer: factories.Customer, language: str):
    for path in ("/customer/keys", "/customer/colleagues", "/customer/top-ups", "/customer/callbacks"):
        assert (await client.get(f"{path}?lang={language}")).status_code == 200
