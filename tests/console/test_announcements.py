"""What the operator tells workers: the operator's page without a browser, and the worker's screen in one."""

import os

import pytest
from playwright.async_api import expect

from manyeyes.roles.house.announcements import announce, open_announcements
from manyeyes.values.actor import BY_ITSELF
from support.browser_visits import PHONE, at_review, at_work, link, worker_subject
from support.browser_visits import send as send_task
from support.house_visits import led_to, send, sign_in
from support.in_process_client import Client
from support.screen_disputes import reviewer

PATH = "/operator/announcements"


async def test_the_operator_announces_and_ends(client: Client):
    await sign_in(client)
    assert "Nothing is announced." in (await client.get(PATH)).text
    for name, unfit in (
        ("words", ""),
        ("words", "x" * 601),
        ("until", "soon"),
        ("until", "2020-01-01"),
        ("language", "\u202e"),
    ):
        fields = {"words": "<b>Hello</b>", "language": "", "until": ""} | {name: unfit}
        assert (await send(client, PATH, **fields)).status_code == 422, (name, unfit)
    assert await open_announcements(client.context) == []
    assert (
        led_to(await send(client, PATH, words="<b>Hello</b>\nall", until="2199-01-01 18:00"))
        == f"{PATH}?notice=announced"
    )
    page = (await client.get(PATH)).text
    assert "&lt;b&gt;Hello&lt;/b&gt;\nall" in page
    (there,) = await open_announcements(client.context)
    for notice in ("announcement_ended", "refused"):
        ended = await send(client, f"{PATH}/end", announcement=there.announcement_id)
        assert led_to(ended) == f"{PATH}?notice={notice}"
    assert "Nothing is announced." in (await client.get(PATH)).text


@pytest.mark.browser
async def test_a_worker_reads_it_by_keyboard_and_goes_on_where_they_were(site, browser, people):
    customer, hand = people
    for words in ("First line\nsecond line", "Another"):
        await announce(site.context, words, "", None, BY_ITSELF)
    await announce(site.context, "Nicht für sie", "de", None, BY_ITSELF)
    screen = await at_work(site, browser, hand)
    told, page = screen.part("announcement-words"), screen.page
    await expect(told).to_have_text("First line\nsecond line")
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(told).to_be_visible()
    await send_task(site, customer)
    await expect(screen.part("answer")).to_be_focused()
    await page.keyboard.type("12")
    await _shoot(page, "announcement-task")
    await page.keyboard.press("Shift+Tab")
    read = page.get_by_role("button", name="I have read this")
    for _ in range(30):
        if await read.evaluate("button => button === document.activeElement"):
            break
        await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(told).to_have_text("Another")
    await page.keyboard.press("Enter")
    await expect(screen.part("announcement")).to_be_hidden()
    await expect(screen.part("answer")).to_have_value("12")
    await page.reload()
    await expect(screen.part("announcement")).to_be_hidden()
    assert screen.errors == []


@pytest.mark.browser
async def test_it_never_takes_the_place_of_the_task_in_a_low_window(site, browser, people):
    customer, hand = people
    await announce(site.context, "Many words. " * 40, "", None, BY_ITSELF)
    screen = await at_work(site, browser, hand, viewport={"width": 390, "height": 500})
    await expect(screen.part("announcement")).to_be_visible()
    await _shoot(screen.page, "announcement-break")
    await screen.start()
    await send_task(site, customer)
    await expect(screen.part("answer")).to_be_visible()
    await expect(screen.part("announcement")).to_be_hidden()


@pytest.mark.browser
async def test_without_script_it_is_dismissed_by_the_form(site, browser, people):
    _, hand = people
    await announce(site.context, "Hello", "", None, BY_ITSELF)
    page = await (await browser.new_context(java_script_enabled=False, **PHONE)).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(hand)))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/worker")
    await expect(page.locator("#announcement-words")).to_have_text("Hello")
    await page.get_by_role("button", name="I have read this").click()
    await expect(page.locator("#announcement")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/reviewer", "/reviewer/results"])
async def test_reviewers_are_told_on_both_screens_with_script_and_without(site, browser, people, path):
    judge = await reviewer(site.context)
    for words in ("First", "Second"):
        await announce(site.context, words, "", None, BY_ITSELF)
    screen = await at_review(site, browser, judge, viewport={"width": 390, "height": 844})
    await screen.page.goto(site.url + path)
    await expect(screen.part("announcement-words")).to_have_text("First")
    await screen.page.get_by_role("button", name="I have read this").press("Enter")
    await expect(screen.part("announcement-words")).to_have_text("Second")
    await screen.page.evaluate("document.getElementById('announcement-form').submit()")  # as without script
    await screen.page.wait_for_url(f"**{path}")
    await expect(screen.part("announcement")).to_be_hidden()
    assert screen.errors == []


async def _shoot(page, name: str) -> None:
    if folder := os.environ.get("ANNOUNCEMENT_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")
