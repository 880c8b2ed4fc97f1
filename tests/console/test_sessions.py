"""Where somebody is signed in: the page that lists and ends it, and what every session is held to at every use."""

import re
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, expect

from manyeyes.accounts.rules import digest
from manyeyes.actions.block_networks import BlockNetwork, block_networks
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.revoke_keys import RevokeKey, revoke_keys
from manyeyes.actions.unblock_networks import UnblockNetwork, unblock_networks
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.roles.login_links import sign_out_everywhere
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, customer_subject, has_no_sideways_scroll, link, worker_subject
from support.in_process_client import CALLER, Client
from support.served_site import Site

OWN = {"origin": "http://manyeyes.test"}
OPERATOR = Subject("operator", 0, 0)
HOMES = {"worker": "/worker", "customer": "/customer", "operator": "/operator"}


@pytest.fixture
async def subjects(client: Client) -> dict[str, Subject]:
    hand, customer = await factories.hand(client.context), await factories.customer(client.context)
    return {"worker": worker_subject(hand), "customer": customer_subject(customer), "operator": OPERATOR}


async def sign_in(client: Client, subject: Subject) -> str:
    """Sign in on a browser without a cookie; return the session's secret, and forget it here."""
    client.cookies.clear()
    reply = await client.post(await link(client.context, subject), headers=OWN)
    assert reply.status_code == 303
    client.cookies.clear()
    return reply.cookies["manyeyes_session"]


async def ask(client: Client, secret: str, path: str, method: str = "GET", **more: object) -> httpx.Response:
    cookie = {"cookie": f"manyeyes_session={secret}"}
    found = await client.request(method, path, headers=cookie | OWN, **more)  # type: ignore[arg-type]
    client.cookies.clear()
    return found


async def is_in(client: Client, secret: str, home: str) -> bool:
    return (await ask(client, secret, home)).status_code == 200


@pytest.mark.parametrize("role", HOMES)
async def test_the_page_lists_the_sessions_of_one_person_and_ends_each(
    client: Client, subjects: dict[str, Subject], role: str
):
    here, there, third = [await sign_in(client, subjects[role]) for _ in range(3)]
    strangers = [await sign_in(client, subject) for name, subject in subjects.items() if name != role]
    page = (await ask(client, here, "/sessions")).text
    ids = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert ids[0] == digest(here).hex()  # this browser stands first
    assert set(ids) == {digest(secret).hex() for secret in (here, there, third)}
    assert page.count("This browser") == 1
    assert CALLER in page
    assert "a sign-in link" in page
    reply = await ask(client, here, "/sessions/end", "POST", data={"session": digest(there).hex()})
    assert reply.headers["location"] == "/sessions"
    assert [await is_in(client, secret, HOMES[role]) for secret in (here, there, third)] == [True, False, True]
    await ask(client, here, "/sessions/end-others", "POST")
    assert [await is_in(client, secret, HOMES[role]) for secret in (here, third)] == [True, False]
    assert "end-others" not in (await ask(client, here, "/sessions")).text
    await ask(client, here, "/sessions/end", "POST", data={"session": digest(here).hex()})
    assert (await ask(client, here, "/sessions")).headers["location"] == "/"
    assert all([(await ask(client, secret, "/sessions")).status_code == 200 for secret in strangers])


@pytest.mark.parametrize("named", ["", "x", "0" * 64, "٣" * 64, "0" * 63, "F" * 64, "\0" * 64])
async def test_nobody_ends_what_is_not_theirs(client: Client, subjects: dict[str, Subject], named: str):
    mine, others = await sign_in(client, subjects["worker"]), await sign_in(client, subjects["customer"])
    for session in (named, digest(others).hex(), digest(others).hex().upper()):
        reply = await ask(client, mine, "/sessions/end", "POST", data={"session": session})
        assert reply.status_code == 303
    assert await is_in(client, others, "/customer")
    assert await is_in(client, mine, "/worker")


@pytest.mark.parametrize("path", ["/sessions/end", "/sessions/end-others"])
async def test_a_foreign_page_ends_nothing(client: Client, subjects: dict[str, Subject], path: str):
    here, there = [await sign_in(client, OPERATOR) for _ in range(2)]
    for origin in ({"origin": "http://elsewhere.test"}, {"origin": "null"}, {}):
        cookie = {"cookie": f"manyeyes_session={here}"}
        reply = await client.post(path, headers=cookie | origin, data={"session": digest(there).hex()})
        assert reply.status_code == 403
    assert await is_in(client, there, "/operator")


async def test_nobody_who_is_not_signed_in_sees_or_ends_anything(client: Client):
    assert (await client.get("/sessions")).headers["location"] == "/"
    for path in ("/sessions/end", "/sessions/end-others"):
        assert (await client.post(path, headers=OWN)).status_code == 303


async def test_a_new_sign_in_ends_this_browsers_session_and_no_other(client: Client, subjects: dict[str, Subject]):
    first, elsewhere = await sign_in(client, subjects["worker"]), await sign_in(client, subjects["worker"])
    reply = await ask(client, first, await link(client.context, subjects["customer"]), "POST")
    second = reply.cookies["manyeyes_session"]
    assert second != first
    assert not await is_in(client, first, "/worker")
    assert await is_in(client, elsewhere, "/worker")
    assert await is_in(client, second, "/customer")


async def test_a_secret_that_was_slipped_into_the_browser_is_never_a_session(
    client: Client, subjects: dict[str, Subject]
):
    chosen = "chosen-by-somebody-else" * 2
    reply = await ask(client, chosen, await link(client.context, subjects["customer"]), "POST")
    assert reply.cookies["manyeyes_session"] != chosen
    assert not await is_in(client, chosen, "/customer")


@pytest.mark.parametrize("role", HOMES)
async def test_a_blocked_network_holds_no_session_and_signs_nobody_in(
    client: Client, subjects: dict[str, Subject], role: str
):
    secret = await sign_in(client, subjects[role])
    unused = await link(client.context, subjects[role])
    await client.context.batcher.ask(block_networks, BlockNetwork(f"{CALLER}/32"))
    await client.context.notifier.tell_changed()
    reply = await ask(client, secret, HOMES[role])
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert "Nobody may sign in from the network" in (await ask(client, secret, "/")).text
    refused = await client.post(unused, headers=OWN)
    assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
    await client.context.batcher.ask(unblock_networks, UnblockNetwork(f"{CALLER}/32"))
    await client.context.notifier.tell_changed()
    assert await is_in(client, secret, HOMES[role])
    assert (await client.post(unused, headers=OWN)).status_code == 303  # it was not spent


async def test_a_key_s_own_networks_hold_for_the_session_that_it_began(client: Client):
    customer = await factories.customer(client.context, addresses=(f"{CALLER}/32",))
    reply = await client.post("/login", headers=OWN, data={"key": customer.key})
    secret = reply.cookies["manyeyes_session"]
    assert await is_in(client, secret, "/customer")
    async with client.context.cells.directory.acquire() as db:
        await db.execute("UPDATE api_key SET allowed_addresses = '{198.51.100.0/24}'")
    await client.context.notifier.tell_changed()
    assert not await is_in(client, secret, "/customer")
    v1 = await ask(client, secret, "/v1/webhooks")
    assert (v1.status_code, v1.json()["refusal"]) == (403, "address_not_allowed")


async def test_with_the_last_key_of_an_account_the_sessions_of_links_end_too(client: Client):
    customer = await factories.customer(client.context)
    secret = await sign_in(client, customer_subject(customer))
    unused = await link(client.context, customer_subject(customer))
    await client.context.batcher.ask(revoke_keys, RevokeKey(digest(customer.key)))
    await client.context.notifier.tell_changed()
    assert not await is_in(client, secret, "/customer")
    assert (await client.post(unused, headers=OWN)).status_code == 410


async def test_a_worker_who_is_disabled_is_signed_in_nowhere(client: Client, subjects: dict[str, Subject]):
    secret = await sign_in(client, subjects["worker"])
    await client.context.batcher.ask(disable_workers, DisableWorker(subjects["worker"].subject_id))
    await client.context.notifier.tell_changed()
    assert (await ask(client, secret, "/sessions")).headers["location"] == "/"
    assert 'href="/worker"' not in (await ask(client, secret, "/")).text


async def test_the_token_of_a_disabled_worker_begins_no_session(client: Client):
    hand = await factories.hand(client.context)
    await client.context.batcher.ask(disable_workers, DisableWorker(hand.worker.worker_id))
    await client.context.notifier.tell_changed()
    reply = await client.post("/login", data={"key": hand.token}, headers=OWN)
    assert (reply.status_code, reply.cookies.get("manyeyes_session")) == (403, None)


@pytest.mark.parametrize("role", HOMES)
async def test_a_sign_out_by_the_operator_counts_at_once(client: Client, subjects: dict[str, Subject], role: str):
    secrets = [await sign_in(client, subjects[role]) for _ in range(2)]
    unused = await link(client.context, subjects[role])
    assert await sign_out_everywhere(client.context, subjects[role]) == 2
    assert not any([await is_in(client, secret, HOMES[role]) for secret in secrets])
    assert (await client.post(unused, headers=OWN)).status_code == 410


async def test_from_where_a_session_is_used_is_kept_once_an_hour(client: Client):
    secret = await sign_in(client, OPERATOR)
    async with client.context.cells.directory.acquire() as db:
        await db.execute("UPDATE credential SET address = '198.51.100.9'")
        await ask(client, secret, "/operator")
        assert await db.fetchval("SELECT address FROM credential WHERE kind = 'session'") == "198.51.100.9"
        await db.execute("UPDATE credential SET seen_at = NULL")
        client.context.lookups.forget()
        await ask(client, secret, "/operator")
        assert await db.fetchval("SELECT address FROM credential WHERE kind = 'session'") == CALLER


@pytest.mark.browser
async def test_on_a_phone_by_keyboard_without_script_in_every_language(site: Site, browser: Browser):
    plain: dict[str, Any] = {**PHONE, "java_script_enabled": False}
    pages = []
    for _ in range(2):
        visit = await browser.new_context(**plain)
        page = await visit.new_page()
        await page.goto(site.url + await link(site.context, OPERATOR))
        await page.locator("main form button").click()
        await page.wait_for_url("**/operator")
        pages.append(page)
    page = pages[0]
    for language in LANGUAGES:
        await page.goto(f"{site.url}/sessions?lang={language}")
        await expect(page.locator("#sessions li")).to_have_count(2)
        assert await has_no_sideways_scroll(page), language
    await page.locator("details:has(#end-others) > summary").focus()
    await page.keyboard.press("Enter")
    await page.locator("#end-others").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#sessions li")).to_have_count(1)
    await pages[1].goto(f"{site.url}/operator")
    await pages[1].wait_for_url(f"{site.url}/")


async def test_on_screens_the_cookie_alone_says_who_changes_something(client: Client, subjects: dict[str, Subject]):
    other = await factories.customer(client.context)
    secret = await sign_in(client, subjects["customer"])
    headers = OWN | {"cookie": f"manyeyes_session={secret}", "authorization": f"Bearer {other.key}"}
    sent = {"name": "Bo", "role": "member"}
    assert (await client.post("/customer/colleagues", headers=headers, data=sent)).status_code == 200
    async with client.context.cells.directory.acquire() as db:
        (entry,) = await db.fetch("SELECT actor_id, through FROM trail_entry WHERE deed = 'colleague.invite'")
    assert tuple(entry) == (subjects["customer"].subject_id, digest(secret).hex()[:16])
