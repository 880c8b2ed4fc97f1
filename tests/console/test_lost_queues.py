"""A queue that the floor took away: the screen says so with the way to the reasons, and going online says why not."""

import pytest
from playwright.async_api import expect

from manyeyes.actions.decide_bars import DecideBar, decide_bars
from manyeyes.runtime.periodic import count_all_evidence
from manyeyes.skills import evidence
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.rules import EvidenceSource
from support import factories
from support.browser_visits import PHONE, at_work, has_no_sideways_scroll, link, worker_subject

pytestmark = pytest.mark.browser
WAY = 'a[href="/worker/accuracy"]'


async def fall_below(context, hand, queue_id: int = 1) -> None:
    """Let twelve pieces of gold say that a worker is always wrong in a queue that asks for 70 %."""
    pieces = [
        NewEvidence(
            queue_id=queue_id,
            worker_id=hand.worker.worker_id,
            task_id=1_000_000 + n,
            source=EvidenceSource.GOLD,
            truth="12345",
            given="9",
        )
        for n in range(12)
    ]
    async with context.cells.directory.acquire() as db:
        await db.execute("UPDATE queue SET floor = 0.7 WHERE queue_id = $1", queue_id)
    async with context.cells.pool(1).acquire() as tx, tx.transaction():
        await evidence.insert_evidence(tx, await tx.fetchval("SELECT now()"), 1, pieces)
    await count_all_evidence(context, 1)


async def without_script(site, browser, hand):
    """Return the work screen of a worker whose browser runs no script."""
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(hand)))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/worker")
    return page


async def test_who_falls_below_the_floor_at_work_is_told_at_once_on_a_phone(site, browser):
    hand = await factories.hand(site.context, queues=(1,))
    screen = await at_work(site, browser, hand, **PHONE)
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("lost")).to_be_hidden()
    await fall_below(site.context, hand)
    await expect(screen.part("lost-words")).to_have_text(
        "You have no queue left to work in, because of the answers that were checked."
    )
    await expect(screen.part("break-title")).to_be_visible()
    await expect(screen.part("notice")).to_be_hidden()
    await expect(screen.part("start")).to_be_hidden()
    await screen.press("Alt+KeyB")
    await expect(screen.part("break-title")).to_have_text("No pictures for you now")
    await expect(screen.part("notice")).to_be_hidden()
    assert await has_no_sideways_scroll(screen.page)
    await screen.page.locator(WAY).last.click()
    await expect(screen.page.locator("#queue-1")).to_contain_text("You no longer get pictures of this queue.")
    lift = DecideBar(cell=1, worker_id=hand.worker.worker_id, queue_id=1, is_lifted=True)
    await site.context.batcher.ask(decide_bars, lift)
    await screen.page.goto(site.url + "/worker")
    await expect(screen.part("lost")).to_be_hidden()
    assert screen.errors == []


async def test_who_keeps_another_queue_goes_on_and_sees_which_they_lost(site, browser):
    hand = await factories.hand(site.context, queues=(1, 2), languages=("en", "ru"))
    await fall_below(site.context, hand)
    screen = await at_work(site, browser, hand)
    told = "You no longer get English ImageToText, because of the answers that were checked."
    await expect(screen.part("lost-words")).to_have_text(told)
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("lost-words")).to_have_text(told)
    await screen.press("Alt+KeyB")
    await expect(screen.part("break-title")).to_have_text("Ready when you are")
    assert screen.errors == []


async def test_without_script_going_online_with_no_queue_left_says_why(site, browser):
    hand = await factories.hand(site.context, queues=(1,))
    page = await without_script(site, browser, hand)
    await fall_below(site.context, hand)  # the page that lies there still has its button
    await page.get_by_role("button", name="Start working").click()
    await expect(page.get_by_role("button", name="Start working")).to_have_count(0)
    await expect(page.locator("#lost")).to_contain_text("You have no queue left to work in")
    await expect(page.locator("#notice")).to_be_hidden()
    await page.locator("#lost a").click()
    await expect(page.locator("#queue-1")).to_contain_text("You no longer get pictures of this queue.")


async def test_the_api_gives_the_reason_in_words(site, browser):
    hand = await factories.hand(site.context, queues=(1,))
    await fall_below(site.context, hand)
    visit = await browser.new_context()
    call = f"{site.url}/v1/worker"
    session = await (await visit.request.get(f"{call}/session", headers=hand.headers)).json()
    assert (session["state"], [each["id"] for each in session["lost"]], session["none_left"]) == ("offline", [1], True)
    for reply in (
        await visit.request.post(f"{call}/online", headers=hand.headers),
        await visit.request.get(f"{call}/next?wait=0", headers=hand.headers),
        await visit.request.get(f"{call}/events", headers=hand.headers),
    ):
        told = await reply.json()
        assert (reply.status, told["type"].rpartition("#")[2]) == (409, "below_floor")
        assert "/worker/accuracy" in told["detail"]
