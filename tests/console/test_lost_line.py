"""A lost line at the screens of workers and reviewers: what waits is said, and all is tried again by itself."""

import re

import pytest
from playwright.async_api import expect

from manyeyes.reports.rules import Vote
from support.browser_visits import at_review, at_work, send
from support.screen_disputes import complaint, reviewer, votes_on
from support.served_site import Site

pytestmark = pytest.mark.browser


async def test_two_answers_wait_and_are_sent_by_themselves(site: Site, browser, people):
    customer, hand = people
    for text in ("first", "second"):
        await send(site, customer, text)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await expect(screen.part("main")).to_have_attribute("data-ahead", re.compile("."))
    await screen.browser_context.set_offline(True)
    for text in ("first", "second"):
        await screen.type(text)
        await screen.press("Enter")
    await expect(screen.part("waiting-title")).to_have_text("2 answers wait to be sent")
    await expect(screen.part("waiting-words")).to_contain_text("kept in this browser")
    await expect(screen.part("notice")).to_contain_text("2 answers wait here")
    await screen.browser_context.set_offline(False)
    await expect(screen.part("answered")).to_have_text("2")
    await expect(screen.part("waiting-title")).to_have_text("Waiting for the next picture")
    assert screen.errors == []


async def test_two_votes_wait_over_a_break_and_are_sent_before_more_is_asked_for(site: Site, browser, people):
    customer, author = people
    tasks = [await complaint(site.context, customer, author, text) for text in ("alpha", "beta")]
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.start()
    await screen.shown("alpha")
    await expect(screen.part("main")).to_have_attribute("data-ahead", re.compile("."))
    await screen.browser_context.set_offline(True)
    await screen.press("ArrowLeft")
    await screen.shown("beta")
    await screen.press("ArrowLeft")
    await expect(screen.part("main")).not_to_have_attribute("data-ready", "")
    await screen.press("Alt+b")
    await expect(screen.part("start")).to_be_focused()
    await screen.press("Enter")
    await expect(screen.part("waiting-title")).to_be_visible()
    await screen.browser_context.set_offline(False)
    await expect(screen.part("votes")).to_have_text("2")
    await expect(screen.part("waiting-title")).to_be_visible()
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE vote_slot SET settles_at = now() WHERE state = 4")
    for task_id in tasks:
        while not await votes_on(site.context, task_id):
            await screen.page.wait_for_timeout(100)
        assert [verdict for verdict, _ in await votes_on(site.context, task_id)] == [Vote.CONFIRM]
    assert screen.errors == []


async def test_who_leaves_the_page_with_a_vote_unsent_is_asked_whether_they_mean_it(site: Site, browser, people):
    customer, author = people
    await complaint(site.context, customer, author, "alpha")
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.start()
    await screen.shown("alpha")
    await screen.browser_context.set_offline(True)
    await screen.press("ArrowLeft")
    await expect(screen.part("main")).not_to_have_attribute("data-ready", "")
    async with screen.page.expect_event("dialog") as asked:
        await screen.page.close(run_before_unload=True)
    question = await asked.value
    assert question.type == "beforeunload"
    await question.dismiss()
    await screen.browser_context.set_offline(False)
    await expect(screen.part("votes")).to_have_text("1")


async def test_a_picture_that_did_not_load_is_tried_again_by_itself(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.page.route("**/pictures/**", lambda route: route.abort(), times=2)
    await screen.start()
    await expect(screen.part("notice")).to_contain_text("tried again by itself")
    await expect(screen.part("notice")).to_be_hidden()
    drawn = await screen.part("picture").evaluate("image => [image.complete, image.naturalWidth]")
    assert drawn == [True, 120]
