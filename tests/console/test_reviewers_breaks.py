"""A reviewer's break after two hours: said on both screens, with script and without, and over by itself."""

import re

import pytest
from playwright.async_api import expect

from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import ImageOptions
from support import factories
from support.browser_visits import at_review, link, worker_subject
from support.in_process_client import Client
from support.screen_disputes import complaint, reviewer
from support.screen_results import unsettled
from support.signed_roles import OWN

DUE = "You have worked for two hours. Rest at least five minutes"


async def has_worked(context: Context, judge: factories.Hand, minutes: int) -> None:
    """Let a reviewer have judged for so long without a pause, and a break that began be over."""
    async with context.cells.pool(1).acquire() as db:
        await db.execute(
            "UPDATE reviewer_record SET works_since = now() - make_interval(mins => $2), "
            "rests_since = rests_since - interval '5 min' WHERE reviewer_id = $1",
            judge.worker.worker_id,
            minutes,
        )


def notice_of(page: str) -> str:
    """Return what the page says above the work."""
    return re.findall(r'id="notice"[^>]*>([^<]*)<', page)[0]


@pytest.mark.browser
async def test_the_screen_says_when_a_break_is_due_and_goes_on_after_it(site, browser):
    customer, author = await factories.customer(site.context), await factories.hand(site.context)
    judge = await reviewer(site.context)
    for text in ("alpha", "beta"):
        await complaint(site.context, customer, author, text)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("alpha")
    await expect(screen.part("main")).to_have_attribute("data-ahead", re.compile("."))
    await has_worked(site.context, judge, 120)
    await screen.press("ArrowLeft")
    await expect(screen.part("notice")).to_contain_text(DUE)  # what lay behind is not shown
    await screen.start()
    await expect(screen.part("notice")).to_contain_text(DUE)
    await has_worked(site.context, judge, 125)
    await screen.start()
    await screen.shown("beta")
    await screen.press("ArrowLeft")
    await expect(screen.part("votes")).to_have_text("2")
    assert screen.errors == []


@pytest.mark.parametrize("path", ["/reviewer", "/reviewer/results"])
async def test_without_script_it_is_said_and_nothing_is_shown(client: Client, path: str):
    customer, author = await factories.customer(client.context), await factories.hand(client.context)
    judge = await reviewer(client.context)
    await client.post(await link(client.context, worker_subject(judge)), headers=OWN)
    await complaint(client.context, customer, author, "alpha")
    await unsettled(client.context, customer, ImageOptions(case=False), "12345", "99")
    shown = (await client.get(f"{path}?at=work")).text
    assert 'id="picture"' in shown
    assert DUE not in notice_of(shown)
    await client.post(f"{path}/leave", headers=OWN)
    await has_worked(client.context, judge, 120)
    for _ in range(2):
        said = (await client.get(f"{path}?at=work")).text
        assert DUE in notice_of(said)
        assert 'data-mode="break"' in said
