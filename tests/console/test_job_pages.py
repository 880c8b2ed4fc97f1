"""A job on the customer's pages: from files to results, with a worker at the other end; what goes wrong on the way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from support import factories
from support.browser_visits import customer_subject, link
from support.factories import Customer
from support.served_site import Site

pytestmark = pytest.mark.browser


async def at_jobs(site: Site, browser: Any, customer: Customer, path: str = "/customer/jobs", **given: Any) -> Page:
    """Sign the customer in and open a page of theirs."""
    page = await (await browser.new_context(**{"locale": "en-US", **given})).new_page()
    page.set_default_timeout(15_000)
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    await page.goto(site.url + path)
    return page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three pictures, and a file that is none."""
    for number in ("101", "202", "303"):
        (tmp_path / f"meter {number}.png").write_bytes(factories.picture_bytes(number))
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


async def test_a_job_from_a_folder_to_its_results(site: Site, browser: Any, people: Any, folder: Path):
    customer, hand = people
    page = await at_jobs(site, browser, customer)
    await page.get_by_role("link", name="New job").click()
    await page.set_input_files("#pick-folder", folder)
    await expect(page.locator("#items")).to_have_text("3")
    await page.fill("#q-words", "What does it say?")
    await page.fill("#name", "Meters")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await page.click("#start")
    await expect(page.locator("#state")).to_have_text("Running")
    for _ in range(3):
        while True:
            try:
                leased = await factories.taken(site.context, hand)
                break
            except AssertionError:
                await asyncio.sleep(0.2)
        print(leased.options)
        break
