"""What is dropped on a draft's page, and an upload of the page that is cut in its middle."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, Route, expect

from manyeyes.roles.customer.item_intake import PART_ITEMS
from support.factories import Customer
from support.job_visits import at_jobs, job_row
from support.raw_connections import RawConnection
from support.served_site import Site

pytestmark = pytest.mark.browser
LINES = 1_200
CUT_AFTER = 700  # lines: the server keeps whole parts of them, and is in the middle of one


async def drop(page: Page, *paths: Path) -> None:
    """Drag files or folders of the disk over the page's place for them and let go, as Chromium does it for a person."""
    box = await page.locator("#drop").bounding_box()
    assert box
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 20}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    browser = await page.context.new_cdp_session(page)
    for event in ("dragEnter", "dragOver", "drop"):
        await browser.send("Input.dispatchDragEvent", {"type": event, **at, "data": data})
        if event == "dragOver":
            await expect(page.locator("#drop")).to_have_class("drop over")
    await expect(page.locator("#drop")).to_have_class("drop")


async def names(site: Site) -> list[str]:
    """Return what the items are called, in the order of their lines."""
    async with site.context.cells.pool(1).acquire() as db:
        rows = await db.fetch("SELECT external_id FROM task ORDER BY task_id")
    return [row["external_id"] for row in rows]


async def test_a_folder_is_dropped(site: Site, browser: Any, customer: Customer, folder: Path):
    (folder / "south" / "cellar").mkdir(parents=True)
    for n in range(101):  # a folder is read in portions of a hundred
        (folder / "south" / "cellar" / f"{n:03}.png").write_bytes((folder / "north" / "101.png").read_bytes())
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await drop(page, folder)
    await expect(page.locator("#items")).to_have_text("104")
    await expect(page.locator("#sending-words")).to_contain_text("meters")
    assert await names(site) == [
        *(f"meters/north/{text}.png" for text in ("101", "202", "303")),
        *(f"meters/south/cellar/{n:03}.png" for n in range(101)),
    ]


async def test_a_folder_and_a_file_beside_it_are_dropped_together(
    site: Site, browser: Any, customer: Customer, folder: Path, tmp_path: Path
):
    table = tmp_path / "more.csv"
    table.write_text("external_id,picture_url\na,https://pictures.example/a.png\nb,https://pictures.example/b.png\n")
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await drop(page, folder / "north", table)
    await expect(page.locator("#items")).to_have_text("5")
    assert sorted(await names(site)) == ["a", "b", *(f"north/{text}.png" for text in ("101", "202", "303"))]


async def test_a_folder_without_pictures_says_so(site: Site, browser: Any, customer: Customer, tmp_path: Path):
    (tmp_path / "empty" / "deep").mkdir(parents=True)
    (tmp_path / "empty" / "deep" / "notes.txt").write_text("not a picture")
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    await drop(page, tmp_path / "empty")
    await expect(page.locator("#sent-wrong")).to_be_visible()
    await expect(page.locator("#items")).to_have_text("0")


async def test_an_upload_that_is_cut_in_its_middle_goes_on_behind_what_is_kept(
    site: Site, browser: Any, customer: Customer, tmp_path: Path
):
    file = tmp_path / "addresses.jsonl"
    lines = [{"external_id": f"n{n}", "picture_url": f"https://pictures.example/{n}.png"} for n in range(1, LINES + 1)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    page = await at_jobs(site, browser, customer, "/customer/jobs/new")
    begun: list[int] = []

    async def half_sent(route: Route) -> None:
        begun.append(int(parse_qs(urlsplit(route.request.url).query)["from_line"][0]))
        if len(begun) > 1:
            return await route.continue_()
        head = await route.request.all_headers()
        with await asyncio.to_thread(_send_half, route.request.url, head, file.read_bytes()):
            while await lines_kept(site) < PART_ITEMS:  # each look lets the server go on
                pass
        await route.abort("connectionreset")

    await page.route("**/items?*", half_sent)
    await page.set_input_files("#pick-files", file)
    await expect(page.locator("#items")).to_have_text(f"{LINES:,}")
    first, again = begun
    assert first == 1
    assert PART_ITEMS < again <= CUT_AFTER + 1, "nothing is sent twice that is kept"
    assert await names(site) == [f"n{n}" for n in range(1, LINES + 1)]
    assert (await job_row(site))["items"] == LINES


async def lines_kept(site: Site) -> int:
    """Return how many lines of the files that are half there are kept."""
    async with site.context.cells.pool(1).acquire() as db:
        return int(await db.fetchval("SELECT coalesce(sum(lines), 0) FROM job_upload WHERE NOT complete"))


def _send_half(address: str, head: dict[str, str], body: bytes) -> RawConnection:
    """Send the first lines of a request of the page under its own head; return the connection that waits for more."""
    at = urlsplit(address)
    half = b"".join(body.splitlines(keepends=True)[:CUT_AFTER])
    said = {name: value for name, value in head.items() if not name.startswith(":") and name != "content-length"}
    said |= {"host": at.netloc, "content-length": str(len(body))}
    lines = [f"POST {at.path}?{at.query} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    connection = RawConnection(address)
    assert connection.send("\r\n".join([*lines, "", ""]).encode() + half)
    return connection
