"""Reviewing works without script: forms, redirects, and a page that looks for the next complaint by itself."""

import pytest
from playwright.async_api import expect

from manyeyes.reports.rules import Vote
from support import factories
from support.browser_visits import has_no_sideways_scroll, link, worker_subject
from support.screen_disputes import complaint, reviewer, vote, votes_on
from support.served_site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
async def people(site: Site) -> tuple[factories.Customer, factories.Hand, factories.Hand]:
    return await factories.customer(site.context), await factories.hand(site.context), await reviewer(site.context)


async def signed_in(site: Site, browser, judge):
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(judge)))
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="Review", exact=True).click()
    return page


async def test_a_whole_shift(site: Site, browser, people):
    customer, author, judge = people
    page = await signed_in(site, browser, judge)
    await page.get_by_role("button", name="Start reviewing").click()
    assert await page.locator("meta[http-equiv=refresh]").count() == 1
    ids = [await complaint(site.context, customer, author, text) for text in ("alpha", "beta", "O0O0")]
    await page.wait_for_selector("#picture:visible")  # the page has looked again by itself
    await expect(page.locator("#given")).to_have_text("alpha")
    assert await page.locator("meta[http-equiv=refresh]").count() == 0
    assert await has_no_sideways_scroll(page)
    await page.get_by_label("Say why").fill("a letter is missing")
    await page.get_by_label("Say why").press("Enter")  # no button is meant by that
    await expect(page.get_by_label("Say why")).to_have_value("a letter is missing")
    await page.get_by_role("button", name="The answer is wrong").click()
    await expect(page.locator("#given")).to_have_text("beta")
    await page.get_by_role("button", name="The answer is right").click()
    await expect(page.locator("#glyphs li")).to_have_text(["O capital letter o", "0 the digit zero"])
    await page.get_by_role("button", name="They look alike").click()
    await expect(page.get_by_role("heading", name="No complaint is waiting for you")).to_be_visible()
    await expect(page.locator("#votes")).to_have_text("3")
    await page.get_by_role("button", name="Take a break").click()
    await expect(page.get_by_role("heading", name="Was the answer wrong?")).to_be_visible()
    assert [await votes_on(site.context, task_id) for task_id in ids] == [
        [(Vote.CONFIRM, "a letter is missing")],
        [(Vote.REJECT, "right")],
        [(Vote.REJECT, "ambiguous")],
    ]


async def test_a_lost_slot_is_explained(site: Site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    page = await signed_in(site, browser, judge)
    await page.get_by_role("button", name="Start reviewing").click()
    for _ in range(2):
        await vote(site.context, await reviewer(site.context), Vote.REJECT)
    await page.get_by_role("button", name="The answer is wrong").click()
    await expect(page.get_by_role("status").first).to_contain_text("its time was over, or it is decided")


async def test_a_reason_that_is_too_long_is_refused_and_not_cut(site: Site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    page = await signed_in(site, browser, judge)
    await page.get_by_role("button", name="Start reviewing").click()
    await page.get_by_label("Say why").fill("x" * 501)
    await page.get_by_role("button", name="The answer is wrong").click()
    await expect(page.get_by_role("status").first).to_contain_text("500 characters at most")


async def test_a_marked_picture_is_behind_a_fold(site: Site, browser, people):
    customer, author, judge = people
    await factories.mark_queue(site.context, author, judge)
    await complaint(site.context, customer, author)
    page = await signed_in(site, browser, judge)
    await page.get_by_role("button", name="Start reviewing").click()
    assert await page.locator("img.picture[src]:visible").count() == 0
    await page.locator("summary", has_text="Show the picture").click()
    assert await page.locator("img.picture[src]:visible").count() == 1
