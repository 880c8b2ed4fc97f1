"""How many people a customer asks for, on their pages: chosen with its price, and told with how sure they are."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from manyeyes.actions.change_queues import ChangeQueue, change_queues
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.console.shared.languages import LANGUAGES
from support import factories
from support.answering_people import answering
from support.browser_visits import has_no_sideways_scroll
from support.factories import Customer
from support.job_visits import at_jobs, job_row, kept
from support.served_site import Site

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


async def looked_at(page: Page, name: str) -> None:
    """Leave a picture of the page where a folder for them is named."""
    if folder := os.environ.get("MANYEYES_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def test_three_people_are_chosen_and_uncertain_results_are_found(
    site: Site, browser: Any, customer: Customer, folder: Path
):
    async with answering(site, "101", "1", "303"), answering(site, "101", "2", "303"), answering(site, "101", "3", "4"):
        page = await at_jobs(site, browser, customer, "/customer/jobs/new")
        await page.set_input_files("#pick-folder", folder)
        await expect(page.locator("#total")).to_have_text("$0.0021")
        await page.check("input[name=people][value=three]")
        await expect(page.locator("#total")).to_have_text("$0.0084")
        await expect(page.locator("#cost")).to_contain_text("3 × $0.0028 a picture: 3 to 4 people.")
        await kept(page)
        await looked_at(page, "builder-three")
        await page.check("input[name=people][value=sure]")
        await expect(page.locator("#wrong-share")).to_have_value("0.05")
        await page.select_option("#wrong-share", "0.1")
        await expect(page.locator("#cost")).to_contain_text(
            "2 to 7 people, until at most 10% of such results are wrong"
        )
        await page.check("#reviewed")
        await kept(page)
        await looked_at(page, "builder-sure")
        terms = (await job_row(site))["terms"]
        assert ('"wrong_at_most": 0.1' in terms, "review" in terms) == (True, True)
        await page.check("input[name=people][value=three]")
        await expect(page.locator("#total")).to_have_text("$0.0084")
        await kept(page)
        await page.click("#start")
        while await page.locator("#done").text_content() != "2":
            await page.reload()
    await _see_what_came(site, page)


async def _see_what_came(site: Site, page: Page) -> None:
    """See the result of the fourth person, what each gave, and the uncertain one alone."""
    job_id = (await job_row(site))["job_id"]
    async with answering(site, "5"):  # the fourth, where all three said something else
        await expect(page.locator("#state")).to_have_text("Finished")
    await expect(page.locator("#charged")).to_have_text("$0.007")
    await page.reload()
    await expect(page.locator(".first-results li").first).to_contain_text("3 people, ")
    await expect(page.locator(".first-results li").first).to_contain_text("% sure")
    await looked_at(page, "job-page")
    async with page.expect_download() as download:
        await page.click("#each-answer a >> nth=0")
    text = (await (await download.value).path()).read_text("utf-8-sig")
    assert text.count("w-") == 10
    await page.click("#uncertain-tasks")
    await expect(page.locator("#tasks > li")).to_have_count(1)
    await expect(page.locator("#tasks > li")).to_contain_text("4 people, ")
    await expect(page.locator("#tasks > li .sureness.warn")).to_have_text("uncertain")
    await expect(page.locator("input[name=uncertain]")).to_be_checked()
    await looked_at(page, "uncertain-tasks")
    await page.goto(f"{site.url}/customer/tasks?job={job_id}")
    await expect(page.locator("#tasks > li")).to_have_count(3)
    await page.click("#tasks > li:last-child h3 a")
    await expect(page.locator(".how-asked")).to_have_text("3 to 4 people")
    await page.click("#singles summary")
    said = page.locator("#singles dl > div")
    await expect(said).to_have_count(3)
    await expect(said.first.locator("dt")).to_contain_text("w-")
    assert sorted([(await each.locator("dd").inner_text()).strip() for each in await said.all()]) == ["101"] * 3
    await looked_at(page, "task-page")


async def test_more_people_than_a_queue_has_are_refused_in_words(site: Site, browser: Any, customer: Customer):
    await factories.hand(site.context)
    page = await at_jobs(site, browser, customer, "/customer/jobs/new", java_script_enabled=False, viewport=PHONE)
    await page.check("input[name=people][value=three]")
    await page.get_by_role("button", name="Show what it costs").click()
    await expect(page.locator("#cost")).to_contain_text("a picture: 3 to 4 people")
    await page.click("#save")
    await expect(page.locator("#wrong")).to_contain_text("So many people do not take pictures of this queue.")
    await expect(page.locator("input[name=people][value=three]")).to_be_checked()
    await looked_at(page, "refused-phone")
    for language in LANGUAGES:
        await page.goto(f"{site.url}/customer/jobs/new?lang={language}&text=largest")
        assert await has_no_sideways_scroll(page), language


async def test_terms_made_elsewhere_and_a_queues_own_are_kept(site: Site, browser: Any, customer: Customer):
    context = site.context
    own = PeopleTerms(answers=5, answers_at_most=6)
    for _ in range(5):
        await factories.hand(context)
    await context.batcher.ask(change_queues, ChangeQueue(cell=1, queue_id=1, default_terms=own))
    context.lookups.forget()
    page = await at_jobs(site, browser, customer, "/customer/jobs/new", java_script_enabled=False)
    await expect(page.locator("input[name=people][value=kept]")).to_be_checked()
    await expect(page.locator("#answers")).to_contain_text("5 to 6 people")
    await page.fill("#name", "Five eyes")
    await page.click("#save")
    await kept(page)
    await expect(page.locator("input[name=people][value=kept]")).to_be_checked()
    assert '"answers": 5' in (await job_row(site))["terms"]
