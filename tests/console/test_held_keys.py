"""Keys that must not act: held down, an input method's, without a choice; and Esc, which asks before it loses any."""

import pytest
from playwright.async_api import expect

from support.browser_visits import Screen, at_review, at_work, send
from support.label_tasks import MANY, send_labels
from support.screen_disputes import complaint, reviewer
from support.served_site import Site

pytestmark = pytest.mark.browser
# The Enter that ends a word, as a browser reports it that does so late: after the word's end, by this number alone.
LATE_ENTER = """element => element.dispatchEvent(new KeyboardEvent("keydown",
    {key: "Enter", code: "Enter", keyCode: 229, bubbles: true, cancelable: true}))"""
HELD = """([element, key]) => { for (let n = 0; n < 8; n += 1) element.dispatchEvent(new KeyboardEvent("keydown",
    {key, code: key, bubbles: true, cancelable: true, repeat: n > 0})); }"""


async def skips(screen: Screen) -> list[str]:
    """Return the addresses of the skips that the page sends from now on, as they come."""
    sent: list[str] = []
    screen.page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/skips") else None)
    return sent


async def hold(screen: Screen, key: str) -> None:
    """Hold a key down in the element that has the focus."""
    focused = await screen.page.evaluate_handle("document.activeElement")
    await screen.page.evaluate(HELD, [focused, key])


async def test_escape_held_down_skips_one_picture(site: Site, browser, people):
    customer, hand = people
    for text in ("first", "second", "third"):
        await send(site, customer, text)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    sent = await skips(screen)
    first = await screen.lease()
    await hold(screen, "Escape")
    await expect(screen.part("receipt")).to_have_text("Skipped")
    assert await screen.lease() != first
    assert len(sent) == 1


async def test_escape_with_a_text_asks_and_escape_again_goes_on_with_it(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    sent = await skips(screen)
    await screen.type("half")
    await screen.press("Escape")
    await expect(screen.part("skip-menu")).to_be_visible()
    await expect(screen.part("notice")).to_contain_text("would be lost")
    await screen.press("Escape")
    await expect(screen.part("notice")).to_be_hidden()
    await expect(screen.part("answer")).to_be_focused()
    await expect(screen.part("answer")).to_have_value("half")
    assert sent == []
    await screen.press("Escape")
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_have_text("Skipped")
    assert len(sent) == 1


async def test_of_many_labels_neither_a_bare_enter_nor_an_input_methods_picks_one(site: Site, browser, people):
    customer, hand = people
    await send_labels(site.context, customer, MANY)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("labels")).to_have_attribute("data-ready", "")
    lease = await screen.lease()
    await screen.press("Enter")
    await expect(screen.part("hint")).to_have_attribute("data-tone", "warn")
    await screen.part("find").fill("a")
    await screen.part("find").evaluate(LATE_ENTER)
    assert await screen.lease() == lease
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_contain_text("Chosen:")


async def test_the_late_enter_of_an_input_method_sends_no_text(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.type("word")
    taken = await screen.part("answer").evaluate(LATE_ENTER)
    assert taken is False, "the box keeps the browser from sending the form"
    await expect(screen.part("answer")).to_have_value("word")
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_contain_text("word")


async def test_an_input_methods_key_judges_nothing(site: Site, browser, people):
    customer, author = people
    await complaint(site.context, customer, author, "alpha")
    screen = await at_review(site, browser, await reviewer(site.context))
    await screen.start()
    await screen.shown("alpha")
    slot = await screen.slot()
    await screen.part("job").evaluate(LATE_ENTER.replace('"Enter"', '"ArrowLeft"'))
    await screen.page.wait_for_timeout(300)
    assert await screen.slot() == slot
    await screen.press("ArrowLeft")
    await expect(screen.part("receipt")).to_contain_text("wrong")
