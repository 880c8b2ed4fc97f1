"""More time on the screens: keys that are typed keep the picture, a press does, and what became of it is told truly."""

import pytest
from playwright.async_api import expect

from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.leave import Leave, leave
from support.browser_visits import Screen, at_review, at_work, send
from support.screen_disputes import complaint, reviewer
from support.served_site import Site

pytestmark = pytest.mark.browser


async def nearly_over(site: Site, seconds: int = 12, table: str = "work") -> None:
    """Let what lies before people have so few seconds left of its lease, as if it had been shown long before."""
    async with site.context.cells.pool(1).acquire() as db:
        begun = "desk_since" if table == "work" else "shown_at"
        ends = f"lease_until = now() + {seconds} * interval '1 s', {begun} = now() - interval '48 s'"
        await db.execute(f"UPDATE {table} SET {ends} WHERE cell = 1 AND state = 1")


async def left(site: Site, table: str = "work") -> float:
    """Return how many seconds the lease still has."""
    async with site.context.cells.pool(1).acquire() as db:
        statement = f"SELECT extract(epoch FROM lease_until - now()) FROM {table} WHERE cell = 1 AND state = 1"
        return float(await db.fetchval(statement))


async def shown(site: Site, browser, people) -> Screen:
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    return screen


async def test_little_time_is_told_and_a_press_gives_more(site: Site, browser, people):
    screen = await shown(site, browser, people)
    await expect(screen.part("time-low")).to_be_hidden()
    await nearly_over(site)
    await expect(screen.part("time-low")).to_contain_text("seconds left")
    async with screen.page.expect_response("**/v1/worker/renewals"):
        await screen.press("Alt+m")
    await expect(screen.part("time-low")).to_be_hidden()
    assert await left(site) > 45
    await expect(screen.part("answer")).to_be_focused()
    assert screen.errors == []


async def test_typing_keeps_the_picture_without_a_press(site: Site, browser, people):
    screen = await shown(site, browser, people)
    await nearly_over(site)
    await expect(screen.part("time-low")).to_be_visible()
    async with screen.page.expect_response("**/v1/worker/renewals", timeout=15_000):
        await screen.type("123")
    assert await left(site) > 45
    await expect(screen.part("answer")).to_have_value("123")


async def test_when_three_leases_are_used_up_no_more_is_offered(site: Site, browser, people):
    screen = await shown(site, browser, people)
    async with site.context.cells.pool(1).acquire() as db:
        ends = "lease_until = now() + interval '12 s', desk_since = now() - interval '168 s'"
        await db.execute(f"UPDATE work SET {ends} WHERE cell = 1 AND state = 1")
    await expect(screen.part("no-more-time")).to_be_visible()
    await expect(screen.part("more-time")).to_be_hidden()


async def test_what_was_answered_or_skipped_in_another_tab_is_said_in_this_one(site: Site, browser, people):
    customer, _ = people
    here = await shown(site, browser, people)
    there = Screen(site, await here.browser_context.new_page())
    await there.page.goto(site.url + "/worker")
    await there.asked("Type what you see")
    await there.answer("12345")
    await expect(here.part("notice")).to_have_text(
        "That picture was answered in another tab. Just go on with the next one."
    )
    await send(site, customer, "second")
    await here.asked("Type what you see")
    await there.asked("Type what you see")
    await there.press("Escape")
    await expect(here.part("notice")).to_contain_text("was skipped in another tab")


async def test_a_reviewer_keeps_a_complaint_with_the_same_key(site: Site, browser, people):
    customer, author = people
    await complaint(site.context, customer, author, "alpha")
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.start()
    await screen.shown("alpha")
    async with screen.page.expect_response("**/v1/reviewer/renewals") as renewed:
        await screen.press("Alt+m")
    assert (await renewed.value).status == 200
    await nearly_over(site, 1, "vote_slot")
    async with screen.page.expect_response("**/v1/reviewer/votes") as late:
        await screen.page.wait_for_timeout(1_200)
        await screen.press("ArrowLeft")
    assert (await late.value).status == 409
    await expect(screen.part("notice")).to_contain_text("its time was over")


async def test_whoever_is_shut_out_reads_one_sentence_everywhere(site: Site, browser, people):
    said = "The operator has ended your access, so nothing more can be sent."
    screen = await shown(site, browser, people)
    worker_id = people[1].worker.worker_id
    await site.context.batcher.ask(disable_workers, DisableWorker(worker_id))
    await site.context.batcher.ask(leave, Leave(1, worker_id, offline=True))
    await site.context.notifier.tell_changed()
    await expect(screen.part("presence-words")).to_have_text("On a break")
    await expect(screen.part("notice")).to_contain_text(said)
    await screen.start()
    await expect(screen.part("notice")).to_contain_text(said)
    await screen.page.goto(site.url + "/worker")
    await expect(screen.part("shut-out")).to_contain_text(said)
