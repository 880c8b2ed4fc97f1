"""A draft on its page: built by keyboard, left and opened again, started once; names, strangers, small windows."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from manyeyes.console.shared.languages import LANGUAGES
from support import factories
from support.browser_visits import has_no_sideways_scroll
from support.factories import Customer
from support.job_visits import at_jobs, job_row, kept, started
from support.served_site import Site

pytestmark = pytest.mark.browser


async def test_a_draft_is_left_opened_again_and_thrown_away(site: Site, browser: Any, customer: Customer, folder: Path):
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await page.set_input_files("#pick-folder", folder)
    await expect(page.locator("#items")).to_have_text("3")
    await page.fill("#name", "Half done")
    await page.check("input[name=q-kind][value=label]")
    await page.fill("#q-labels", "cat\ndog")
    await kept(page)
    await page.goto(site.url + "/customer/jobs")
    await expect(page.locator("#jobs")).to_contain_text("Draft")
    await expect(page.locator("#jobs")).to_contain_text("3 pictures")
    await page.get_by_role("link", name="Half done").click()
    await expect(page.locator("#q-labels")).to_have_value("cat\ndog")
    await expect(page.locator("#items")).to_have_text("3")
    await expect(page.frame_locator("#preview iframe").locator(".label")).to_have_text(["1cat", "2dog"])
    await page.get_by_role("button", name="Take it out").click()
    await expect(page.locator("#items")).to_have_text("0")
    await page.click("#start")
    await expect(page.locator("#wrong")).to_contain_text("There are no pictures yet")
    await page.click("#throw-away")
    await page.click("#cancel")
    await expect(page.locator("#jobs")).to_contain_text("Cancelled")


async def test_fields_are_built_by_keyboard(site: Site, browser: Any, customer: Customer):
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await page.focus("input[name=q-kind][value=text]")
    for kind in ("number", "label", "labels", "fields"):
        await page.keyboard.press("ArrowDown")
        await expect(page.locator(f"input[name=q-kind][value={kind}]")).to_be_focused()
        await expect(page.locator("#field-list, #q-unit, #q-labels").first).to_be_visible()
    await expect(page.locator("#f0-name")).to_be_visible()
    await page.focus("#f0-name")
    await page.keyboard.type("date")
    await page.focus("#add-field")
    await page.keyboard.press("Enter")
    await expect(page.locator("#f1-name")).to_be_focused()
    await page.keyboard.type("total")
    await page.focus("#up-1")
    await page.keyboard.press("Enter")
    await expect(page.locator("#down-0")).to_be_focused()
    await expect(page.locator("#f0-name")).to_have_value("total")
    await page.keyboard.press("Enter")
    await expect(page.locator("#up-1")).to_be_focused()
    await page.focus("#f0-kind")
    await page.keyboard.type("Number")
    await expect(page.locator("#f0-unit")).to_be_visible()
    await expect(page.locator("#f0-kind")).to_be_focused()
    await page.focus("#remove-1")
    await page.keyboard.press("Enter")
    await expect(page.locator("#f0-name")).to_be_focused()
    await expect(page.locator("#f1-name")).to_have_count(0)
    await kept(page)
    job = await job_row(site)
    assert job["kind"] == "fields"
    assert '"date"' in job["options"]
    assert '"total"' not in job["options"]


async def test_an_example_keeps_its_picture(site: Site, browser: Any, customer: Customer, folder: Path):
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await page.click("summary:has-text('Instructions')")
    await page.fill("#instructions", "Read the black digits")
    await page.click("#add-example")
    await expect(page.locator("#x0-answer")).to_be_focused()
    await page.keyboard.type("101")
    await page.set_input_files("#x0-picture", folder / "north" / "101.png")
    await expect(page.locator(".has-picture")).to_be_visible()
    await kept(page)
    await page.fill("#q-words", "Which number?")
    await kept(page)
    await page.reload()
    await expect(page.locator(".has-picture")).to_be_visible()
    job = await job_row_of_last(site)
    assert job["media"] == "png"
    assert job["instructions"] == "Read the black digits"


async def test_an_example_without_its_first_field_stays_as_it_is(site: Site, browser: Any, customer: Customer):
    fields = [{"name": name, "kind": "text"} for name in ("date", "total")]
    example = {"answer": {"date": None, "total": "12.50"}, "words": "no date"}
    question = {"kind": "fields", "words": "The receipt", "fields": fields, "optional": ["date"], "examples": [example]}
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    made = await page.request.post(
        f"{site.url}/v1/jobs",
        data={"name": "receipts", "question": question},
        headers={"authorization": f"Bearer {customer.key}"},
    )
    assert made.status == 201, await made.text()
    await page.goto(f"{site.url}/customer/jobs/{(await made.json())['id']}")
    await expect(page.locator("#x0-answer")).to_have_value("\n12.50")
    await page.fill("#q-words", "What the receipt says")
    await kept(page)
    async with site.context.cells.pool(1).acquire() as db:
        examples = await db.fetchval(
            "SELECT q.examples FROM job AS j JOIN question AS q ON q.question_id = j.question_id"
        )
    assert "12.50" in str(examples)
    assert '"date":"12.50"' not in str(examples).replace(" ", "")


async def job_row_of_last(site: Site) -> Any:
    """Return the job's question with its example's picture."""
    async with site.context.cells.pool(1).acquire() as db:
        return await db.fetchrow(
            "SELECT q.instructions, p.media FROM job AS j JOIN question AS q ON q.question_id = j.question_id "
            "JOIN question_picture AS p ON p.question_id = q.question_id"
        )


async def test_started_twice_is_started_once(site: Site, browser: Any, customer: Customer, folder: Path):
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await page.set_input_files("#pick-folder", folder)
    await expect(page.locator("#items")).to_have_text("3")
    await kept(page)
    statuses = await page.evaluate(
        """async () => {
            const form = document.getElementById("draft-form"), body = new FormData(form);
            body.set("do", "start");
            const send = () => fetch(form.action, { method: "POST", body });
            return (await Promise.all([send(), send()])).map((reply) => reply.ok);
        }"""
    )
    assert any(statuses)
    await page.goto(page.url)
    await expect(page.locator("#open")).to_have_text("3")
    async with site.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM transfer WHERE kind = 2") == 3


async def test_names_are_names_and_other_peoples_jobs_are_not_there(site: Site, browser: Any, customer: Customer):
    name = "<script>alert(1)</script> \u05e9\u05dc\u05d5\u05dd " + "x" * 120
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await page.fill("#name", name)
    await kept(page)
    address = page.url
    await page.set_viewport_size({"width": 390, "height": 800})
    for path in ("/customer/jobs", address.removeprefix(site.url)):
        await page.goto(site.url + path)
        await expect(page.locator("bdi").filter(has_text="alert(1)").first).to_be_visible()
        assert await has_no_sideways_scroll(page), path
    stranger = await at_jobs(site, browser, await factories.customer(site.context), address.removeprefix(site.url))
    assert stranger.url == f"{site.url}/customer/jobs"
    for verb in ("", "/start", "/cancel", "/files", "/change", "/drop"):
        reply = await stranger.request.post(address + verb, headers={"origin": "https://elsewhere.example"})
        assert reply.status == 403, verb
        await stranger.request.post(address + verb, headers={"origin": site.url}, multipart={"do": "start"})
    assert ((await job_row(site))["state"], (await job_row(site))["name"]) == (0, name)


@pytest.mark.parametrize("size", [(390, 844), (640, 400)])
async def test_pages_fit_small_windows_in_every_language(
    site: Site, browser: Any, customer: Customer, folder: Path, size: tuple[int, int]
):
    window = {"width": size[0], "height": size[1]}
    page = await at_jobs(site, browser, customer, "/customer/jobs/new", viewport=window, color_scheme="dark")
    await page.set_input_files("#pick-folder", folder)
    await page.check("input[name=q-kind][value=fields]")
    await expect(page.locator("#f0-name")).to_be_visible()
    await page.fill("#f0-name", "date")
    await kept(page)
    address = page.url
    for language in LANGUAGES:
        for path in (address, f"{site.url}/customer/jobs", f"{address}/cancel"):
            await page.goto(f"{path}?lang={language}&text=largest")
            assert await has_no_sideways_scroll(page), (language, path)
    await page.goto(f"{address}?lang=en")
    await started(page)
    for language in LANGUAGES:
        await page.goto(f"{address}?lang={language}&text=largest")
        assert await has_no_sideways_scroll(page), language
