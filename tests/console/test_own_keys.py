"""Keys of the screens, set by whoever works there: by keyboard alone, refused with a reason, and shown as they are."""

import os

import pytest
from playwright.async_api import Page, expect

from manyeyes.console.shared.languages import LANGUAGES
from support import factories
from support.browser_visits import at_review, at_work, has_no_sideways_scroll, link, send, worker_subject
from support.in_process_client import Client
from support.screen_disputes import complaint, reviewer

OWN = {"origin": "http://manyeyes.test"}


async def press_for(page: Page, name: str, key: str) -> None:
    """Set a key by keyboard alone, on the page of keys."""
    button = page.locator(f"#key-{name} button")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(button).to_have_text("Press the new key…")
    await page.keyboard.press(key)


@pytest.mark.browser
async def test_a_worker_sets_keys_and_works_by_them_on_another_machine(site, browser, people):
    customer, hand = people
    screen = await at_work(site, browser, hand, viewport={"width": 390, "height": 844})
    page = screen.page
    await page.locator(".look > summary").click()
    await page.get_by_role("link", name="Set your own keys").click()
    await press_for(page, "skip", "F2")
    await expect(page.locator("#now-skip")).to_have_text("F2")
    await expect(page.locator("#key-skip button")).to_be_focused()
    await press_for(page, "whole", "F2")
    await expect(page.locator("#fault")).to_have_text("F2 is not free: it does this already: Skip")
    await press_for(page, "whole", "Alt+d")
    await expect(page.locator("#fault")).to_have_text("Alt D is not free: browsers or the system need it.")
    await press_for(page, "whole", "w")
    await expect(page.locator("#fault")).to_contain_text("w is not free: it is needed for typing")
    await expect(page.locator("#now-whole")).to_have_text("Alt A")
    assert await has_no_sideways_scroll(page)
    await _shoot(page, "keys-phone")
    other = await at_work(site, browser, hand)
    await other.start()
    await send(site, customer)
    await expect(other.part("answer")).to_be_focused()
    await expect(other.part("skip").locator("kbd")).to_have_text("F2")
    await expect(other.page.locator("dl.keys kbd", has_text="F2")).to_have_count(1)
    await other.press("Escape")
    await expect(other.part("answer")).to_be_focused()
    await other.press("F2")
    await expect(other.part("waiting-title")).to_be_visible()
    await page.get_by_role("button", name="All keys as they were").click()
    await expect(page.locator("#now-skip")).to_have_text("Esc")
    assert (screen.errors, other.errors) == ([], [])


@pytest.mark.browser
async def test_a_reviewer_judges_by_a_key_of_their_own(site, browser, people):
    customer, hand = people
    judge = await reviewer(site.context)
    await complaint(site.context, customer, hand, "first")
    screen = await at_review(site, browser, judge)
    await screen.page.goto(site.url + "/worker/keys")
    await press_for(screen.page, "judge_wrong", "F9")
    await expect(screen.page.locator("#now-judge_wrong")).to_have_text("F9")
    await screen.page.goto(site.url + "/reviewer")
    await screen.start()
    await screen.shown("first")
    await expect(screen.part("wrong").locator("kbd")).to_have_text("F9")
    await screen.press("ArrowLeft")
    await expect(screen.part("receipt")).to_have_text("")
    await screen.press("F9")
    await expect(screen.part("receipt")).to_contain_text("You said: wrong")
    assert screen.errors == []


async def test_forms_are_judged_by_the_server_and_each_keeps_their_own(client: Client):
    ada, ben = await factories.hand(client.context), await factories.hand(client.context)
    await client.post(await link(client.context, worker_subject(ada)), headers=OWN)
    for name, key, status in (
        ("skip", "F2", 303),
        ("skip", "\x00" * 50, 422),
        ("skip", "<b>" * 3_000, 422),
        ("undo", "F2", 422),
        ("nothing", "F4", 303),
        ("", "", 303),
    ):
        reply = await client.post("/worker/keys", data={"action": name, "key": key}, headers=OWN)
        assert reply.status_code == status, (name, key)
        assert "<b><b>" not in reply.text
    page = (await client.get("/worker/keys")).text
    assert page.count('class="changed"') == 1
    assert 'id="key-judge_wrong"' not in page
    client.cookies.clear()
    await client.post(await link(client.context, worker_subject(ben)), headers=OWN)
    assert 'class="changed"' not in (await client.get("/worker/keys")).text


@pytest.mark.browser
async def test_the_page_fits_a_phone_in_every_language(site, browser, people):
    judge = await reviewer(site.context)
    screen = await at_work(site, browser, judge, viewport={"width": 390, "height": 844})
    for language in LANGUAGES:
        await screen.page.set_extra_http_headers({"accept-language": language})
        await screen.page.context.clear_cookies(name="manyeyes_look")
        await screen.page.goto(site.url + "/worker/keys")
        assert await has_no_sideways_scroll(screen.page), language


async def _shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("KEY_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)
