"""A job on the customer's pages: from files to results, with a worker at the other end; what goes wrong on the way."""

import asyncio
import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from manyeyes.console.shared.languages import LANGUAGES
from support import factories
from support.answering_people import answering
from support.browser_visits import customer_subject, has_no_sideways_scroll, link
from support.factories import Customer
from support.served_site import Site

pytestmark = pytest.mark.browser
PRICE = 700  # micro-units, of a picture in the queue that is seeded


@pytest.fixture
async def customer(site: Site) -> Customer:
    return await factories.customer(site.context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three pictures, and a file that is none."""
    inner = tmp_path / "meters" / "north"
    inner.mkdir(parents=True)
    for number in ("101", "202", "303"):
        (inner / f"{number}.png").write_bytes(factories.picture_bytes(number))
    (inner / "notes.txt").write_text("not a picture")
    return tmp_path / "meters"


async def at_jobs(site: Site, browser: Any, customer: Customer, path: str = "/customer/jobs", **given: Any) -> Page:
    """Sign the customer in and open a page of theirs."""
    page = await (await browser.new_context(**{"locale": "en-US", **given})).new_page()
    page.set_default_timeout(15_000)
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    if not given.get("java_script_enabled", True):
        await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{site.url}/customer")
    await page.goto(site.url + path)
    return page


async def kept(page: Page) -> None:
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


async def test_a_job_from_a_folder_to_its_results(site: Site, browser: Any, customer: Customer, folder: Path):
    page = await at_jobs(site, browser, customer)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.get_by_role("link", name="New job").click()
    await page.set_input_files("#pick-folder", folder)
    await expect(page.locator("#items")).to_have_text("3")
    await expect(page.locator("#total")).to_have_text("$0.0021")
    await page.fill("#q-words", "What does it say?")
    await page.fill("#name", "Meters")
    await kept(page)
    frame = page.frame_locator("#preview iframe")
    await expect(frame.locator("#comment-text")).to_have_text("What does it say?")
    await expect(frame.locator("#picture")).to_have_js_property("complete", True)
    await started(page)
    job = await job_row(site)
    async with answering(site, "101", "202", "303"):
        await expect(page.locator("#state")).to_have_text("Finished")
    await expect(page.locator("#done")).to_have_text("3")
    await expect(page.locator("#charged")).to_have_text("$0.0021")
    await expect(page.locator(".first-results li")).to_have_count(3)
    await expect(page.locator("#all-tasks")).to_have_attribute("href", f"/customer/tasks?job={job['job_id']}")
    rows = await table_of(page, site, job["job_id"])
    assert [(row["external_id"], row["value"], row["state"]) for row in rows] == [
        (f"meters/north/{text}.png", text, "done") for text in ("101", "202", "303")
    ]
    assert errors == []


async def test_a_job_without_script(site: Site, browser: Any, customer: Customer, folder: Path):
    page = await at_jobs(site, browser, customer, "/customer/jobs/new", java_script_enabled=False)
    await page.set_input_files("#pick-files", sorted((folder / "north").iterdir()))
    await page.click("#send-files")
    await expect(page.locator("#items")).to_have_text("3")
    await page.check("input[name=q-kind][value=number]")
    await page.get_by_role("button", name="Show what belongs to it").click()
    await page.fill("#q-unit", "kWh")
    await page.fill("#q-decimals", "x")
    await page.fill("#name", "By hand")
    await page.click("#save")
    await expect(page.locator("#wrong")).to_contain_text("Decimals are a whole number up to 12, or nothing.")
    await expect(page.locator("#q-unit")).to_have_value("kWh")
    await page.fill("#q-decimals", "1")
    await page.click("#save")
    await kept(page)
    await expect(page.frame_locator("#preview iframe").locator("#unit")).to_have_text("kWh")
    await started(page)
    assert (await job_row(site))["kind"] == "number"
    await page.click("#pause")
    await expect(page.locator("#state")).to_have_text("Paused")
    await page.click("#resume")
    await expect(page.locator("#state")).to_have_text("Running")
    async with answering(site, "101", "202.5", "303"):
        while await page.locator("#state").text_content() != "Finished":
            await page.reload()
    rows = await table_of(page, site, (await job_row(site))["job_id"])
    assert [row["value"] for row in rows] == ["101", "202.5", "303"]


@pytest.mark.parametrize("name", ["files.zip", "files.csv"])
async def test_without_script_an_archive_and_a_table_are_taken_as_such(
    site: Site, browser: Any, customer: Customer, folder: Path, tmp_path: Path, name: str
):
    file = tmp_path / name
    if name.endswith("zip"):
        packed(file, folder)
    else:
        file.write_text("external_id,picture_url\na,https://pictures.example/a.png\nb,https://pictures.example/b.png\n")
    page = await at_jobs(site, browser, customer, "/customer/jobs/new", java_script_enabled=False)
    await page.set_input_files("#pick-files", file)
    await page.click("#send-files")
    await expect(page.locator("#items")).to_have_text("3" if name.endswith("zip") else "2")


def packed(file: Path, folder: Path) -> None:
    """Pack a folder."""
    with zipfile.ZipFile(file, "w") as archive:
        for each in sorted(folder.rglob("*.*")):
            archive.write(each, each.relative_to(folder.parent))


@pytest.mark.parametrize("script", [True, False])
async def test_bad_lines_are_told_by_number_and_nothing_is_taken(
    site: Site, browser: Any, customer: Customer, tmp_path: Path, script: bool
):
    bad = tmp_path / "bad.csv"
    bad.write_text("external_id,picture_url\na,https://x.example/a.png\nb,<b>nothing</b>\nc,\n")
    page = await at_jobs(site, browser, customer, "/customer/jobs/new", java_script_enabled=script)
    await page.set_input_files("#pick-files", bad)
    if not script:
        await page.click("#send-files")
    told = page.locator("#sent-wrong" if script else "#wrong")
    await expect(told).to_contain_text("Nothing of")
    await expect(told.locator("li")).to_contain_text(["Line 3", "Line 4"])
    assert (await job_row(site))["items"] == 0
    await expect(page.locator("#items")).to_have_text("0")
    if script:
        bad.write_text("external_id,picture_url\na,https://x.example/a.png\n")
        await page.set_input_files("#pick-files", bad)
        await expect(page.locator("#items")).to_have_text("1")
        await expect(told).to_be_hidden()


async def test_a_cut_upload_goes_on_by_itself(site: Site, browser: Any, customer: Customer, folder: Path):
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    cuts = []

    async def cut(route: Route) -> None:
        cuts.append(route.request.url)
        await (route.abort("connectionreset") if len(cuts) == 1 else route.continue_())

    await page.route("**/items?*", cut)
    await page.set_input_files("#pick-folder", folder)
    await expect(page.locator("#items")).to_have_text("3")
    assert len(cuts) == 2
    assert (await job_row(site))["items"] == 3


async def test_a_draft_is_left_opened_again_and_thrown_away(site: Site, browser: Any, customer: Customer, folder: Path):
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await page.set_input_files("#pick-folder", folder)
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


async def test_a_job_whose_budget_is_used_up_says_so_and_goes_on_with_a_larger_one(
    site: Site, browser: Any, customer: Customer, folder: Path
):
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await page.set_input_files("#pick-folder", folder)
    await page.fill("#budget", "0.0014")
    await kept(page)
    await expect(page.locator("#cost")).to_contain_text("The budget is enough for 2 pictures")
    await started(page)
    await expect(page.locator("#waits")).to_contain_text("Raise its budget below")
    await expect(page.locator("#open")).to_have_text("2")
    await page.fill("#budget", "nothing")
    await page.click("#change")
    await expect(page.get_by_role("alert")).to_contain_text("A budget is an amount in USD")
    await page.fill("#budget", "0.0021")
    await page.click("#change")
    await expect(page.locator("#open")).to_have_text("3")
    await expect(page.locator("#waits")).to_have_count(0)
    assert (await job_row(site))["budget_micros"] == 3 * PRICE


async def test_a_cancellation_says_first_what_it_gives_back(site: Site, browser: Any, customer: Customer, folder: Path):
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await page.set_input_files("#pick-folder", folder)
    await expect(page.locator("#items")).to_have_text("3")
    await started(page)
    await expect(page.locator("#held")).to_have_text("$0.0021")
    await page.click("#cancel")
    await expect(page.locator("#given-up")).to_have_text("3")
    await expect(page.locator("#given-back")).to_have_text("$0.0021")
    await page.click("#cancel")
    await expect(page.locator("#state")).to_have_text("Cancelled")
    await expect(page.locator("#held")).to_have_text("$0.00")
    await expect(page.locator("#cancelled")).to_have_text("3")


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
