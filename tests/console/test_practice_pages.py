"""Practice on the pages: said before it begins, done by keyboard or without script, the queue back at the end."""

import os
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, at_work, has_no_sideways_scroll, link, worker_subject
from support.practising import TRUTH, fall_below, open_training
from support.served_site import Site

pytestmark = pytest.mark.browser
OPERATOR = Subject("operator", 0, 0)


async def looked_at(page: Page, name: str) -> None:
    """Leave a picture of the page where a folder for them is named."""
    if folder := os.environ.get("MANYEYES_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def page_of(site: Site, browser: Browser, subject: Subject, path: str, **given: Any) -> Page:
    """Return a page of somebody who is signed in."""
    visit = await browser.new_context(**given)
    signed_in = await visit.request.post(site.url + await link(site.context, subject), headers={"origin": site.url})
    assert signed_in.ok
    page = await visit.new_page()
    page.set_default_timeout(15_000)
    await page.goto(site.url + path)
    return page


async def test_begun_answered_passed_and_the_queue_is_back_on_a_phone(site: Site, browser: Browser):
    await open_training(site.context, 3, pass_mark=0.6)
    hand = await factories.hand(site.context)
    await fall_below(site.context, hand)
    screen = await at_work(site, browser, hand, **PHONE)
    await screen.page.goto(site.url + "/worker/accuracy")
    offer = screen.part("practice-1")
    for said in ("3 pictures whose right answers are known.", "2 of them must be right", "They are not paid."):
        await expect(offer).to_contain_text(said)
    await expect(offer).to_contain_text("You have 3 tries left")
    assert await has_no_sideways_scroll(screen.page)
    await looked_at(screen.page, "practice-offer")
    await offer.get_by_role("button", name="Begin to practise").press("Enter")
    await screen.page.wait_for_url("**/worker")
    await expect(screen.part("practice")).to_be_visible()
    await expect(screen.part("answer")).to_be_focused()
    assert await has_no_sideways_scroll(screen.page)
    await looked_at(screen.page, "practice-screen")
    await screen.answer(TRUTH)
    await expect(screen.part("practice")).to_be_visible()
    await screen.page.goto(site.url + "/worker/accuracy")
    await expect(screen.part("practice-state-1")).to_have_text("1 of 3 answered.")
    await looked_at(screen.page, "practice-open")
    await offer.get_by_role("button", name="Go on practising").click()
    await screen.page.wait_for_url("**/worker")
    await screen.answer("9")
    await screen.answer(TRUTH)
    await expect(screen.part("notice")).to_contain_text("That was all of the practice.")
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("lost")).to_be_hidden()
    customer = await factories.customer(site.context)
    await factories.submit(site.context, customer)
    await screen.lease()
    await expect(screen.part("practice")).to_be_hidden()
    await screen.page.goto(site.url + "/worker/accuracy")
    await expect(offer).to_contain_text("You passed: 2 of 3 were right. You get this queue again.")
    await offer.locator("summary").click()
    await expect(offer.locator("article")).to_have_count(3)
    await expect(offer.locator("article").first).to_contain_text("Not right")
    assert await has_no_sideways_scroll(screen.page)
    await looked_at(screen.page, "practice-passed")
    assert screen.errors == []
    operator = await page_of(site, browser, OPERATOR, "/operator/people/1", java_script_enabled=False)
    await expect(operator.locator("#training")).to_contain_text("3 pictures, not paid; 2 must be right.")
    await expect(operator.locator("#training tbody tr")).to_have_count(1)
    await expect(operator.locator("#training tbody")).to_contain_text("passed on")
    await looked_at(operator, "practice-operator")


async def test_paid_practice_without_script_at_twice_the_size_fails_and_says_so(site: Site, browser: Browser):
    await open_training(site.context, 1, is_paid=True)
    hand = await factories.hand(site.context)
    await fall_below(site.context, hand)
    zoomed = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
    page = await page_of(
        site, browser, worker_subject(hand), "/worker/accuracy", java_script_enabled=False, locale="en-US", **zoomed
    )
    offer = page.locator("#practice-1")
    await expect(offer).to_contain_text("Each pays $0.0005, right or wrong.")
    assert await has_no_sideways_scroll(page)
    for nth in range(3):
        await looked_at(page, f"practice-zoomed-{nth}")
        await offer.get_by_role("button", name="Begin to practise").click()
        await expect(page.locator("#practice")).to_be_visible()
        if not nth:
            await looked_at(page, "practice-zoomed-screen")
        await page.locator("#answer").fill("9")
        await page.get_by_role("button", name="Send").first.click()
        await expect(page.locator("#lost")).to_contain_text("You have no queue left")
        await page.goto(site.url + "/worker/accuracy")
        await expect(offer).to_contain_text("Not passed: 0 of 1 were right.")
    await expect(offer).to_contain_text("The operator decides now")
    await expect(offer.get_by_role("button")).to_have_count(0)
    await looked_at(page, "practice-over")


async def test_what_cannot_be_begun_is_said(site: Site, browser: Browser):
    await open_training(site.context, 1)
    hand = await factories.hand(site.context)
    await fall_below(site.context, hand)
    page = await page_of(site, browser, worker_subject(hand), "/worker/accuracy", java_script_enabled=False)
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("DELETE FROM training WHERE cell = 1")
    await page.get_by_role("button", name="Begin to practise").click()
    await expect(page.locator("#notice")).to_contain_text("That could not be begun")
    await expect(page.locator("#practice-1")).to_have_count(0)
