"""Visits: signing somebody in on a browser, and what a person at the worker screen does and sees."""

import re
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, Route, expect

from manyeyes.accounts.rules import digest, new_token
from manyeyes.actions.submit_tasks import Submitted
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import ImageOptions
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
from support import factories
from support.factories import Customer, Hand
from support.served_site import Site

ENGLISH = {"locale": "en-US", "viewport": {"width": 1280, "height": 800}}
PHONE = {"locale": "en-US", "viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


async def link(context: Context, subject: Subject, seconds: float = 3600) -> str:
    """Return the path of a fresh one-time link."""
    secret = new_token()
    async with context.cells.directory.acquire() as db:
        await workers.insert_credential(db, digest(secret), "link", subject, seconds)
    return f"/login/{secret}"


def worker_subject(hand: Hand) -> Subject:
    """Return the subject that a worker's link signs in."""
    return Subject("worker", hand.worker.worker_id, 0)


def customer_subject(customer: Customer) -> Subject:
    """Return the subject that a customer's link signs in."""
    return Subject("customer", customer.account_id, customer.cell)


async def send(site: Site, customer: Customer, text: str = "12345", **options: Any) -> int:
    """Submit a picture of ``text`` with image options; return the task's serial."""
    submitted = await factories.submit(
        site.context, customer, picture=factories.picture(text), options=ImageOptions(**{"case": False, **options})
    )
    assert isinstance(submitted, Submitted), submitted
    return submitted.task_id


class Screen:
    """The worker screen in one browser context, with the errors that its script or its security policy raised."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site, self.page = site, page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if "Content Security Policy" in m.text else None)

    @property
    def browser_context(self) -> BrowserContext:
        """Return the page's browser context."""
        return self.page.context

    def part(self, name: str) -> Locator:
        """Return an element by its id."""
        return self.page.locator(f"#{name}")

    async def start(self) -> None:
        """Press Enter on the focused start button."""
        await expect(self.part("start")).to_be_focused()
        await self.page.keyboard.press("Enter")

    async def asked(self, text: str) -> None:
        """Wait until the question is ``text`` and the box has the focus."""
        await expect(self.part("ask")).to_have_text(text)
        await expect(self.part("answer")).to_be_focused()

    async def type(self, text: str) -> None:
        """Type into the focused element."""
        await self.page.keyboard.type(text)

    async def press(self, key: str) -> None:
        """Press a key."""
        await self.page.keyboard.press(key)

    async def hold(self, calls: str, key: str) -> Route:
        """Press a key, and return the call that follows from it, which is held up."""
        held: list[Route] = []
        await self.page.route(calls, lambda route: held.append(route))
        await self.press(key)
        while not held:
            await self.page.wait_for_timeout(10)
        return held[0]

    async def answer(self, text: str) -> None:
        """Type and press Enter, then wait until the server has taken it."""
        await self.type(text)
        await self.press("Enter")
        await expect(self.part("receipt")).to_contain_text(text)

    async def lease(self) -> str:
        """Return the lease that is shown."""
        await expect(self.part("main")).to_have_attribute("data-lease", re.compile("."))
        return await self.part("main").get_attribute("data-lease") or ""


async def at_work(site: Site, browser: Browser, hand: Hand, **browser_context: Any) -> Screen:
    """Sign the worker in by a one-time link; the screen offers them to start."""
    page = await (await browser.new_context(**{**ENGLISH, **browser_context})).new_page()
    screen = Screen(site, page)
    await page.goto(site.url + await link(site.context, worker_subject(hand)))
    await page.wait_for_url("**/worker*")
    return screen


class ReviewScreen(Screen):
    """The reviewer screen in one browser context."""

    async def shown(self, text: str) -> None:
        """Wait until the answer ``text`` is shown and may be judged."""
        await expect(self.part("given")).to_have_text(text)
        await expect(self.part("main")).to_have_attribute("data-ready", "")

    async def slot(self) -> str:
        """Return the slot that is shown."""
        await expect(self.part("main")).to_have_attribute("data-slot", re.compile("."))
        return await self.part("main").get_attribute("data-slot") or ""


async def at_review(site: Site, browser: Browser, judge: Hand, **browser_context: Any) -> ReviewScreen:
    """Sign the reviewer in by a one-time link; the screen offers them to start."""
    page = await (await browser.new_context(**{**ENGLISH, **browser_context})).new_page()
    screen = ReviewScreen(site, page)
    await page.goto(site.url + await link(site.context, worker_subject(judge)))
    await page.wait_for_url("**/worker*")
    await page.goto(site.url + "/reviewer")
    return screen


async def at_results(site: Site, browser: Browser, judge: Hand, **browser_context: Any) -> Screen:
    """Sign the reviewer in by a one-time link; the screen offers them to start deciding results."""
    screen = await at_review(site, browser, judge, **browser_context)
    await screen.page.goto(site.url + "/reviewer/results")
    return screen


async def has_no_sideways_scroll(page: Page) -> bool:
    """Tell whether the page is no wider than its window."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


async def regions_beside(page: Page) -> list[str]:
    """Return the titles of the parts of a page that scroll sideways by themselves: what is in them lies beside it."""
    wide = "found => found.filter(e => e.scrollWidth > e.clientWidth).map(e => e.getAttribute('aria-labelledby') ?? '')"
    return list(await page.locator(".scroll").evaluate_all(wide))
