"""What a reviewer said is taken back, complaints are passed on, and the next picture is there at once."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from manyeyes.reports.rules import Vote
from manyeyes.settings import Settings
from manyeyes.tasks.questions import TextOptions
from support.browser_visits import at_results, at_review
from support.screen_disputes import complaint, reviewer, votes_on
from support.screen_results import result_of, unsettled

pytestmark = pytest.mark.browser


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Let nothing settle while a test looks at it."""
    return Settings(data=tmp_path, undo_seconds=60)


async def states(site, task_id: int) -> list[int]:
    async with site.context.cells.pool(1).acquire() as db:
        found = "SELECT state FROM vote_slot WHERE cell = 1 AND task_id = $1 AND reviewer_id <> 0"
        return [row["state"] for row in await db.fetch(found, task_id)]


async def test_a_vote_is_taken_back_and_another_one_given(site, browser, people):
    customer, author = people
    first, second = [await complaint(site.context, customer, author, text) for text in ("alpha", "beta")]
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.start()
    await screen.shown("alpha")
    await screen.press("Alt+r")
    await screen.type("look again")
    await screen.press("Enter")
    await screen.press("ArrowLeft")
    await screen.shown("beta")
    assert await states(site, first) == [4], "nothing follows from it yet"
    await expect(screen.part("undo")).to_be_visible()
    await screen.press("Alt+z")
    await screen.shown("alpha")
    await expect(screen.part("notice")).to_contain_text("Taken back")
    await expect(screen.part("reason")).to_have_value("look again")
    await expect(screen.part("votes")).to_have_text("0")
    await expect(screen.part("undo")).to_be_hidden()
    await screen.press("ArrowRight")
    await screen.shown("beta")
    await expect(screen.part("earned")).to_have_text("$0.0001")
    assert (await states(site, first), await states(site, second)) == ([4], [1])
    assert screen.errors == []


async def test_a_complaint_is_passed_on_for_good_and_one_that_cannot_be_judged_stands(site, browser, people):
    customer, author = people
    first, second = [await complaint(site.context, customer, author, text) for text in ("alpha", "beta")]
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.start()
    await screen.shown("alpha")
    await screen.press("Escape")
    await screen.shown("beta")
    assert await states(site, first) == []
    await screen.press("Alt+j")
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("undo-what")).to_contain_text("cannot be judged")
    assert await states(site, second) == [4]
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE vote_slot SET settles_at = now() WHERE state = 4")
    while not await votes_on(site.context, second):
        await screen.page.wait_for_timeout(100)
    assert await votes_on(site.context, second) == [(Vote.REJECT, "unjudged")]


async def test_the_next_picture_is_there_and_goes_to_others_when_the_reviewer_leaves(site, browser, people):
    customer, author = people
    first, second = [await complaint(site.context, customer, author, text) for text in ("alpha", "beta")]
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.start()
    await screen.shown("alpha")
    await expect(screen.part("main")).to_have_attribute("data-ahead", re.compile("."))
    assert await states(site, second) == [5]
    held: list[Route] = []
    await screen.page.route("**/v1/reviewer/votes", lambda route: held.append(route))
    await screen.press("ArrowLeft")
    await expect(screen.part("given")).to_have_text("beta")  # nothing has come back from the server
    assert len(held) == 1
    await held[0].continue_()
    await screen.page.unroute("**/v1/reviewer/votes")
    await expect(screen.part("votes")).to_have_text("1")
    assert await states(site, second) == [1]
    await screen.press("Alt+b")
    await expect(screen.part("start")).to_be_visible()
    while await states(site, second):
        await screen.page.wait_for_timeout(50)
    assert await states(site, first) == [4]


async def test_a_decision_is_taken_back_with_what_was_typed(site, browser, people):
    customer, _ = people
    task_id = await unsettled(site.context, customer, TextOptions(), "first", "second")
    screen = await at_results(site, browser, await reviewer(site.context))
    await screen.start()
    await expect(screen.part("main")).to_have_attribute("data-ready", "")
    await screen.press("0")
    await screen.type("third")
    await screen.press("Enter")
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await result_of(site.context, task_id) is None
    await screen.press("Alt+z")
    await expect(screen.part("answer")).to_have_value("third")
    await expect(screen.part("decisions")).to_have_text("0")
    await expect(screen.part("main")).to_have_attribute("data-ready", "")
    await screen.page.wait_for_timeout(1_500)  # the call that waited for the next one is heard of by now
    await expect(screen.part("answer")).to_have_value("third")
    await expect(screen.part("own")).to_be_visible()
    await screen.press("Escape")
    await screen.press("1")
    await expect(screen.part("decisions")).to_have_text("1")
    assert screen.errors == []


async def test_a_key_that_comes_too_soon_is_told_so_and_decides_nothing(site, browser, people):
    customer, _ = people
    await unsettled(site.context, customer, TextOptions(), "first", "second")
    screen = await at_results(site, browser, await reviewer(site.context))
    held: list[Route] = []
    await screen.page.route("**/pictures/**", lambda route: held.append(route))
    await screen.start()
    await expect(screen.part("job")).to_be_visible()
    await screen.press("1")
    await expect(screen.part("notice")).to_contain_text("Not yet")
    while not held:
        await screen.page.wait_for_timeout(50)
    for route in held:
        await route.continue_()
    await screen.page.unroute("**/pictures/**")
    await expect(screen.part("main")).to_have_attribute("data-ready", "")
    await expect(screen.part("notice")).to_be_hidden()
    await expect(screen.part("decisions")).to_have_text("0")
    await screen.press("1")
    await expect(screen.part("decisions")).to_have_text("1")
    assert screen.errors == []


async def test_a_vote_that_is_on_its_way_is_taken_back_as_soon_as_it_has_come(site, browser, people):
    customer, author = people
    for text in ("alpha", "beta"):
        await complaint(site.context, customer, author, text)
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.start()
    await screen.shown("alpha")
    call = await screen.hold("**/v1/reviewer/votes", "ArrowLeft")
    await screen.press("Alt+z")
    await call.continue_()
    await screen.shown("alpha")
    await expect(screen.part("notice")).to_contain_text("Taken back")
    await expect(screen.part("votes")).to_have_text("0")
    assert screen.errors == []
