"""Phones, languages, schemes, and that everything has a name: what a person can see and a screen reader can say."""

import pytest
from playwright.async_api import expect

from manyeyes.console.shared.languages import LANGUAGES, catalogue
from manyeyes.workers.store import Subject
from support import factories, proven_sites
from support.browser_visits import PHONE, at_work, customer_subject, has_no_sideways_scroll, link, send
from support.served_site import Site

pytestmark = pytest.mark.browser
# Elements a person operates that a screen reader could not name.
NAMELESS = """() => [...document.querySelectorAll("input:not([type=hidden]), select, button, a[href], summary, img")]
    .filter((each) => !(each.labels?.length || each.getAttribute("aria-label") || each.alt || each.textContent.trim()))
    .map((each) => each.outerHTML)"""
# Visible controls that a finger would miss (WCAG 2.2, 2.5.8 asks for 24 pixels).
SMALL = """() => [...document.querySelectorAll("input:not([type=hidden]), select, button, summary.look")]
    .filter((each) => each.checkVisibility())
    .map((each) => [each.id || each.name || each.textContent.trim(), each.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
    .map(([name]) => name)"""


@pytest.fixture
async def people(site: Site) -> tuple[factories.Customer, factories.Hand]:
    return await factories.customer(site.context), await factories.hand(site.context)


async def visit(site: Site, browser, subject, **browser_context):
    page = await (await browser.new_context(**{"locale": "en-US", **browser_context})).new_page()
    await page.goto(site.url + await link(site.context, subject))
    await page.wait_for_url(lambda url: "/login/" not in url)
    return page


async def test_a_phone_shows_everything_without_sideways_scroll(site: Site, browser, people):
    customer, hand = people
    comment = "Type the five digits of the counter, without the red one, from left to right"
    await send(site, customer, numeric=1, phrase=True, min_length=3, max_length=9, comment=comment)
    screen = await at_work(site, browser, hand, **PHONE)
    assert await has_no_sideways_scroll(screen.page)
    await screen.part("start").tap()
    await expect(screen.part("picture")).to_be_visible()
    for language in LANGUAGES:
        await screen.page.goto(f"{site.url}/worker?lang={language}&text=largest")
        await expect(screen.part("answer")).to_be_visible()
        assert await has_no_sideways_scroll(screen.page), language
    assert await screen.page.evaluate(SMALL) == []


async def test_the_box_is_in_sight_above_the_keyboard_of_a_phone(site: Site, browser, people):
    customer, hand = people
    await send(site, customer, comment="The name under the arms")
    above_keyboard = PHONE | {"viewport": {"width": 360, "height": 380}}
    screen = await at_work(site, browser, hand, **above_keyboard)
    await screen.part("start").tap()
    for part in ("picture", "ask", "comment-text", "answer", "send"):
        await expect(screen.part(part)).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_screen_speaks(site: Site, browser, people, language):
    customer, hand = people
    await send(site, customer, numeric=1, min_length=2)
    screen = await at_work(site, browser, hand)
    await screen.page.goto(f"{site.url}/worker?lang={language}")
    await expect(screen.page.locator("html")).to_have_attribute("lang", language)
    say = catalogue(language).ugettext
    await expect(screen.part("start")).to_have_text(say("Start working"))
    await screen.start()
    await expect(screen.part("ask")).to_have_text(say("Type the digits you see"))
    await expect(screen.part("hint")).to_have_text(say("Type the answer, then press Enter"))
    await screen.type("1")
    more = catalogue(language).ungettext("%(n)s more character is needed", "%(n)s more characters are needed", 1)
    await expect(screen.part("hint")).to_have_text(more % {"n": 1})
    await screen.page.goto(f"{site.url}/worker")
    await expect(screen.page.locator("html")).to_have_attribute("lang", language)
    assert screen.errors == []


async def test_colours_follow_the_system_until_somebody_chooses(site: Site, browser, people):
    _, hand = people
    paper = "getComputedStyle(document.body).backgroundColor"
    light = await at_work(site, browser, hand, color_scheme="light")
    dark = await at_work(site, browser, hand, color_scheme="dark")
    white, black = await light.page.evaluate(paper), await dark.page.evaluate(paper)
    assert white != black
    await dark.page.get_by_label("Settings").click()
    async with dark.page.expect_response("**/look"):
        await dark.page.get_by_label("Colours").select_option("light")
    assert await dark.page.evaluate(paper) == white
    await dark.page.reload()
    assert await dark.page.evaluate(paper) == white


async def test_nothing_moves_for_who_wants_it_still(site: Site, browser, people):
    _, hand = people
    screen = await at_work(site, browser, hand, reduced_motion="reduce")
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await screen.page.evaluate("document.getAnimations().length") == 0


async def test_everything_has_a_name(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    assert await screen.page.evaluate(NAMELESS) == []
    await screen.start()
    await expect(screen.part("answer")).to_be_focused()
    assert await screen.page.evaluate(NAMELESS) == []
    for path in ("/", "/help"):
        await screen.page.goto(site.url + path)
        assert await screen.page.evaluate(NAMELESS) == []
    page = await visit(site, browser, customer_subject(customer), **PHONE)
    for path in ("/customer", "/customer/statement"):
        await page.goto(site.url + path)
        assert await page.evaluate(NAMELESS) == []
        assert await has_no_sideways_scroll(page), path


async def test_the_focus_is_seen(site: Site, browser, people):
    _, hand = people
    screen = await at_work(site, browser, hand)
    focused = "document.activeElement.outerHTML.slice(0, 40)"
    seen = set()
    for _ in range(6):
        await screen.press("Shift+Tab")
        if await screen.page.evaluate("document.activeElement !== document.body"):
            seen.add(await screen.page.evaluate(focused))
            outline = await screen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", await screen.page.evaluate(focused)
    assert len(seen) >= 3


async def test_an_operator_sees_queues_and_health(site: Site, browser, people):
    customer, _ = people
    await send(site, customer)
    await proven_sites.add_proven_site(site.context, customer.account_id)
    page = await visit(site, browser, Subject("operator", 0, 0), **PHONE)
    await expect(page.locator("#queues")).to_contain_text("English ImageToText")
    await expect(page.locator(".checks li.good")).to_have_count(4)
    for path, told in (("", ""), ("/sites", "shop.example"), ("/accounts", "$9.9993")):
        await page.goto(f"{site.url}/operator{path}")
        await expect(page.locator("main")).to_contain_text(told)
        assert await page.evaluate(NAMELESS) == []
        assert await has_no_sideways_scroll(page)
