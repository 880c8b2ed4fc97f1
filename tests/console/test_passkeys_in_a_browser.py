"""Passkeys in a real browser: made, used, forgotten by each role; and where there are none (docs/decisions/0082)."""

import pytest
from playwright.async_api import Browser, Page, expect

from manyeyes.console.shared.browser_session import HOMES
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, customer_subject, has_no_sideways_scroll, link, worker_subject
from support.served_site import Site

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def device(page: Page) -> None:
    """Give the browser a device that always says yes."""
    protocol = await page.context.new_cdp_session(page)
    await protocol.send("WebAuthn.enable")
    await protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


async def subject_of(role: str, site: Site) -> Subject:
    if role == "worker":
        return worker_subject(await factories.hand(site.context))
    return customer_subject(await factories.customer(site.context)) if role == "customer" else Subject("operator", 0, 0)


@pytest.mark.browser
@pytest.mark.parametrize("role", HOMES)
async def test_a_browser_makes_one_signs_in_with_it_and_forgets_it(site: Site, browser: Browser, role: str):
    context = await browser.new_context(**PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    await device(page)
    url = site.url.replace("127.0.0.1", "localhost")  # passkeys need a name
    await page.goto(url + await link(site.context, await subject_of(role, site)))
    await page.wait_for_url(f"**{HOMES[role]}")
    await page.goto(f"{url}/sessions")
    await page.get_by_label("What you call this device").fill("My phone")
    await page.get_by_role("button", name="Make a passkey").press("Enter")
    await expect(page.get_by_role("heading", name="My phone")).to_be_visible()
    assert await has_no_sideways_scroll(page)
    await context.clear_cookies()
    await page.goto(url)
    await page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    await page.wait_for_url(f"**{HOMES[role]}")
    await page.goto(f"{url}/sessions")
    await expect(page.locator("#sessions")).to_contain_text("a passkey")
    await page.get_by_label("Remove…: My phone").click()
    await page.get_by_role("button", name="Remove", exact=True).click()
    await page.wait_for_url(f"{url}/")  # its session ended with it
    await page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    await expect(page.locator("#passkey-trouble")).to_contain_text("not known here any more")
    await context.close()


@pytest.mark.browser
async def test_a_page_whose_address_is_a_number_says_why_not(site: Site, browser: Browser):
    context = await browser.new_context(locale="en-US")
    page = await context.new_page()
    await page.goto(site.url)
    await expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_disabled()
    await expect(page.locator("[data-said]")).to_contain_text("https")
    await context.close()
