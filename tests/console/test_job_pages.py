"""A job on the customer's pages: from files to results, with a worker at the other end; what goes wrong on the way."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Route, expect

from support.answering_people import answering
from support.factories import Customer
from support.job_visits import at_jobs, job_row, kept, started, table_of
from support.served_site import Site

pytestmark = pytest.mark.browser
PRICE = 700  # micro-units, of a picture in the queue that is seeded


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
    await page.fill("#q-tolerance", "-1")
    await page.click("#save")
    await expect(page.locator("#wrong")).to_contain_text("What counts as the same is a number from 0")
    await page.fill("#q-tolerance", "0,5")
    await page.click("#save")
    await kept(page)
    await expect(page.locator("#q-tolerance")).to_have_value("0.5")
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
