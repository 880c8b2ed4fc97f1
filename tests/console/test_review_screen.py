"""The reviewer screen by keyboard alone: verdicts one after another, reasons, breaks, and what can go wrong."""

import json
import re

import pytest
from playwright.async_api import expect

from manyeyes.reports.rules import Vote
from support import factories
from support.browser_visits import at_review, at_work
from support.screen_disputes import complaint, reviewer, vote, votes_on

pytestmark = pytest.mark.browser


@pytest.fixture
async def people(site) -> tuple[factories.Customer, factories.Hand, factories.Hand]:
    """A customer, the author of the answers, and a reviewer."""
    return await factories.customer(site.context), await factories.hand(site.context), await reviewer(site.context)


async def judged(screen, said) -> None:
    await expect(screen.part("receipt")).to_contain_text(said)


async def test_three_keys_judge_one_complaint_after_another(site, browser, people):
    customer, author, judge = people
    ids = [await complaint(site.context, customer, author, text) for text in ("alpha", "beta", "gamma")]
    screen = await at_review(site, browser, judge)
    await screen.start()
    for text, key, said in (
        ("alpha", "ArrowLeft", "wrong"),
        ("beta", "ArrowRight", "right"),
        ("gamma", "ArrowDown", "alike"),
    ):
        await screen.shown(text)
        await screen.press(key)
        await judged(screen, said)
    await expect(screen.part("waiting-title")).to_be_visible()
    assert [await votes_on(site.context, task_id) for task_id in ids] == [
        [(Vote.CONFIRM, "wrong")],
        [(Vote.REJECT, "right")],
        [(Vote.REJECT, "ambiguous")],
    ]
    await expect(screen.part("votes")).to_have_text("3")
    await expect(screen.part("earned")).to_have_text("$0.0003")
    await expect(screen.part("payable")).to_have_text("$0.0003")
    assert screen.errors == []


async def test_a_complaint_that_comes_later_appears_by_itself(site, browser, people):
    customer, author, judge = people
    screen = await at_review(site, browser, judge)
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_focused()
    await complaint(site.context, customer, author, "late")
    await screen.shown("late")


async def test_the_question_is_put_as_the_worker_saw_it(site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author, "O0 1l", phrase=True, min_length=3, comment="both <b>words</b>")
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("O0 1l")
    await expect(screen.part("ask")).to_have_text("Type what you see")
    await expect(screen.part("rules").locator("li")).to_have_text(
        ["at least two words", "length: at least 3", "capital or small letters: both count"]
    )
    await expect(screen.part("comment-text")).to_have_text("both <b>words</b>")
    await expect(screen.part("glyphs").locator("li")).to_have_text(
        ["O capital letter o", "0 the digit zero", "1 the digit one", "l small letter L"]
    )
    family = await screen.part("given").evaluate("each => getComputedStyle(each).fontFamily")
    assert "monospace" in family
    colours = (
        "each => [...new Set([each, ...each.querySelectorAll('b')].map((one) => getComputedStyle(one).color))].length"
    )
    assert await screen.part("given").evaluate(colours) == 2


async def test_a_reason_is_typed_and_nothing_is_judged_meanwhile(site, browser, people):
    customer, author, judge = people
    task_id = await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("12345")
    await screen.press("Alt+r")
    await screen.type("the 4 is a 9")
    for key in ("ArrowLeft", "ArrowDown", "ArrowRight", "Enter"):
        await screen.press(key)
    await expect(screen.part("job")).to_be_focused()
    assert await votes_on(site.context, task_id) == []
    await screen.press("ArrowLeft")
    await judged(screen, "wrong")
    assert await votes_on(site.context, task_id) == [(Vote.CONFIRM, "the 4 is a 9")]


async def test_a_key_that_is_held_down_judges_once(site, browser, people):
    customer, author, judge = people
    first, second = [await complaint(site.context, customer, author, text) for text in ("alpha", "beta")]
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("alpha")
    await screen.page.keyboard.down("ArrowLeft")
    await screen.shown("beta")
    await screen.page.keyboard.down("ArrowLeft")  # the browser marks this one as repeated
    await screen.page.keyboard.up("ArrowLeft")
    await screen.press("ArrowRight")
    await judged(screen, "right")
    assert await votes_on(site.context, first) == [(Vote.CONFIRM, "wrong")]
    assert await votes_on(site.context, second) == [(Vote.REJECT, "right")]


async def test_nothing_is_judged_before_the_picture_can_be_seen(site, browser, people):
    customer, author, judge = people
    await factories.mark_queue(site.context, author, judge)
    task_id = await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await expect(screen.part("unveil")).to_be_focused()
    for key in ("ArrowLeft", "ArrowRight", "ArrowDown"):
        await screen.press(key)
    await expect(screen.part("wrong")).to_have_attribute("aria-disabled", "true")
    assert await votes_on(site.context, task_id) == []
    await screen.press("Enter")
    await screen.shown("12345")
    await screen.press("ArrowRight")
    await judged(screen, "right")
    assert await votes_on(site.context, task_id) == [(Vote.REJECT, "right")]


async def test_the_picture_is_enlarged_moved_and_made_clearer(site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("12345")
    for _ in range(5):
        await screen.press("Alt+ArrowUp")
    assert await screen.part("picture").evaluate("each => each.clientWidth / each.naturalWidth") >= 6
    before = await screen.part("table").evaluate("each => each.scrollLeft")
    await screen.press("Shift+ArrowRight")
    assert await screen.part("table").evaluate("each => each.scrollLeft") > before
    await screen.press("Alt+c")
    await expect(screen.part("contrast")).to_have_attribute("aria-pressed", "true")


async def test_a_break_gives_the_complaint_back_and_ends_with_enter(site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("12345")
    async with screen.page.expect_response("**/v1/reviewer/leave"):
        await screen.press("Alt+b")
    await expect(screen.part("presence-words")).to_have_text("On a break")
    async with site.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM vote_slot WHERE state <> 0") == 0
    await screen.start()
    await screen.shown("12345")


async def test_a_reload_stays_at_work_and_shows_the_same(site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("12345")
    before = await screen.slot()
    await screen.page.reload()
    await screen.shown("12345")
    assert await screen.slot() == before
    await screen.press("ArrowLeft")
    await judged(screen, "wrong")


async def test_a_complaint_that_others_decided_is_explained(site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author, "first")
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("first")
    for _ in range(2):
        await vote(site.context, await reviewer(site.context), Vote.CONFIRM)
    await complaint(site.context, customer, author, "second")
    await screen.press("ArrowLeft")
    await screen.shown("second")
    await expect(screen.part("notice")).to_contain_text("its time was over, or it is decided")
    await expect(screen.part("votes")).to_have_text("0")


async def test_a_vote_is_sent_again_when_the_connection_is_back(site, browser, people):
    customer, author, judge = people
    task_id = await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("12345")
    await screen.browser_context.set_offline(True)
    await screen.press("ArrowLeft")
    await expect(screen.part("presence-words")).to_have_text("Reconnecting")
    await expect(screen.part("notice")).to_contain_text("Connection lost")
    await screen.browser_context.set_offline(False)
    await judged(screen, "wrong")
    await expect(screen.part("presence-words")).to_have_text("Waiting")
    assert await votes_on(site.context, task_id) == [(Vote.CONFIRM, "wrong")]


async def test_waiting_goes_on_when_the_connection_is_back(site, browser, people):
    customer, author, judge = people
    screen = await at_review(site, browser, judge)
    await screen.page.route("**/v1/reviewer/next*", lambda route: route.abort())
    await screen.start()
    await expect(screen.part("presence-words")).to_have_text("Reconnecting")
    await complaint(site.context, customer, author)
    await screen.page.unroute("**/v1/reviewer/next*")
    await screen.shown("12345")


async def test_time_that_runs_out_is_told(site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.page.clock.install()
    await screen.page.reload()
    await screen.start()
    await screen.shown("12345")
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE vote_slot SET lease_until = now() - interval '1 s' WHERE state = 1")
    await screen.page.clock.fast_forward(61_000)
    await expect(screen.part("notice")).to_contain_text("its time was over")


async def test_a_reviewer_who_is_one_no_more_is_told(site, browser, people):
    _, _, judge = people
    screen = await at_review(site, browser, judge)
    async with site.context.cells.directory.acquire() as db:
        await db.execute("UPDATE worker SET reviewer = false WHERE worker_id = $1", judge.worker.worker_id)
    site.context.lookups.forget()
    await screen.start()
    await expect(screen.part("notice")).to_contain_text("You are not a reviewer any more")
    await expect(screen.part("presence-words")).to_have_text("On a break")


async def test_a_reviewer_who_was_signed_out_is_told(site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("12345")
    await screen.browser_context.clear_cookies()
    await screen.press("ArrowLeft")
    await expect(screen.part("notice")).to_contain_text("You are signed out.")
    await expect(screen.part("notice").get_by_role("link")).to_have_attribute("href", "/link")


async def test_nothing_of_author_customer_or_other_votes_is_there(site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author, "alpha")
    await complaint(site.context, customer, author, "beta")
    await vote(site.context, await reviewer(site.context), Vote.CONFIRM, "purple elephant")
    secrets = [customer.key, f"customer {customer.account_id}", author.worker.name, "purple elephant", "203.0.113"]
    names = {"account_id", "worker_id", "author", "author_id", "votes", "reviewer_id", "customer", "ip"}
    screen = await at_review(site, browser, judge)
    replies = []
    screen.page.on("response", lambda reply: replies.append(reply) if "/v1/reviewer/" in reply.url else None)
    await screen.start()
    for text in ("alpha", "beta"):
        await screen.shown(text)
        page = await screen.page.content()
        assert [secret for secret in secrets if secret in page] == []
        await screen.press("ArrowLeft")
        await judged(screen, "wrong")
        await expect(screen.part("receipt")).to_contain_text("$")
    bodies = [await reply.text() for reply in replies if reply.status == 200]
    assert len(bodies) >= 2
    for body in bodies:
        assert [secret for secret in secrets if secret in body] == []
        assert keys_of(json.loads(body)) & names == set()


def keys_of(value) -> set[str]:
    """Every member name at every depth."""
    if isinstance(value, dict):
        return set(value) | {key for each in value.values() for key in keys_of(each)}
    return {key for each in value for key in keys_of(each)} if isinstance(value, list) else set()


async def test_work_and_review_lead_to_each_other(site, browser, people):
    _, author, judge = people
    screen = await at_work(site, browser, judge)
    await screen.page.get_by_role("link", name="Review", exact=True).click()
    await screen.page.wait_for_url("**/reviewer")
    await screen.page.get_by_role("link", name="Work", exact=True).click()
    await screen.page.wait_for_url(re.compile("/worker$"))
    plain = await at_work(site, browser, author)
    await expect(plain.page.get_by_role("link", name="Work", exact=True)).to_be_visible()
    await expect(plain.page.get_by_role("link", name="Review", exact=True)).to_have_count(0)
