"""Every page at a phone's width, with names as long as they may be: landmarks, one row of pages, nothing wide.

Where Node.js is, axe's rules are asked too: of each page once, in a language and at a width that take turns; with
MANYEYES_EVERY_WIDTH=1 in all languages at all widths, which takes many minutes.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from manyeyes.console.shared.languages import LANGUAGES
from support.browser_visits import has_no_sideways_scroll, link
from support.full_house import FullHouse, fill
from support.served_site import Site

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 390, "height": 844}
WIDTHS: list[ViewportSize] = [PHONE, {"width": 768, "height": 1024}, {"width": 1280, "height": 800}]
EVERY_WIDTH = "MANYEYES_EVERY_WIDTH" in os.environ
ONE_ROW = 52  # pixels
AXE = Path(__file__).parents[1] / "published_clients" / "node" / "node_modules" / "axe-core" / "axe.min.js"
# What a screen reader, a thumb or an eye would stumble over.
STUMBLES = """({ oneRow }) => {
  const found = [];
  const isShown = (each) => each.checkVisibility({ visibilityProperty: true });
  // As accessible names are made (W3C accname): what is not displayed says nothing.
  const named = (each) => (each.getAttribute("aria-labelledby") ?? "").split(" ")
    .map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  const said = (each) => each.getAttribute("aria-label") || named(each) || each.innerText.trim()
    || [...each.querySelectorAll("img")].map((image) => image.alt).join(" ").trim();
  for (const each of document.querySelectorAll("a[href], button, summary")) {
    if (isShown(each) && !said(each)) found.push(`no name: ${each.outerHTML.slice(0, 60)}`);
  }
  const marks = {};
  for (const [role, selector] of [["region", "section[aria-label], section[aria-labelledby], [role=region]"],
    ["navigation", "nav"], ["form", "form[aria-label], form[aria-labelledby]"], ["main", "main"]]) {
    for (const each of [...document.querySelectorAll(selector)].filter(isShown)) {
      const name = each.getAttribute("aria-label") || named(each);
      (marks[`${role}: ${name}`] ??= []).push(each);
    }
  }
  for (const [name, every] of Object.entries(marks)) if (every.length > 1) found.push(`landmark twice: ${name}`);
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  for (const id of new Set(ids.filter((each, at) => ids.indexOf(each) !== at))) found.push(`id twice: ${id}`);
  const tabs = document.querySelector("nav.tabs");
  if (tabs && tabs.offsetHeight > oneRow) found.push(`pages in ${tabs.offsetHeight} pixels`);
  const here = tabs?.querySelector("[aria-current]")?.getBoundingClientRect();
  if (here && (here.left < -0.5 || here.right > innerWidth + 0.5)) found.push("the page shown is out of sight above");
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`sideways scroll: ${scrollWidth}`);
  for (const cell of document.querySelectorAll("tbody :is(th, td)")) {
    if (!isShown(cell) || cell.querySelector("svg")) continue;
    const words = document.createRange();
    words.selectNodeContents(cell);
    if (words.getBoundingClientRect().width > innerWidth * 0.75 && !cell.classList.contains("clip"))
      found.push(`wide cell: ${cell.textContent.trim().slice(0, 30)}`);
  }
  for (const each of document.querySelectorAll("main *")) {
    const style = getComputedStyle(each);
    if (isShown(each) && style.textOverflow === "ellipsis" && each.scrollWidth > each.clientWidth + 1
      && !each.closest("[title]") && each.clientWidth > 1)
      found.push(`shortened without a title: ${each.outerHTML.slice(0, 60)}`);
  }
  for (const each of document.querySelectorAll("input[name=from], input[name=to], input[name=since]"))
    if (each.type !== "date") found.push(`a date that is typed: ${each.name}`);
  return found;
}"""


async def stumbles(page: Page, turn: int) -> list[str]:
    """Return what is wrong with the page that is shown, at a phone's width, a tablet's and a desk's.

    ``turn``: the page's number and the language's together, which tell whether axe is asked now, and at which width.
    """
    found: list[str] = await page.evaluate(STUMBLES, {"oneRow": ONE_ROW})
    is_asked = AXE.exists() and (EVERY_WIDTH or turn % len(LANGUAGES) == 0)
    if is_asked:
        await page.add_script_tag(path=AXE)
    for n, size in enumerate(WIDTHS):
        await page.set_viewport_size(size)
        wrong = [] if await has_no_sideways_scroll(page) else ["sideways scroll"]
        if is_asked and (EVERY_WIDTH or n == turn // len(LANGUAGES) % len(WIDTHS)):
            wrong += await violations(page)
        found += [f"at {size['width']}: {each}" for each in wrong]
    await page.set_viewport_size(PHONE)
    return found


async def violations(page: Page) -> list[str]:
    """Return which of axe's rules the page breaks; its script is there already."""
    result: dict[str, Any] = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [f"axe {each['id']}: {each['nodes'][0]['target']}" for each in result["violations"]]


async def walk(site: Site, browser: Browser, house: FullHouse, language: str, turn: int) -> list[str]:
    """Return what is wrong with each page of everybody, in one language."""
    found = []
    for who, subject, paths in house.pages:
        context = await browser.new_context(viewport=PHONE, locale="en-US", bypass_csp=AXE.exists())
        page = await context.new_page()
        await page.goto(site.url + await link(site.context, subject))
        await page.wait_for_url(lambda url: "/login/" not in url)
        for n, path in enumerate(paths):
            await page.goto(f"{site.url}{path}{'&' if '?' in path else '?'}lang={language}")
            found += [f"{who} {path}: {each}" for each in await stumbles(page, turn + n)]
            called = await page.locator("nav.tabs a").all_text_contents()  # in closed menus too
            found += [f"{who} {path}: two pages are called {each}" for each in called if called.count(each) > 1]
        await context.close()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_page_makes_anybody_stumble(site: Site, browser: Browser, language: str):
    house = await fill(site)
    assert await walk(site, browser, house, language, list(LANGUAGES).index(language)) == []
