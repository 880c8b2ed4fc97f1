"""How far people agree, on the page of a job (by pseudonyms) and on the operator's of a queue (by names)."""

import csv
import io
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from manyeyes.workers.store import Subject
from support import factories
from support.agreeing_people import LABELLED, PETS, agreed_job
from support.browser_visits import customer_subject, link
from support.job_calls import JobCustomer, items
from support.served_site import Site
from support.several_hands import Hands, hands

pytestmark = pytest.mark.browser
CARELESS = 60  # labels: enough to see who differs


@pytest.fixture
async def client(site: Site) -> AsyncIterator[Any]:
    async with httpx.AsyncClient(base_url=site.url, timeout=30) as client:
        client.context = site.context  # type: ignore[attr-defined]
        yield client


async def opened(site: Site, browser: Any, subject: Subject, path: str, **given: Any) -> Page:
    """Sign somebody in, without script, and open a page."""
    page: Page = await (await browser.new_context(locale="en-US", java_script_enabled=False, **given)).new_page()
    await page.goto(site.url + await link(site.context, subject))
    await page.get_by_role("button", name="Sign in").click()
    await page.goto(site.url + path)
    return page


async def test_a_customer_sees_who_differs_and_no_name(site: Site, browser: Any, client: Any, customer: Any):
    caller = JobCustomer(client, customer)
    job_id = await agreed_job(caller, await hands(client, 3), CARELESS)
    page = await opened(site, browser, customer_subject(customer), f"/customer/jobs/{job_id}")
    await page.click("#agreement")
    await expect(page.locator(".compared")).to_have_text(str(CARELESS))
    rows = page.locator("table.people tbody tr")
    await expect(rows).to_have_count(3)
    await expect(rows.first).to_contain_text("differs from the others")
    await expect(page.locator(".differs")).to_have_count(1)
    for name in await page.locator("table.people tbody th bdi").all_text_contents():
        assert re.fullmatch(r"w-[A-Z2-7]{8}", name)
    await expect(page.locator("table.labels tbody tr")).to_have_count(2)
    await expect(page.locator("#csv")).to_have_attribute("href", f"/v1/jobs/{job_id}/agreement.csv")


async def test_the_page_is_within_a_phone_s_width_in_every_language(
    site: Site, browser: Any, client: Any, customer: Any, tmp_path: Path
):
    job_id = await agreed_job(JobCustomer(client, customer), await hands(client, 3))
    for language in ("en-US", "vi-VN", "th-TH", "id-ID", "zh-CN"):
        phone = {"viewport": {"width": 360, "height": 740}}
        opened_at = await browser.new_context(locale=language, java_script_enabled=False, **phone)
        page = await opened_at.new_page()
        await page.goto(site.url + await link(site.context, customer_subject(customer)))
        await page.locator("main form button").first.click()
        await page.goto(f"{site.url}/customer/jobs/{job_id}/agreement")
        await expect(page.locator(".compared")).to_have_text(str(LABELLED))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        wide = "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth).length"
        assert await page.evaluate(wide) == 0, "no table needs scrolling sideways"
        await page.screenshot(path=tmp_path / f"{language}.png", full_page=True)
        if folder := os.environ.get("MANYEYES_PICTURES"):
            await page.screenshot(path=f"{folder}/agreement-{language}.png", full_page=True)


async def test_a_job_of_somebody_else_leads_to_the_list(site: Site, browser: Any, client: Any, customer: Any):
    job_id = await JobCustomer(client, customer).draft(items(1))
    other = await factories.customer(site.context)
    page = await opened(site, browser, customer_subject(other), f"/customer/jobs/{job_id}/agreement")
    assert page.url == f"{site.url}/customer/jobs"


async def test_the_operator_sees_a_queue_by_names_and_as_a_table(site: Site, browser: Any, client: Any, customer: Any):
    people = await hands(client, 3)
    await agreed_job(JobCustomer(client, customer), people)
    page = await opened(site, browser, Subject("operator", 0, 0), "/operator")
    await page.get_by_role("link", name="How far people agree: English ImageToText").click()
    await expect(page.get_by_role("heading", name="One label of several")).to_contain_text("cat, dog")
    await expect(page.locator(".compared")).to_have_text(str(LABELLED))
    shown = await page.locator("table.people tbody th bdi").all_text_contents()
    assert sorted(shown) == sorted(names(people))
    got = await page.request.get(f"{page.url}.csv")
    assert got.headers["content-disposition"] == 'attachment; filename="queue-1.agreement.csv"'
    rows = list(csv.DictReader(io.StringIO((await got.body()).decode("utf-8-sig"))))
    assert {row["question"] for row in rows} == {"label cat, dog"}
    assert sorted(row["of"] for row in rows if row["figure"] == "person") == sorted(names(people))
    missing = await page.request.get(f"{site.url}/operator/queues/999/agreement")
    assert missing.status == 404


async def test_a_queue_without_answers_says_so(site: Site, browser: Any):
    page = await opened(site, browser, Subject("operator", 0, 0), "/operator/queues/1/agreement")
    await expect(page.locator(".empty")).to_have_text("No picture has two answers yet.")


def names(people: Hands) -> list[str]:
    """Return how the operator sees them."""
    return [f"{hand.worker.name} {hand.worker.worker_id}" for hand in people.hands]


async def test_a_draft_says_what_to_expect(site: Site, browser: Any, client: Any, customer: Any, tmp_path: Path):
    await hands(client, 3)
    caller = JobCustomer(client, customer)
    job_id = await caller.draft(items(20), question=PETS, terms={"answers": 3, "answers_at_most": 5})
    page = await opened(site, browser, customer_subject(customer), f"/customer/jobs/{job_id}")
    await expect(page.locator("#expected-accuracy")).to_contain_text(re.compile(r"8\d(\.\d)?%"))
    await expect(page.locator("#expected-known")).to_contain_text("Nothing is known yet of this queue's people")
    await expect(page.locator("#expected-people dd")).to_have_text(re.compile(r"^3\.\d\d$"))
    await expect(page.locator("#expected-time")).to_have_count(0)
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.locator("section", has=page.locator("#cost")).screenshot(path=tmp_path / "expected.png")
