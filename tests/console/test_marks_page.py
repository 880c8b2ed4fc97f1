"""The page on which people say yes or no to marked pictures, and what they see of them; by keyboard, with and without
script, on a phone."""

import os

import pytest
from playwright.async_api import expect

from manyeyes.values.marks import ContentMark
from support import factories
from support.browser_visits import at_work, link, send, worker_subject
from support.served_site import Site

pytestmark = pytest.mark.browser
MARKS = ContentMark.VIOLENCE | ContentMark.GORE
PHONE = {"width": 390, "height": 500}


async def test_a_yes_brings_the_queue_and_taking_it_back_keeps_it_away(site: Site, browser, people):
    customer, hand = people
    await factories.mark_queue(site.context, marks=MARKS)
    await send(site, customer)
    screen = await at_work(site, browser, hand, viewport=PHONE)
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_visible()
    page = screen.page
    await page.goto(f"{site.url}/worker/marks")
    await expect(page.locator("#queue-1 .warning")).to_have_text(
        "Pictures of this queue can show: violence, blood and injuries."
    )
    await _shoot(page, "marks-phone")
    await page.get_by_role("button", name="Yes, give me this queue").press("Enter")
    await expect(page.locator("#queue-1 .status")).to_have_text("You said yes to this queue.")
    await page.goto(f"{site.url}/worker")
    await expect(page.locator("#veil-words")).to_have_text("This picture can show: violence, blood and injuries.")
    await _shoot(page, "veil-phone")
    assert await page.locator("#picture").evaluate("image => getComputedStyle(image).visibility") == "hidden"
    await page.keyboard.press("Enter")
    await expect(page.locator("#picture")).to_be_visible()
    await page.goto(f"{site.url}/worker/marks")
    await page.get_by_role("button", name="No longer give me this queue").press("Enter")
    await expect(page.locator("#queue-1 .status")).to_have_text("You do not get this queue.")
    await page.goto(f"{site.url}/worker")
    await expect(page.locator("#unasked")).to_be_visible()
    await expect(page.locator("#job")).to_be_hidden()


async def test_a_blurred_picture_is_seen_as_it_is_while_a_key_is_held(site: Site, browser, people):
    customer, hand = people
    await factories.mark_queue(site.context, hand)
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.page.goto(f"{site.url}/worker?soften=both")
    await screen.start()
    await expect(screen.part("unveil")).to_be_focused()
    await screen.page.keyboard.press("Enter")
    assert await _filter(screen.page) == "blur(12px) grayscale(1)"
    await screen.page.keyboard.down("Alt")
    await screen.page.keyboard.down("KeyV")
    assert await _filter(screen.page) == "none"
    await screen.page.keyboard.up("KeyV")
    await screen.page.keyboard.up("Alt")
    assert await _filter(screen.page) == "blur(12px) grayscale(1)"
    await screen.page.goto(f"{site.url}/worker/marks")
    assert await screen.page.locator("html").get_attribute("data-soften") == "both", "it is kept"
    await _shoot(screen.page, "marks")


async def test_what_is_avoided_is_kept_without_script(site: Site, browser, people):
    _, hand = people
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(hand)))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/worker")
    await page.goto(f"{site.url}/worker/marks")
    await page.locator("#avoid").get_by_label("hate").check()
    await page.locator("#avoid").get_by_role("button", name="Keep this").click()
    await expect(page.locator("#avoid").get_by_label("hate")).to_be_checked()
    await expect(page.get_by_role("status")).to_have_text("Kept. It counts from the next picture on.")


async def _filter(page) -> str:
    return await page.locator("#picture").evaluate("image => getComputedStyle(image).filter")


async def _shoot(page, name: str) -> None:
    if folder := os.environ.get("MARKS_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)
