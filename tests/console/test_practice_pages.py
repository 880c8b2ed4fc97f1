"""Practice on the pages: said before it begins, done by keyboard or without script, the queue back at the end."""

import os
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from manyeyes.roles.accuracy import decide_bar
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, Screen, at_work, has_no_sideways_scroll, link, worker_subject
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
    await expect(screen.part("practice-step")).to_have_text("Practice · picture 1 of 3 · not paid")
    await expect(screen.part("answer")).to_be_focused()
    assert await has_no_sideways_scroll(screen.page)
    await looked_at(screen.page, "practice-screen")
    await screen.answer(TRUTH)
    await expect(screen.part("practice-step")).to_have_text("Practice · picture 2 of 3 · not paid")
    await screen.page.goto(site.url + "/worker/accuracy")
    await expect(screen.part("practice-state-1")).to_have_text("1 of 3 answered.")
    await looked_at(screen.page, "practice-open")
    await offer.get_by_role("button", name="Go on practising").click()
    await screen.page.wait_for_url("**/worker")
    await expect(screen.part("practice-step")).to_have_text("Practice · picture 2 of 3 · not paid")
    await screen.answer("9")
    await expect(screen.part("practice-step")).to_have_text("Practice · picture 3 of 3 · not paid")
    await screen.answer(TRUTH)
    told = "You passed: 2 of 3 were right. You get English ImageToText again."
    await expect(screen.part("notice")).to_have_text(told)
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("lost")).to_be_hidden()
    await looked_at(screen.page, "practice-passed-screen")
    customer = await factories.customer(site.context)
    await factories.submit(site.context, customer)
    await screen.lease()
    await expect(screen.part("practice")).to_be_hidden()
    await expect(screen.part("notice")).to_have_text(told)
    await screen.page.goto(site.url + "/worker/accuracy")
    await expect(offer).to_contain_text("You passed: 2 of 3 were right. You get this queue again.")
    await offer.locator("summary").click()
    await expect(offer.locator("article")).to_have_count(3)
    await expect(offer.locator("article").first).to_contain_text("Not right")
    assert await has_no_sideways_scroll(screen.page)
    await looked_at(screen.page, "practice-passed")
    assert screen.errors == []
    await seen_by_the_operator(site, browser)


async def seen_by_the_operator(site: Site, browser: Browser) -> None:
    """Look at the set of three, and at the one who passed it, on the operator's page without script."""
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
    left = (
        "You have 2 tries left, and may begin the next at once.",
        "You have 1 try left, and may begin it at once.",
        "You have practised as often as one can. The operator decides now whether you get this queue again.",
    )
    for nth in range(3):
        await looked_at(page, f"practice-zoomed-{nth}")
        await offer.get_by_role("button", name="Begin to practise").click()
        await expect(page.locator("#practice")).to_be_visible()
        if not nth:
            await looked_at(page, "practice-zoomed-screen")
            await expect(page.locator("#practice-step")).to_have_text("Practice · picture 1 of 1 · paid")
        await page.locator("#answer").fill("9")
        await page.get_by_role("button", name="Send").first.click()
        await expect(page.locator("#lost")).to_contain_text("You have no queue left")
        await expect(page.locator("#break-title")).to_have_text("Not passed this time")
        await expect(page.locator("#break-words")).to_have_text(f"0 of 1 were right, and 1 were needed.{left[nth]}")
        await expect(page.get_by_role("button", name="Start working")).to_have_count(0)
        await looked_at(page, f"practice-zoomed-failed-{nth}")
        await page.locator("#break-link").click()
        await expect(offer).to_contain_text("Not passed: 0 of 1 were right.")
    await expect(offer).to_contain_text("The operator decides now")
    await expect(offer.get_by_role("button")).to_have_count(0)
    await looked_at(page, "practice-over")


async def failed(screen: Screen) -> None:
    """Practise two pictures by keyboard, one of them wrongly, where both must be right."""
    await screen.page.goto(screen.site.url + "/worker/accuracy")
    await screen.part("practice-1").get_by_role("button", name="Begin to practise").press("Enter")
    await screen.page.wait_for_url("**/worker")
    await screen.answer(TRUTH)
    await expect(screen.part("practice-step")).to_have_text("Practice · picture 2 of 2 · not paid")
    await looked_at(screen.page, f"practice-second-{screen.page.viewport_size['width']}")
    await screen.press("Escape")  # what is passed over is not right


@pytest.mark.parametrize("window", [PHONE, {"viewport": {"width": 1280, "height": 800}}], ids=["phone", "desk"])
async def test_who_does_not_pass_is_told_how_it_went_and_has_nothing_to_press_in_vain(
    site: Site, browser: Browser, window: dict[str, Any]
):
    await open_training(site.context, 2, pass_mark=1.0)
    hand = await factories.hand(site.context)
    await fall_below(site.context, hand)
    screen = await at_work(site, browser, hand, **window)
    await expect(screen.part("break-title")).to_have_text("No pictures for you now")
    await expect(screen.part("start")).to_be_hidden()
    await looked_at(screen.page, f"practice-none-left-{screen.page.viewport_size['width']}")
    told: list[str] = []
    screen.page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    await failed(screen)
    await expect(screen.part("break-title")).to_have_text("Not passed this time")
    await expect(screen.part("break-title")).to_be_focused()
    await expect(screen.part("break-words")).to_have_text(
        "1 of 2 were right, and 2 were needed.You have 2 tries left, and may begin the next at once."
    )
    await expect(screen.part("start")).to_be_hidden()
    await looked_at(screen.page, f"practice-failed-{screen.page.viewport_size['width']}")
    assert await has_no_sideways_scroll(screen.page)
    await screen.press("Alt+KeyB")
    await expect(screen.part("break-title")).to_have_text("Not passed this time")
    await decide_bar(site.context, hand.worker.worker_id, 1, is_lifted=True)
    await screen.press("Alt+KeyB")  # it looks again, and there is a queue
    await expect(screen.part("start")).to_be_visible()
    await expect(screen.part("break-title")).to_have_text("Ready when you are")
    await fall_below(site.context, hand)
    await failed(screen)
    await expect(screen.part("break-words")).to_contain_text("tries left")
    await screen.page.keyboard.press("Tab")
    await expect(screen.part("break-link")).to_be_focused()
    await screen.page.keyboard.press("Enter")
    await screen.page.wait_for_url("**/worker/accuracy#practice-1")
    await expect(screen.part("practice-1")).to_contain_text("Not passed: 1 of 2 were right.")
    assert told == []
    assert screen.errors == []


async def test_who_has_another_queue_is_told_and_goes_on_in_it(site: Site, browser: Browser):
    await open_training(site.context, 2, pass_mark=1.0)
    hand = await factories.hand(site.context, queues=(1, 2), languages=("en", "ru"))
    await fall_below(site.context, hand)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await failed(screen)
    await expect(screen.part("notice")).to_have_text(
        "Practice not passed: 1 of 2 were right, and 2 were needed. "
        "You have 2 tries left, and may begin the next at once."
    )
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("lost").get_by_role("link", name="My accuracy")).to_be_visible()
    await screen.press("Alt+KeyB")  # who stays at work keeps the streams of pages that have gone
    await expect(screen.part("break-title")).to_have_text("Ready when you are")
    assert screen.errors == []


async def test_without_script_who_passes_is_told_where_they_go_on(site: Site, browser: Browser):
    await open_training(site.context, 1)
    hand = await factories.hand(site.context)
    await fall_below(site.context, hand)
    page = await page_of(site, browser, worker_subject(hand), "/worker/accuracy", java_script_enabled=False, **PHONE)
    await page.get_by_role("button", name="Begin to practise").click()
    await page.locator("#answer").fill(TRUTH)
    await page.get_by_role("button", name="Send").first.click()
    await expect(page.locator("#notice")).to_have_text(
        "You passed: 1 of 1 were right. You get English ImageToText again."
    )
    await expect(page.locator("#waiting-title")).to_be_visible()
    assert await has_no_sideways_scroll(page)


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
