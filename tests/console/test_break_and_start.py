"""A break and the start right after it reach the server in that order, so that the start holds."""

import pytest
from playwright.async_api import Route, expect

from support import factories
from support.browser_visits import Screen, at_review, at_work
from support.screen_disputes import complaint, reviewer
from support.served_site import Site

pytestmark = pytest.mark.browser


async def break_and_start(screen: Screen, leave: str, come: str) -> None:
    """Take a break whose call is held up, start again meanwhile, and let the call go."""
    held: list[Route] = []
    calls: list[str] = []
    screen.page.on("request", lambda request: calls.append(request.url))
    await screen.page.route(leave, lambda route: held.append(route))
    await screen.press("Alt+b")
    await expect(screen.part("start")).to_be_focused()
    while not held:
        await screen.page.wait_for_timeout(10)
    await screen.press("Enter")
    await screen.page.wait_for_timeout(200)
    too_early = [url for url in calls if come in url]
    await held[0].continue_()
    assert too_early == []
    await expect(screen.part("main")).to_have_attribute("data-mode", "task")
    await screen.page.wait_for_timeout(200)
    await expect(screen.part("main")).to_have_attribute("data-mode", "task")
    assert screen.errors == []


async def test_a_worker_who_starts_again_at_once_works(site: Site, browser, people):
    customer, hand = people
    await factories.submit(site.context, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("main")).to_have_attribute("data-mode", "task")
    await break_and_start(screen, "**/v1/worker/offline", "/v1/worker/online")


async def test_a_reviewer_who_starts_again_at_once_judges(site: Site, browser, people):
    customer, author = people
    await complaint(site.context, customer, author, "alpha")
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.start()
    await screen.shown("alpha")
    await break_and_start(screen, "**/v1/reviewer/leave", "/v1/reviewer/next")
