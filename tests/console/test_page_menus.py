"""The row of pages of workers, customers and operators: one row, nothing cut, menus by keyboard and without script."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import at_work, customer_subject, link, worker_subject
from support.screen_disputes import reviewer
from support.served_site import Site

pytestmark = pytest.mark.browser
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
OPERATORS = ("/operator", "/operator/accounts", "/operator/links", "/operator/recourse", "/operator/audit")
WORKERS = ("/worker", "/reviewer", "/worker/mine", "/worker/marks", "/reviewer/history", "/worker/keys")
CUSTOMERS = ("/customer", "/customer/jobs", "/customer/statement", "/customer/top-ups", "/customer/colleagues")
# What is wrong with the row: more than one, something cut, or the page that is shown not named in sight.
WRONG = """() => {
  const row = document.querySelector("nav.tabs"), found = [];
  if (row.offsetHeight > 56) found.push(`rows: ${row.offsetHeight}`);
  if (innerWidth > 1000 && row.scrollWidth > row.clientWidth + 1) found.push(`cut: ${row.scrollWidth}`);
  const here = row.querySelector("[aria-current]").getBoundingClientRect(), box = row.getBoundingClientRect();
  if (here.left < box.left - 1 || here.right > box.right + 1) found.push("here is out of sight");
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push("sideways scroll");
  return found;
}"""


async def signed_in(site: Site, browser: Browser, subject: Subject, **given) -> Page:
    page = await (await browser.new_context(**{"viewport": WIDE, "locale": "en-US", **given})).new_page()
    await page.goto(site.url + await link(site.context, subject))
    if given.get("java_script_enabled") is False:
        await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/login/" not in url)
    return page


@pytest.mark.parametrize("size", [WIDE, PHONE])
async def test_it_is_one_row_in_every_language(site: Site, browser: Browser, size):
    judge = await reviewer(site.context)
    customer = customer_subject(await factories.customer(site.context))
    rows = (Subject("operator", 0, 0), OPERATORS), (worker_subject(judge), WORKERS), (customer, CUSTOMERS)
    for subject, paths in rows:
        page = await signed_in(site, browser, subject, viewport=size)
        for language in LANGUAGES:
            for path in paths:
                await page.goto(f"{site.url}{path}?lang={language}")
                assert await page.evaluate(WRONG) == [], (path, language)
                await shoot(page, f"{path.strip('/').replace('/', '-')}-{language}-{size['width']}")


async def test_a_menu_opens_by_keyboard_and_escape_closes_it(site: Site, browser: Browser):
    judge = await reviewer(site.context)
    screen = await at_work(site, browser, judge)
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_focused()
    page, menu = screen.page, screen.page.locator(".page-menu")
    await menu.locator("summary").focus()
    await screen.press("Enter")
    await expect(menu.get_by_role("link", name="My accuracy")).to_be_visible()
    await shoot(page, "worker-menu")
    await screen.press("Tab")
    await screen.press("Escape")
    await expect(menu.get_by_role("link", name="My accuracy")).to_be_hidden()
    await expect(menu.locator("summary")).to_be_focused()
    await expect(screen.part("waiting-title")).to_be_visible()
    await screen.press("Enter")
    await page.get_by_role("link", name="Upsetting pictures").click()
    await expect(page.locator("nav.tabs summary")).to_contain_text("About me: Upsetting pictures")
    await page.emulate_media(color_scheme="dark")
    await page.locator("nav.tabs summary").click()
    await shoot(page, "worker-menu-dark")
    await page.mouse.click(600, 600)
    await expect(page.locator(".page-sheet")).to_be_hidden()
    assert screen.errors == []


@pytest.mark.parametrize("size", [WIDE, PHONE, {"width": 640, "height": 400}])
async def test_without_script_every_page_of_the_operator_is_reached(site: Site, browser: Browser, size):
    page = await signed_in(site, browser, Subject("operator", 0, 0), java_script_enabled=False, viewport=size)
    for menu, name in (("Customers", "Soft apps"), ("Who works", "Asked for a link"), ("This house", "Audit trail")):
        await page.locator("nav.tabs summary", has_text=menu).click()
        await shoot(page, f"operator-{menu.replace(' ', '-')}-{size['width']}")
        await page.get_by_role("link", name=name).click()
        await expect(page.locator("nav.tabs summary[aria-current]")).to_contain_text(f"{menu}: {name}")


async def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("MENU_SHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")
