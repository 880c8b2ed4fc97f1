"""Visits to the pages of jobs, and what became of a job there."""

import asyncio
import csv
import io
from typing import Any

from playwright.async_api import Page, expect

from support.browser_visits import customer_subject, link
from support.factories import Customer
from support.served_site import Site


async def at_jobs(site: Site, browser: Any, customer: Customer, path: str = "/customer/jobs", **given: Any) -> Page:
    """Sign the customer in and open a page of theirs."""
    page: Page = await (await browser.new_context(**{"locale": "en-US", **given})).new_page()
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    if not given.get("java_script_enabled", True):
        await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{site.url}/customer")
    await page.goto(site.url + path)
    return page


async def kept(page: Page) -> None:
    """Wait until what was typed is kept."""
    await expect(page.locator("#saved")).to_have_text("Saved")


async def started(page: Page) -> None:
    """Press start, and wait for the job's own page."""
    await page.click("#start")
    await expect(page.locator("#state")).to_have_text("Running")


async def job_row(site: Site) -> Any:
    """Return the only job as it is stored, with what it asks."""
    async with site.context.cells.pool(1).acquire() as db:
        (row,) = await db.fetch(
            "SELECT j.*, q.kind, q.options::text AS options, q.instructions FROM job AS j "
            "JOIN question AS q ON q.cell = j.cell AND q.question_id = j.question_id"
        )
        return row


async def table_of(page: Page, site: Site, job_id: int) -> list[dict[str, str]]:
    """Download the results as the page's link does."""
    async with page.expect_download() as download:
        await page.click("#csv")
    text = await asyncio.to_thread((await (await download.value).path()).read_text, "utf-8-sig")
    assert (await download.value).suggested_filename == f"job-{job_id}.csv"
    return list(csv.DictReader(io.StringIO(text)))
