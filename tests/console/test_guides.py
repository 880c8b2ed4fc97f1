"""What reviewers go by in a queue: on a key at both desks, without script, over /v1; and nobody else sees it."""

import pytest
from playwright.async_api import expect

from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.staff.store import StaffMember
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import ImageOptions
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import Screen, at_results, at_review, at_work, link, send
from support.in_process_client import Client
from support.screen_disputes import complaint, reviewer
from support.screen_results import unsettled
from support.served_site import Site

HEBREW = "\u05e9\u05dc\u05d5\u05dd"
GUIDE = "Dots do not count.\nA digit between two is the upper one."


async def say(context, guide: str) -> None:
    """Let the operator have said what reviewers of the first queue go by."""
    async with context.cells.directory.acquire() as db:
        await tasks.set_queue(db, 1, guide=guide)
    context.lookups.forget()


@pytest.mark.browser
@pytest.mark.parametrize("desk", ["complaints", "results"])
async def test_it_is_read_on_a_key_and_judges_nothing(site: Site, browser, desk: str):
    customer, author = await factories.customer(site.context), await factories.hand(site.context)
    await say(site.context, GUIDE)
    screen: Screen
    if desk == "complaints":
        await complaint(site.context, customer, author, "alpha")
        screen = await at_review(site, browser, await reviewer(site.context))
    else:
        await unsettled(site.context, customer, ImageOptions(case=False), "alpha", "beta")
        screen = await at_results(site, browser, await reviewer(site.context))
    await screen.start()
    await expect(screen.part("main")).to_have_attribute("data-ready", "")
    await expect(screen.part("guide")).to_be_hidden()
    await screen.press("Alt+I")
    await expect(screen.part("guide-text")).to_have_text(GUIDE)
    await expect(screen.part("examples-title")).to_be_hidden()
    await screen.press("ArrowLeft")
    await screen.press("Enter")
    await expect(screen.part("instructions")).to_be_hidden()
    await expect(screen.part("receipt")).to_be_empty()
    await screen.press("Alt+b")
    await say(site.context, "")
    await screen.start()
    await expect(screen.part("main")).to_have_attribute("data-ready", "")
    await expect(screen.part("how")).to_be_hidden()
    assert screen.errors == []


@pytest.mark.browser
async def test_without_script_it_stands_beside_the_complaint(site: Site, browser):
    customer, author = await factories.customer(site.context), await factories.hand(site.context)
    await say(site.context, GUIDE)
    await complaint(site.context, customer, author, "alpha")
    screen = await at_review(site, browser, await reviewer(site.context))
    page = await (
        await browser.new_context(
            java_script_enabled=False, storage_state=await screen.page.context.storage_state(), locale="en-US"
        )
    ).new_page()
    await page.goto(site.url + "/reviewer?at=work")
    await expect(page.locator(".told h3")).to_have_text("What reviewers go by in this queue")
    await expect(page.locator(".told .instructions-text")).to_have_text(GUIDE)


@pytest.mark.browser
async def test_a_worker_is_offered_none_of_it(site: Site, browser):
    customer, hand = await factories.customer(site.context), await factories.hand(site.context)
    await say(site.context, GUIDE)
    await send(site, customer, "alpha")
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("picture")).to_be_visible()
    await expect(screen.part("how")).to_be_hidden()
    assert "Dots do not count" not in await screen.page.content()


@pytest.mark.browser
async def test_the_operator_mends_a_guide_of_several_lines(site: Site, browser):
    await say(site.context, GUIDE)
    page = await (await browser.new_context(locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, Subject("operator", 0, 0)))
    await page.goto(site.url + "/operator/queues/1")
    await page.get_by_label("Guide for reviewers").fill(GUIDE + "\nA blot is no digit.")
    await page.locator("form", has=page.get_by_label("Guide for reviewers")).locator("button.deed").click()
    await page.wait_for_url("**notice=changed")
    await expect(page.get_by_label("Guide for reviewers")).to_have_value(GUIDE + "\nA blot is no digit.")


@pytest.mark.browser
async def test_each_line_of_a_guide_runs_as_its_script_does_and_an_auditor_reads_them_as_lines(site: Site, browser):
    await say(site.context, f"{HEBREW}\n{GUIDE}")
    assert await site.context.batcher.ask(add_staff, AddStaff(StaffMember(1, "Eve", "auditor"))) is None
    for staff_id in (0, 1):
        page = await (await browser.new_context(locale="en-US")).new_page()
        await page.goto(site.url + await link(site.context, Subject("operator", staff_id, 0)))
        await page.goto(site.url + "/operator/queues/1")
        shown = page.locator("#terms dd.lines") if staff_id else page.get_by_label("Guide for reviewers")
        assert await shown.evaluate("each => getComputedStyle(each).direction") == "rtl"
    assert (await shown.inner_text()).splitlines() == [HEBREW, *GUIDE.splitlines()]


async def test_v1_tells_reviewers_and_nobody_else(client: Client):
    customer, author = await factories.customer(client.context), await factories.hand(client.context)
    judge = await reviewer(client.context)
    await complaint(client.context, customer, author, "alpha")
    authorization = {"authorization": f"Bearer {judge.token}"}
    for guide in ("", GUIDE):
        await say(client.context, guide)
        task = (await client.get("/v1/reviewer/next?wait=0", headers=authorization)).json()["task"]
        assert task.get("guide", "") == guide
