"""Drawings serve everybody: who cannot see them, who prints them, who runs no script."""

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import customer_subject, link
from support.recognition_results import open_app, open_recognition, record, some
from support.served_site import Site

DAYS = 10


@pytest.fixture
async def pages(site: Site, browser) -> dict[str, Any]:
    """The three pages with drawings in a browser without script, each by its name."""
    customer = await factories.customer(site.context)
    app = await open_app(site.context, customer)
    recognition = await open_recognition(site.context, app)
    now = datetime.now(UTC)
    await record(site.context, app, recognition, some(random.Random(5), 400, now - timedelta(days=DAYS), now))
    found = {}
    for name, subject, path in (
        ("statement", customer_subject(customer), "/customer/statement"),
        ("recognition", customer_subject(customer), f"/customer/recognitions/{recognition.task_id}"),
        ("calibration", Subject("operator", 0, 0), f"/operator/recognition/{recognition.task_id}"),
    ):
        browser_context = await browser.new_context(
            locale="en-US", java_script_enabled=False, color_scheme="dark", viewport={"width": 1000, "height": 800}
        )
        page = await browser_context.new_page()
        await page.goto(site.url + await link(site.context, subject))
        await page.locator("main form button").click()
        await page.goto(site.url + path)
        found[name] = page
    return found


@pytest.mark.browser
async def test_a_drawing_is_one_named_picture_and_a_table_beside_it_says_the_same(pages: dict[str, Any]):
    for name, drawings, rows in (("statement", 2, 28), ("recognition", 3, 30), ("calibration", 1, 1)):
        page = pages[name]
        named = page.locator("figure.chart").get_by_role("img", name=re.compile(r"\w+ \w+"))
        await expect(named).to_have_count(drawings)
        await expect(page.locator("figure.chart svg")).to_have_count(drawings)
        table = page.locator("section:has(figure.chart) details.more table")
        await expect(table).to_have_count(1)
        assert await table.locator("tbody tr").count() >= rows, name


@pytest.mark.browser
async def test_on_paper_there_are_no_controls_and_the_tables_are_open(pages: dict[str, Any]):
    for name, page in pages.items():
        rows = page.locator("details.more table tbody tr")
        await expect(rows.last).to_be_hidden()
        await page.emulate_media(media="print", color_scheme="dark")
        await expect(rows.last).to_be_visible()
        await expect(page.locator("figure.chart svg").first).to_be_visible()
        for control in ("header.bar", "form.filters", "nav.steps", "nav.pills", "a.button"):
            for each in await page.locator(control).all():
                await expect(each).to_be_hidden()
        paper = await page.locator("section.card").first.evaluate("e => getComputedStyle(e).backgroundColor")
        assert paper == "rgb(255, 255, 255)", name
