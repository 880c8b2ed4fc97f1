"""The worker screen when somebody comes and goes: breaks, other tabs, a sign-in that is over."""

import pytest
from playwright.async_api import expect

from manyeyes.workers import store as workers
from support.browser_visits import at_work, send
from support.served_site import Site

pytestmark = pytest.mark.browser


async def test_a_break_gives_the_picture_back_and_ends_with_enter(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    async with screen.page.expect_response("**/v1/worker/offline"):
        await screen.press("Alt+b")
    await expect(screen.part("presence-words")).to_have_text("On a break")
    async with site.context.cells.pool(1).acquire() as db:
        session = await workers.session(db, 1, hand.worker.worker_id)
        assert await db.fetchval("SELECT state FROM work WHERE cell = 1") == 0
    assert session.queues == ()
    await screen.start()
    await screen.asked("Type what you see")


async def test_after_a_break_the_last_receipt_is_gone_and_the_pay_is_not(site: Site, browser, people):
    customer, hand = people
    for text in ("alpha", "beta"):
        await send(site, customer, text)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.answer("alpha")
    await expect(screen.part("receipt")).to_contain_text("$0.0005")
    async with screen.page.expect_response("**/v1/worker/offline"):
        await screen.press("Alt+b")
    await screen.start()
    await screen.asked("Type what you see")
    await expect(screen.part("receipt")).to_be_empty()
    await expect(screen.part("earned")).to_have_text("$0.00")
    await expect(screen.part("pending")).to_have_text("$0.0005")


async def test_going_online_elsewhere_or_offline_is_seen_here(site: Site, browser, people):
    _, hand = people
    here, there = await at_work(site, browser, hand), await at_work(site, browser, hand)
    await here.start()
    await expect(here.part("presence-words")).to_have_text("Waiting")
    async with there.page.expect_response("**/v1/worker/offline"):
        await there.page.evaluate("fetch('/v1/worker/offline', {method: 'POST'})")
    await expect(here.part("presence-words")).to_have_text("On a break")
    await expect(here.part("notice")).to_be_visible()


async def test_a_break_that_is_learnt_from_a_refused_stream_is_a_break(site: Site, browser, people):
    """The presence ends before the stream is open: the stream is refused, and the screen asks why."""
    _, hand = people
    screen = await at_work(site, browser, hand)

    async def go_offline(route) -> None:
        await screen.page.evaluate("fetch('/v1/worker/offline', {method: 'POST'})")
        await route.continue_()

    await screen.page.route("**/v1/worker/events", go_offline, times=1)
    async with screen.page.expect_response("**/v1/worker/session"):
        await screen.start()
    await expect(screen.part("presence-words")).to_have_text("On a break")
    await expect(screen.part("notice")).to_be_visible()


async def test_a_worker_who_was_signed_out_is_told(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.browser_context.clear_cookies()
    await screen.type("late")
    await screen.press("Enter")
    told = "You are signed out. Ask the operator for a new sign-in link. Ask for a link"
    await expect(screen.part("notice")).to_have_text(told)
