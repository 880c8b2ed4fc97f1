"""The company's own sign-in: through a certified provider and a browser, and what a forged one cannot get past."""

import re
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc import jwk
from playwright.async_api import Browser, Page, expect

from manyeyes.actions.remove_staff import RemoveStaff, remove_staff
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.staff import store as staff
from support import factories
from support.browser_visits import ENGLISH, link, worker_subject
from support.company_visits import ORIGIN, Way, come_back, depart, forging, trouble
from support.in_process_client import Client
from support.openid import CLIENT_ID, Forger, provider, with_company
from support.served_site import Site


@pytest.fixture
async def company(site: Site, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The site with a real provider; yields its issuer."""
    async with provider(site) as issuer:
        changed = with_company(site.context.settings, issuer, site.url, oidc_name="Lighthouse")
        monkeypatch.setattr(site.context, "settings", changed)
        yield issuer


async def sign_in_there(page: Page, name: str) -> None:
    """Do at the provider what a person does there."""
    await page.locator("input[name=login]").fill(name)
    await page.locator("input[name=password]").fill("any")
    await page.locator("button[type=submit]").click()
    await page.get_by_role("button", name="Continue").click()


@pytest.mark.browser
@pytest.mark.node
async def test_groups_say_who_runs_the_house(site: Site, browser: Browser, company: str):
    page = await (await browser.new_context(**ENGLISH)).new_page()  # type: ignore[arg-type]
    await page.goto(site.url)
    await page.get_by_role("link", name="Sign in with Lighthouse").press("Enter")
    await sign_in_there(page, "ada.operators")
    await page.wait_for_url(f"{site.url}/operator")
    await page.goto(f"{site.url}/sessions")
    await expect(page.locator("#sessions")).to_contain_text("the company's sign-in")
    async with site.context.cells.directory.acquire() as db:
        assert [(each.name, each.role) for each in await staff.every_staff(db)][1:] == [("ada", "operator")]
    other = await (await browser.new_context(**ENGLISH)).new_page()  # type: ignore[arg-type]
    await other.goto(f"{site.url}/company/sign-in")
    await sign_in_there(other, "eve.sales")
    await expect(other.locator("#company-trouble")).to_contain_text("nothing here says what you may do")


@pytest.mark.browser
@pytest.mark.node
async def test_who_is_signed_in_connects_it_and_comes_by_it(site: Site, browser: Browser, company: str):
    hand = await factories.hand(site.context)
    context = await browser.new_context(**ENGLISH)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(site.url + await link(site.context, worker_subject(hand)))
    await page.wait_for_url("**/worker")
    await page.goto(f"{site.url}/sessions")
    await page.get_by_role("link", name="Connect Lighthouse with your account here").press("Enter")
    await sign_in_there(page, "lan")
    await page.wait_for_url(f"{site.url}/sessions")
    await expect(page.get_by_role("heading", name="lan")).to_be_visible()
    await context.clear_cookies(name="manyeyes_session")
    await page.goto(f"{site.url}/company/sign-in")  # the provider still knows this browser
    await page.wait_for_url(f"{site.url}/worker")
    await page.goto(f"{site.url}/sessions")
    await page.get_by_label("Disconnect…: lan").click()
    await page.get_by_role("button", name="Disconnect", exact=True).click()
    await page.wait_for_url(f"{site.url}/")


@pytest.fixture
async def forger(client: Client, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Forger]:
    """A provider that says what a test wants."""
    async with forging(client, monkeypatch) as made:
        yield made


async def test_an_honest_one_signs_in_and_the_way_is_as_the_standard_says(client: Client, forger: Forger):
    way = await depart(client)
    assert (way["response_type"], way["client_id"], way["scope"]) == ("code", CLIENT_ID, "openid profile email")
    assert (way["code_challenge_method"], way["redirect_uri"]) == ("S256", f"{ORIGIN}/company/back")
    reply = await come_back(client, way)
    assert (reply.status_code, reply.headers["location"]) == (303, "/operator")
    assert max(int(age) for age in re.findall(r"Max-Age=(\d+)", reply.headers["set-cookie"])) == 43_200


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "http://else.test"},
    "for somebody else": {"aud": "somebody"},
    "for several, by somebody else": {"aud": [CLIENT_ID, "somebody"], "azp": "somebody"},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "over": {"exp": int(time.time()) - 3600},
    "never over": {"exp": None},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a number": {"sub": 7},
    "too long a name": {"sub": "x" * 256},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
async def test_a_token_that_does_not_hold_signs_nobody_in(client: Client, forger: Forger, claims: dict[str, Any]):
    forger.claims = claims
    assert "does not hold" in trouble(await come_back(client, await depart(client)))


async def test_a_token_that_others_signed_signs_nobody_in(client: Client, forger: Forger):
    forger.signs_with = jwk.RSAKey.generate_key(2048, {"kid": "one"})
    assert "does not hold" in trouble(await come_back(client, await depart(client)))
    forger.algorithm, forger.signs_with = "HS256", jwk.OctKey.import_key("a secret of this test alone")
    assert "does not hold" in trouble(await come_back(client, await depart(client)))


async def test_new_keys_of_the_provider_are_fetched(client: Client, forger: Forger):
    assert (await come_back(client, await depart(client))).status_code == 303
    forger.key = forger.signs_with = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    assert (await come_back(client, await depart(client))).status_code == 303


async def test_only_the_browser_that_left_comes_back(client: Client, forger: Forger):
    mine, theirs = await depart(client), await depart(client)
    mixed = Way(mine)
    mixed.cookie = theirs.cookie
    assert "another browser" in trouble(await come_back(client, mixed))
    for cookie in ("", "manyeyes_company=00", "manyeyes_company=x", mine.cookie[:-2] + "00"):
        mixed.cookie = cookie
        assert "another browser" in trouble(await come_back(client, mixed))
    assert "said no" in trouble(await come_back(client, mine, error="access_denied"))
    assert "said no" in trouble(await come_back(client, mine, code=""))
    assert "does not hold" in trouble(await come_back(client, mine, iss="http://else.test"))
    assert "does not hold" in trouble(await come_back(client, mine, code="another nonce"))


async def test_groups_count_at_every_sign_in(client: Client, forger: Forger):
    assert (await come_back(client, await depart(client))).status_code == 303
    forger.claims = {"groups": ["auditors"]}
    assert (await come_back(client, await depart(client))).status_code == 303
    async with client.context.cells.directory.acquire() as db:
        (ada,) = (await staff.every_staff(db))[1:]
    assert (ada.name, ada.role) == ("Ada", "auditor")
    session = (await come_back(client, await depart(client))).cookies["manyeyes_session"]
    forger.claims = {"groups": []}
    assert "nothing here says" in trouble(await come_back(client, await depart(client)))
    reply = await client.get("/operator", headers={"cookie": f"manyeyes_session={session}"})
    assert reply.status_code == 303  # signed out as soon as it was known
    forger.claims = {}
    assert (await come_back(client, await depart(client))).status_code == 303  # as somebody new


async def test_whom_the_operator_parted_with_the_company_does_not_bring_back(client: Client, forger: Forger):
    assert (await come_back(client, await depart(client))).status_code == 303
    async with client.context.cells.directory.acquire() as db:
        (ada,) = (await staff.every_staff(db))[1:]
    await client.context.batcher.ask(remove_staff, RemoveStaff(ada.staff_id))
    assert "nothing here says" in trouble(await come_back(client, await depart(client)))


async def test_two_of_one_name_are_two(client: Client, forger: Forger):
    for sub in ("7", "8"):
        forger.claims = {"sub": sub}
        assert (await come_back(client, await depart(client))).status_code == 303
    async with client.context.cells.directory.acquire() as db:
        names = [each.name for each in (await staff.every_staff(db))[1:]]
    assert names[0] == "Ada"
    assert re.fullmatch(r"Ada \d+", names[1])


async def test_a_proof_of_several_counts_as_several(client: Client, forger: Forger, monkeypatch: pytest.MonkeyPatch):
    strict = type(client.context.settings)
    fields = {name: getattr(client.context.settings, name) for name in strict.__struct_fields__}
    monkeypatch.setattr(client.context, "settings", strict(**{**fields, "operator_factors": 2}))
    for methods, status in ((None, 303), (["pwd"], 303), (["pwd", "mfa"], 200)):
        forger.claims = {"amr": methods}
        session = (await come_back(client, await depart(client))).cookies["manyeyes_session"]
        reply = await client.get("/operator", headers={"cookie": f"manyeyes_session={session}"})
        client.cookies.clear()
        assert reply.status_code == status


async def test_a_provider_that_is_away_is_said_to_be(client: Client, monkeypatch: pytest.MonkeyPatch):
    gone = with_company(client.context.settings, "http://127.0.0.1:9", ORIGIN)
    monkeypatch.setattr(client.context, "settings", gone)
    said = set()
    for language in LANGUAGES:
        reply = await client.get("/company/sign-in", params={"lang": language})
        assert reply.status_code == 503
        said.add(trouble(reply))
        client.cookies.clear()
    assert len(said) == len(LANGUAGES)


async def test_without_a_company_there_is_no_such_way(client: Client):
    for path in ("/company/sign-in", "/company/back", "/company/connect"):
        assert (await client.get(path)).headers["location"] == "/"
    assert "company/sign-in" not in (await client.get("/")).text
