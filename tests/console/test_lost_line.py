"""A lost line at the worker's screen: what waits to be sent is said, and all is tried again by itself."""

import re

import pytest
from playwright.async_api import expect

from support.browser_visits import at_work, send
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
