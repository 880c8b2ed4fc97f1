"""What cannot be taken back asks first, on every page, and without script too."""

import re

import pytest
from playwright.async_api import Browser, expect

from support.browser_visits import link
from support.full_house import fill
from support.served_site import Site

pytestmark = pytest.mark.browser
# Forms that end something or pay somebody, and the field of their buttons where other buttons of theirs do not.
FINAL = (
    'form[action="/operator/recognition"] button[name="closed"][value="yes"]',
    'form[action="/operator/app"] button[value="yes"]',
    'form[action="/operator/people/decide"] button',
    'form[action="/operator/certainty/anew"] button',
    'form[action^="/sessions/end"] button',
    'form[action^="/customer/tasks/"][action$="/cancel"] button',
)


async def test_no_final_button_acts_at_one_touch(site: Site, browser: Browser):
    house, seen = await fill(site), set()
    for who, subject, paths in house.pages:
        context = await browser.new_context(java_script_enabled=False, locale="en-US")
        page = await context.new_page()
        await page.goto(site.url + await link(site.context, subject))
        await page.locator("main form button").click()
        for path in paths:
            await page.goto(site.url + path)
            for final in FINAL:
                for button in await page.locator(final).all():
                    seen.add(final)
                    await expect(button, f"{who} {path}").to_be_hidden()
                    await button.locator("xpath=ancestor::details[@class='asks']/summary").click()
                    await expect(button, f"{who} {path}").to_be_visible()
        await context.close()
    assert seen == set(FINAL)


async def test_a_recognition_is_closed_by_two_presses_without_script(site: Site, browser: Browser):
    house = await fill(site)
    _, subject, paths = house.pages[1]
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, subject))
    await page.locator("main form button").click()
    await page.goto(site.url + next(path for path in paths if re.fullmatch(r"/operator/recognition/[^/]+", path)))
    asking = page.locator("details.asks")
    await asking.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(asking).to_contain_text("From then on every call for it is refused.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Open again")).to_be_visible()
