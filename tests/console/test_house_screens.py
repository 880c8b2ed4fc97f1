"""The operator's pages in a browser: the main forms by keyboard, in a phone's window, without script."""

import os
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from manyeyes.ledger import store as ledger
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import has_no_sideways_scroll, link
from support.full_house import fill
from support.measured_controls import SMALL_WINDOWS
from support.served_site import Site

pytestmark = pytest.mark.browser
OPERATOR = Subject("operator", 0, 0)
PHONE: Any = {"viewport": {"width": 390, "height": 844}}


async def opened(site: Site, browser: Browser, path: str, **given: Any) -> Page:
    """Return a page of the signed-in operator's."""
    page = await (await browser.new_context(locale="en-US", **given)).new_page()
    await page.goto(site.url + await link(site.context, OPERATOR))
    if not given.get("java_script_enabled", True):
        await page.click("main button")
    await page.wait_for_url("**/operator")
    await page.goto(site.url + path)
    return page


async def looked_at(page: Page, name: str) -> None:
    """Leave a picture of the page where a folder for them is named."""
    if folder := os.environ.get("MANYEYES_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def test_money_is_topped_up_by_keyboard_alone_and_comes_once(site: Site, browser: Browser):
    customer = await factories.customer(site.context)
    page = await opened(site, browser, "/operator/accounts")
    await page.goto(f"{site.url}/operator/accounts/{customer.account_id}")
    async with site.context.cells.pool(1).acquire() as db:
        before = (await ledger.balances(db, 1, [customer.account_id]))[customer.account_id]
    await page.focus("#top-up-amount")
    await page.keyboard.type("ten")
    await page.keyboard.press("Enter")
    await expect(page.locator("#top-up-amount-fault")).to_contain_text("Write an amount like 10.00")
    await expect(page.locator("#top-up-amount")).to_have_value("ten")
    await page.fill("#top-up-amount", "10")
    await page.keyboard.press("Enter")
    await expect(page.locator("#amount")).to_have_text("$10.00")
    await page.focus("#top-up button")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notice")).to_contain_text("The money is there.")
    async with site.context.cells.pool(1).acquire() as db:
        after = (await ledger.balances(db, 1, [customer.account_id]))[customer.account_id]
    assert after == before + 10_000_000


async def test_the_first_steps_lead_to_a_first_worker_without_script(site: Site, browser: Browser):
    page = await opened(site, browser, "/operator", java_script_enabled=False, **PHONE)
    await page.click("text=Register the first worker")
    await page.fill("#new-worker-name", "Ann")
    await page.check("input[name=queues][value='1']")
    await page.click("#new-worker button[type=submit]")
    await expect(page.locator("#shown-1")).to_contain_text("/login/")
    await page.click("text=I have kept it")
    await expect(page.locator("h1")).to_have_text("Ann")
    await page.check("input[name=reviewer]")
    await page.click("#may button[type=submit]")
    await expect(page.locator("#notice")).to_contain_text("Changed.")
    await page.click(".why summary")
    await expect(page.locator(".why p")).to_be_visible()
    assert await has_no_sideways_scroll(page)


async def test_pages_fit_small_windows_and_are_looked_at(site: Site, browser: Browser):
    house = await fill(site)
    paths = next(paths for who, _, paths in house.pages if who == "operator")
    page = await opened(site, browser, "/operator")
    wide = []
    for path in paths:
        await page.goto(site.url + path)
        name = path.strip("/").replace("/", "-").split("?")[0]
        await page.set_viewport_size({"width": 1280, "height": 800})
        await looked_at(page, f"{name}-wide")
        for width, height in SMALL_WINDOWS:
            await page.set_viewport_size({"width": width, "height": height})
            wide += [] if await has_no_sideways_scroll(page) else [f"{path} at {width}"]
        await looked_at(page, f"{name}-phone")
    assert wide == []
