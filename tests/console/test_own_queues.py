"""The page on which people choose what they take: by keyboard on a phone, without script, and at work at once."""

import os

import pytest
from playwright.async_api import expect

from manyeyes.runtime.periodic import measure
from manyeyes.values.marks import ContentMark
from support import factories
from support.browser_visits import PHONE, at_work, has_no_sideways_scroll, link, send, worker_subject
from support.served_site import Site

pytestmark = pytest.mark.browser


async def test_what_is_switched_off_comes_no_more_and_is_back_when_it_is_on(site: Site, browser):
    customer, hand = (
        await factories.customer(site.context),
        await factories.hand(site.context, queues=(1, 2), languages=("en", "ru")),
    )
    await factories.mark_queue(site.context, marks=ContentMark.VIOLENCE, queue_id=2)
    screen = await at_work(site, browser, hand, **PHONE)
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_visible()
    page = screen.page
    await page.goto(f"{site.url}/worker/queues")
    assert await has_no_sideways_scroll(page)
    await expect(page.locator("#queue-2")).to_contain_text("You did not say yes to it, so nothing of it comes.")
    await page.locator("#queue-1 input[type=checkbox]").focus()
    await page.keyboard.press("Space")
    await page.get_by_role("button", name="Keep this").press("Enter")
    await expect(page.get_by_role("status")).to_have_text("Kept. If you are at work it counts from now on.")
    await expect(page.locator("#queue-1 input[type=checkbox]")).not_to_be_checked()
    await send(site, customer)
    await measure(site.context, 1)
    await page.reload()
    await expect(page.locator("#queue-1 td").first).to_have_text("1")
    await expect(page.locator("#queue-1 td").last).to_have_text("$0.000500")
    await _shoot(page, "queues-phone")
    await page.goto(f"{site.url}/worker")
    await expect(screen.part("waiting-title")).to_be_visible()
    await page.goto(f"{site.url}/worker/queues")
    await page.locator("#queue-1 input[type=checkbox]").check()
    await page.get_by_role("button", name="Keep this").press("Enter")
    await expect(page.get_by_role("status")).to_be_visible()
    await page.goto(f"{site.url}/worker")
    await expect(screen.part("picture")).to_be_visible()


async def test_nothing_left_is_said_in_words_without_script_and_changes_nothing(site: Site, browser):
    hand = await factories.hand(site.context, queues=(1, 2), languages=("en", "ru"))
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(hand)))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/worker")
    await page.locator("nav.tabs summary", has_text="About me").click()
    await page.get_by_role("link", name="My queues").click()
    for box in await page.locator("input[name=language]").all():
        await box.uncheck()
    await page.get_by_role("button", name="Keep this").click()
    await expect(page.get_by_role("status")).to_have_text(
        "Nothing was changed: that would leave you no queue. Keep one, and its language."
    )
    await expect(page.locator("input[name=language]").first).to_be_checked()
    await _shoot(page, "queues")


async def _shoot(page, name: str) -> None:
    if folder := os.environ.get("QUEUES_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)
