"""Answers that wait for the line outlive the page: loaded anew it sends them, once, and says what came of it."""

import re

import pytest
from playwright.async_api import expect

from support import factories
from support.browser_visits import Screen, at_work, link, send, worker_subject
from support.served_site import Site

pytestmark = pytest.mark.browser
WAITING = "Object.keys(localStorage).filter((key) => key.startsWith('manyeyes.waiting.')).length"


async def cut_off(screen: Screen) -> None:
    """Let no answer through, as a lost line does; pages can still be opened."""
    await screen.page.route("**/v1/worker/answers", lambda route: route.abort())


async def answered_offline(site: Site, browser, people) -> Screen:
    """Answer two pictures, neither of which reaches the server."""
    customer, hand = people
    for _ in range(2):
        await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await expect(screen.part("main")).to_have_attribute("data-ahead", re.compile("."))
    await cut_off(screen)
    for text in ("first", "second"):
        await screen.type(text)
        await screen.press("Enter")
    await expect(screen.part("waiting-title")).to_have_text("2 answers wait to be sent")
    assert await screen.page.evaluate(WAITING) == 2
    return screen


async def answers(site: Site) -> list[str]:
    async with site.context.cells.pool(1).acquire() as db:
        return [row["text"] for row in await db.fetch("SELECT answer ->> 'text' AS text FROM result ORDER BY task_id")]


async def test_they_are_sent_after_a_reload_and_once(site: Site, browser, people):
    screen = await answered_offline(site, browser, people)
    await screen.page.reload()
    await expect(screen.part("notice")).to_contain_text("answers wait")
    await screen.page.unroute("**/v1/worker/answers")
    await expect(screen.part("notice")).to_have_text("What waited here has been sent.")
    await expect(screen.part("answered")).to_have_text("2")
    assert await answers(site) == ["first", "second"]
    assert await screen.page.evaluate(WAITING) == 0
    await screen.page.reload()
    await expect(screen.part("answered")).to_have_text("2")


async def test_what_the_server_has_already_is_not_taken_twice(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")

    is_lost = True

    async def lose_the_reply(route) -> None:
        reply = await route.fetch()
        await (route.abort() if is_lost else route.fulfill(response=reply))

    await screen.page.route("**/v1/worker/answers", lose_the_reply)
    await screen.type("only")
    await screen.press("Enter")
    await expect(screen.part("waiting-title")).to_have_text("1 answer waits to be sent")
    await screen.page.reload()
    is_lost = False
    await expect(screen.part("answered")).to_have_text("1")
    await expect(screen.part("notice")).to_have_text("What waited here has been sent.")
    assert await answers(site) == ["only"]


async def test_what_came_too_late_is_said_to_be(site: Site, browser, people):
    screen = await answered_offline(site, browser, people)
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute(
            "UPDATE work SET lease_until = now() - interval '1 second', lease = lease + 1 WHERE state <> 0"
        )
    await screen.page.reload()
    await screen.page.unroute("**/v1/worker/answers")
    await expect(screen.part("notice")).to_contain_text("came too late")
    await screen.page.wait_for_function(f"{WAITING} === 0")
    assert await answers(site) == []


async def test_another_person_who_signs_in_finds_nothing_of_it(site: Site, browser, people):
    screen = await answered_offline(site, browser, people)
    other = await factories.hand(site.context)
    await screen.page.goto(site.url + await link(site.context, worker_subject(other)))
    await screen.page.wait_for_url("**/worker")
    await expect(screen.part("start")).to_be_visible()
    assert await screen.page.evaluate(WAITING) == 0
    assert await answers(site) == []
