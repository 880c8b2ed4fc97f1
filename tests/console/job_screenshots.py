"""Pictures of a job on the customer's pages: a draft with its builder, and the job on its way."""

from pathlib import Path

from playwright.async_api import Browser, FloatRect, Page, expect

from demo.pictures import draw
from manyeyes.roles.worker import LeasedTask, WorkerDesk
from manyeyes.tasks.questions import NumberOptions
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import SkipReason
from support import factories
from support.browser_visits import customer_subject, link
from support.factories import Customer
from support.served_site import Site

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
METERS, ANSWERED = 12, 8


def draw_meters(folder: Path) -> list[str]:
    """Draw a folder of the demo's meters; return what each reads."""
    folder.mkdir()
    meters = [draw("meter", number) for number in range(METERS)]
    for n, drawn in enumerate(meters, 1):
        (folder / f"meter-{n:02}.png").write_bytes(drawn.data)
    return [drawn.text for drawn in meters]


async def job_pages(site: Site, browser: Browser, customer: Customer, folder: Path) -> None:
    """Build a job out of a folder of meters, start it, and look at it half done."""
    readings = draw_meters(folder)
    browser_context = await browser.new_context(
        viewport={"width": 1280, "height": 1000}, locale="en-US", color_scheme="light"
    )
    page = await browser_context.new_page()
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    await page.wait_for_url("**/customer")
    await page.goto(f"{site.url}/customer/jobs/new")
    await page.set_input_files("#pick-folder", folder)
    await expect(page.locator("#items")).to_have_text(str(METERS))
    await page.check("input[name=q-kind][value=number]")
    await page.fill("#q-words", "What does the meter read?")
    await page.fill("#q-unit", "kWh")
    await page.fill("#q-decimals", "0")
    await page.fill("#name", "Meters of March")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await expect(page.frame_locator("#preview iframe").locator("#comment-text")).to_be_visible()
    await shot(page, "job-new", 1720)
    await page.click("#start")
    await expect(page.locator("#open")).to_have_text(str(METERS))
    await answer(site, readings[:ANSWERED])
    await expect(page.locator("#done")).to_have_text(str(ANSWERED))
    await expect(page.locator(".first-results img").last).to_have_js_property("complete", True)
    await shot(page, "job-page", 1080)
    await browser_context.close()


async def answer(site: Site, readings: list[str]) -> None:
    """Let a worker answer the job's pictures with these texts in turn, and skip what others left waiting."""
    hand = await factories.hand(site.context)
    desk = WorkerDesk(site.context)
    await desk.online(hand.worker)
    for text in readings:
        leased = await desk.next(hand.worker, 10)
        while isinstance(leased, LeasedTask) and not isinstance(leased.options, NumberOptions):
            await desk.skip(hand.worker, leased.lease, SkipReason.WRONG_LANGUAGE)
            leased = await desk.next(hand.worker, 10)
        assert isinstance(leased, LeasedTask), leased
        assert not isinstance(await desk.answer(hand.worker, leased.lease, text), Refusal)
    await desk.offline(hand.worker)


async def shot(page: Page, name: str, height: int) -> None:
    """Take a picture of the upper part of the page, with nothing in focus."""
    await page.evaluate("document.activeElement.blur()")
    top: FloatRect = {"x": 0, "y": 0, "width": 1280, "height": height}
    await page.screenshot(path=PICTURES / f"{name}.png", clip=top, full_page=True)
