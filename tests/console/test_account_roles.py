"""What each role of an account's people opens: every page, form and call of /v1, walked with every role."""

import re

import pytest

from manyeyes.accounts.roles import BY_KEY, OPENS, PersonRole
from manyeyes.accounts.rules import EVERY_SCOPE, digest, new_key
from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.console.customer.needs import PAGES, form_needs
from manyeyes.console.routes import routes
from manyeyes.v1.authentication import signed_in_customer, signed_in_person
from manyeyes.v1.openapi import OPERATIONS
from support import factories
from support.in_process_client import Client
from support.signed_roles import OWN, signed_in_as

FORM = {"content-type": "application/x-www-form-urlencoded"}
ROLES = [*PersonRole, "key"]


def opened(role: str) -> tuple[str, ...]:
    """Return what a role opens; who came by a key has the key's scopes."""
    return EVERY_SCOPE if role == "key" else OPENS[PersonRole(role)]


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_and_form_of_customers_opens_for_those_roles_alone_that_it_names(client: Client, role: str):
    headers = await signed_in_as(client, await factories.customer(client.context), role)
    walked = 0
    for route in routes(client.context):
        if not route.path.startswith("/customer"):
            continue
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        scope = form_needs(route.path) if method == "POST" else PAGES[route.path]
        path = re.sub(r"{\w+}", "999999", route.path)
        reply = await client.request(method, path, headers=headers | FORM if method == "POST" else headers)
        is_shut = reply.status_code == 403 and "Not for your role" in reply.text
        assert is_shut == (scope not in opened(role)), (method, route.path, reply.status_code)
        walked += 1
    assert walked > 40


@pytest.mark.parametrize("role", ROLES)
async def test_every_call_of_customers_opens_by_cookie_for_those_roles_alone(client: Client, role: str):
    headers = await signed_in_as(client, await factories.customer(client.context), role)
    walked = 0
    for operation in OPERATIONS:
        if operation.caller not in (signed_in_customer, signed_in_person) or operation.path.endswith("stream"):
            continue
        assert operation.scope, operation.path
        path = re.sub(r"{\w+}", "999999", operation.path)
        reply = await client.request(operation.method, path, headers=headers, content=b"{}")
        is_shut = reply.status_code == 403 and reply.json()["refusal"] == "role_forbids"
        assert is_shut == (operation.scope not in opened(role)), (operation.method, operation.path, reply.text)
        walked += 1
    assert walked > 40


async def test_no_key_opens_what_people_alone_do_however_it_was_made(client: Client):
    customer = await factories.customer(client.context)
    for operation in OPERATIONS:
        if operation.caller is signed_in_person:
            path = re.sub(r"{\w+}", "9", operation.path)
            headers = {"authorization": f"Bearer {customer.key}"}
            reply = await client.request(operation.method, path, headers=headers, content=b"{}")
            assert (reply.status_code, reply.json()["refusal"]) == (403, "scope_missing")


async def test_the_menu_shows_what_opens(client: Client):
    customer = await factories.customer(client.context)
    shown = {}
    for role in ROLES:
        page = (await client.get("/customer", headers=await signed_in_as(client, customer, role))).text
        menu = page.split('<nav class="tabs"', 1)[1].split("</nav>", 1)[0]
        links = re.findall(r'href="(/customer[^"]*)"', menu)
        assert [PAGES[each] for each in links if PAGES[each] not in opened(role)] == []
        shown[role] = set(links)
    assert "/customer/keys" in shown["owner"] - shown["member"]
    assert shown["billing"] == {"/customer", "/customer/statement", "/customer/top-ups"}
    assert "/customer/keys" not in shown["key"]


async def test_a_session_by_a_key_opens_no_more_than_the_key_does_by_now(client: Client):
    customer = await factories.customer(client.context)
    headers = await signed_in_as(client, customer, "key")
    assert (await client.get("/customer/callbacks", headers=headers)).status_code == 200
    async with client.context.cells.directory.acquire() as db:
        await db.execute("UPDATE api_key SET scopes = '{money:read}' WHERE key_hash = $1", digest(customer.key))
        assert await db.fetchval("SELECT person_id FROM credential WHERE kind = 'session'") == BY_KEY
    await client.context.notifier.tell_changed()
    assert (await client.get("/customer/callbacks", headers=headers)).status_code == 403
    assert (await client.get("/customer", headers=headers)).status_code == 200
    assert (await client.get("/v1/webhooks", headers=headers)).json()["refusal"] == "role_forbids"


async def test_a_narrow_key_signs_nobody_in(client: Client):
    customer, narrow = await factories.customer(client.context), new_key()
    owner = KeyOwner(customer.cell, customer.account_id, (), ("tasks:read",))
    await client.context.batcher.ask(issue_keys, IssueKey(digest(narrow), owner))
    assert (await client.post("/login", headers=OWN, data={"key": narrow})).status_code == 403
