"""A reviewer's own history: page by page in their zone, with its figures and a CSV; a vote is corrected from it."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from manyeyes.console.reviewer import history
from manyeyes.reports.rules import Vote
from manyeyes.roles.judging import JudgingDesk, LeasedJudgement
from manyeyes.roles.wellbeing import mark_choices, say_marks
from manyeyes.tasks.questions import TextOptions
from manyeyes.values.actor import BY_ITSELF
from manyeyes.values.marks import ContentMark
from manyeyes.wellbeing.rules import Spent
from support import factories
from support.browser_visits import at_review
from support.screen_disputes import complaint, reviewer, vote, votes_on
from support.screen_results import unsettled

pytestmark = pytest.mark.browser
ZONE = "Asia/Ho_Chi_Minh"


async def test_what_was_said_is_shown_in_the_readers_zone_and_corrected_until_it_is_decided(site, browser, people):
    customer, author = people
    judge = await reviewer(site.context)
    task_id = await complaint(site.context, customer, author, "alpha")
    await vote(site.context, judge, Vote.CONFIRM, "=look")
    screen = await at_review(site, browser, judge, timezone_id=ZONE)
    await screen.page.goto(site.url + "/reviewer/history")
    entry = screen.page.locator("#said-1")
    await expect(entry).to_contain_text("You said: wrong")
    await expect(entry).to_contain_text("Not decided yet")
    await expect(entry.locator("img")).to_have_count(1)
    told = await entry.locator("time").inner_text()
    at = datetime.fromisoformat(await entry.locator("time").get_attribute("datetime"))
    assert told == f"{at.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M:%S}"
    await entry.locator("summary").click()
    await entry.locator("input[value=reject]").check()
    await entry.locator("button[type=submit]").click()
    await expect(screen.part("notice")).to_contain_text("Changed")
    assert await votes_on(site.context, task_id) == [(Vote.REJECT, "right")]
    await vote(site.context, await reviewer(site.context), Vote.REJECT)
    await screen.page.reload()
    await expect(entry).to_contain_text("Decided: the answer stands")
    await expect(entry).to_contain_text("1 of 1 others said the same")
    await expect(entry.locator("form")).to_have_count(0)
    await expect(screen.part("agreement")).to_contain_text("1 of 1")
    assert screen.errors == []


async def test_it_has_pages_and_all_of_it_is_a_file(site, browser, people, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 2)
    customer, author = people
    judge = await reviewer(site.context)
    for text in ("one", "two", "three"):
        await complaint(site.context, customer, author, text)
        await vote(site.context, judge, Vote.REJECT, "=sum(1)")
    await unsettled(site.context, customer, TextOptions(), "first", "second")
    desk = JudgingDesk(site.context)
    lying = await desk.next(judge.worker, 0)
    assert isinstance(lying, LeasedJudgement)
    await desk.decide(judge.worker, lying.judgement, None)
    screen = await at_review(site, browser, judge)
    await screen.page.goto(site.url + "/reviewer/history")
    await expect(screen.page.locator("article")).to_have_count(2)
    await expect(screen.page.locator("#said-1")).to_contain_text("It cannot be judged")
    await screen.page.locator("#older").click()
    await expect(screen.page.locator("article")).to_have_count(2)
    await expect(screen.page.locator("#said-2")).to_contain_text("one")
    await expect(screen.part("older")).to_have_count(0)
    reply = await screen.page.request.get(site.url + "/reviewer/history.csv")
    rows = list(csv.DictReader(io.StringIO(await reply.text())))
    assert [row["answer"] for row in rows] == ["", "three", "two", "one"]
    assert {row["reason"] for row in rows} == {"", "'=sum(1)"}
    assert [row["about"] for row in rows] == ["result", *["complaint"] * 3]
    assert {datetime.fromisoformat(row["at"]).tzinfo for row in rows} == {UTC}


@pytest.mark.parametrize("query", ["?before=x", "?before=1-", "?before=99999999999999999999-1"])
async def test_a_place_that_is_none_leads_to_the_beginning(site, browser, people, query):
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.page.goto(site.url + "/reviewer/history" + query)
    assert "before" not in screen.page.url
    await expect(screen.page.locator(".empty")).to_be_visible()


async def test_a_marked_picture_is_behind_a_button_and_a_look_at_it_counts(site, browser, people):
    customer, author = people
    judge, mark = await reviewer(site.context), ContentMark.GORE
    await complaint(site.context, customer, author, "alpha")
    await vote(site.context, judge, Vote.CONFIRM, "look")
    await factories.mark_queue(site.context, judge, marks=mark)
    screen = await at_review(site, browser, judge)
    await screen.page.goto(site.url + "/reviewer/history")
    entry = screen.page.locator("#said-1")
    await expect(entry.locator("img")).to_have_count(0)
    async with screen.page.context.expect_page() as opened:
        await entry.get_by_role("button", name="Show the picture").click()
    picture = await opened.value
    await picture.wait_for_url("**/pictures/**")
    (day,) = [each for each in (await mark_choices(site.context, judge.worker)).days if each.mark == mark]
    assert day.spent == Spent(1, 60_000)
    assert await say_marks(site.context, judge.worker, BY_ITSELF, avoided=mark) is None
    async with screen.page.context.expect_page() as opened:
        await entry.get_by_role("button", name="Show the picture").click()
    await expect((await opened.value).get_by_role("status")).to_contain_text("That picture is not shown")
    assert screen.errors == []
