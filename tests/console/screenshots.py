"""`make screenshots`: starts the real thing, works a little at it, and takes the pictures that the README shows.

The customer's day is made here: tasks that were answered a moment ago are moved back over 24 hours, all their rows
alike, so that the statement has something to show and still has to add up.
"""

import asyncio
import math
import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from msgspec import structs
from playwright.async_api import Browser, FloatRect, Page, expect

from console.job_screenshots import job_pages
from demo.listings import LABELS
from demo.meters import by_fixed_camera
from demo.pictures import draw
from manyeyes.apps.keys import new_pair
from manyeyes.db.embedded import Embedded
from manyeyes.reports.rules import Vote
from manyeyes.roles.reviewer import ReviewDesk
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import prepare_database
from manyeyes.settings import Settings
from manyeyes.tasks.pictures import Picture, inspect
from manyeyes.tasks.rules import ImageOptions, wire_id
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, Screen, at_review, at_work, customer_subject, link, worker_subject
from support.chromium import MISSING, find_chromium
from support.factories import Customer, Hand
from support.label_tasks import send_labels
from support.recognition_results import open_app, open_recognition, record, some
from support.screen_disputes import complaint, reviewer, vote
from support.served_site import Site, chromium_at, serving
from support.tasks_picture import tasks_page

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
TASKS_OF_THE_DAY = 420
LISTINGS_OF_A_DAY = 500
UNSURE_LISTING = 24
SHOWN = (("meter", 4), ("sign", 7), ("receipt", 2), ("meter", 11), ("sign", 3), ("meter", 23))
REASONS = (
    (Vote.CONFIRM, "None of these digits is on the counter"),
    (Vote.REJECT, "right"),
    (Vote.CONFIRM, "It reads 42769"),
)
AGE = """
UPDATE {table} SET {column} = {column} - (SELECT hours FROM age WHERE task_id = {table}.{task}) * interval '1 hour'
WHERE {table}.{task} IN (SELECT task_id FROM age)"""
AGED = (("transfer", "at", "cause_id"), ("result", "created_at", "task_id"), ("result", "ended_at", "task_id"))
# A worker took some seconds over each: the task was sent, and its money held, so much earlier.
THINK = (
    "UPDATE result SET created_at = created_at - (3 + task_id % 17) * interval '1 s'",
    "UPDATE transfer SET at = at - (3 + cause_id % 17) * interval '1 s' WHERE kind = 2",
    "UPDATE account_place SET name = 'Meter platform'",
)
RECOUNT = """
INSERT INTO usage_minute (cell, account_id, minute, queue_id, soft_id, ip, tasks, charged_micros)
SELECT cell, account_id, floor(extract(epoch FROM ended_at) / 60), queue_id, soft_id, ip, count(*), sum(charged_micros)
FROM result WHERE charged_micros > 0 GROUP BY 1, 2, 3, 4, 5, 6"""


def a_sample() -> None:
    """Draw the meter that the tutorial sends: small, since it stands in the repository."""
    image, _ = by_fixed_camera(random.Random("tutorial"))
    image.quantize(16).save(PICTURES / "meter.png", optimize=True)


async def a_day(site: Site, customer: Customer) -> None:
    """Let one worker answer a day's tasks, then spread them over the day: few at night, most in the afternoon."""
    rng, hand = random.Random(24), await factories.hand(site.context)
    for _ in range(TASKS_OF_THE_DAY):
        ip, soft_id = rng.choice(("203.0.113.7", "203.0.113.9")), rng.choice((0, 0, 7))
        await factories.solve(site.context, customer, hand, soft_id=soft_id, ip=ip)
    await WorkerDesk(site.context).offline(hand.worker)
    hours = range(24)
    weights = [1.15 - math.cos((hour - 4) / 24 * math.tau) for hour in hours]
    async with site.context.cells.pool(1).acquire() as db, db.transaction():
        ids = [row["task_id"] for row in await db.fetch("SELECT task_id FROM result")]
        ages = sorted((23.9 - rng.choices(hours, weights)[0] - rng.random() * 0.9 for _ in ids), reverse=True)
        await db.execute("CREATE TEMP TABLE age (task_id bigint PRIMARY KEY, hours float8) ON COMMIT DROP")
        await db.executemany("INSERT INTO age VALUES ($1, $2)", list(zip(sorted(ids), ages, strict=True)))
        for table, column, task in AGED:
            await db.execute(AGE.format(table=table, column=column, task=task))
        for statement in THINK:
            await db.execute(statement)
        await db.execute("UPDATE transfer SET at = at - interval '2 days' WHERE kind = 1")
        await db.execute("DELETE FROM usage_minute")
        await db.execute(RECOUNT)


async def send_shown(site: Site, customer: Customer) -> list[str]:
    """Submit the pictures that are seen on the screen; return their right answers."""
    answers = []
    for kind, number in SHOWN:
        drawn = draw(kind, number)
        picture = inspect(drawn.data)
        assert isinstance(picture, Picture)
        await factories.submit(site.context, customer, picture=picture, options=ImageOptions(**drawn.options))
        answers.append(drawn.text)
    return answers


async def at_the_next(screen: Screen) -> None:
    await expect(screen.part("answer")).to_be_focused()
    await expect(screen.part("answer")).to_have_value("")
    await expect(screen.part("picture")).to_have_js_property("complete", True)


async def worker_screens(site: Site, browser: Browser, customer: Customer, hand: Hand) -> None:
    """Two answers at a desk, then the third half typed; the fourth on a phone."""
    answers = await send_shown(site, customer)
    desk = await at_work(site, browser, hand, color_scheme="light", viewport={"width": 1280, "height": 860})
    await desk.start()
    for text in answers[:3]:
        await at_the_next(desk)
        await desk.answer(text)
    await at_the_next(desk)
    await desk.type(answers[3][:3])
    await desk.page.screenshot(path=PICTURES / "worker-screen.png")
    await desk.page.context.close()
    phone = await at_work(site, browser, hand, **PHONE, color_scheme="dark", device_scale_factor=2)
    await phone.page.set_viewport_size({"width": 360, "height": 720})
    await at_the_next(phone)
    await phone.type(answers[3])
    await phone.page.screenshot(path=PICTURES / "worker-screen-phone.png")
    await phone.page.context.close()


async def label_screen(site: Site, browser: Browser, customer: Customer, hand: Hand) -> None:
    """What a recogniser was unsure about, with a button for each label."""
    picture = inspect(draw("listing", UNSURE_LISTING).data)
    assert isinstance(picture, Picture)
    await send_labels(
        site.context, customer, tuple(LABELS.values()), picture=picture, comment="Advertising in listings"
    )
    desk = await at_work(site, browser, hand, color_scheme="light", viewport={"width": 1280, "height": 860})
    await desk.start()
    await expect(desk.part("labels")).to_have_attribute("data-ready", "")
    await desk.page.screenshot(path=PICTURES / "label-screen.png")
    await desk.press("3")
    await expect(desk.part("waiting-title")).to_be_visible()
    await desk.page.context.close()
    await WorkerDesk(site.context).offline(hand.worker)


async def customer_pages(site: Site, browser: Browser, customer: Customer) -> None:
    browser_context = await browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-US", color_scheme="light"
    )
    page: Page = await browser_context.new_page()
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    await page.wait_for_url("**/customer")
    await page.screenshot(path=PICTURES / "customer-page.png")
    await page.locator("nav.tabs summary", has_text="Money").click()
    await page.get_by_role("link", name="Statement").click()
    await expect(page.locator("#proof")).to_contain_text("It adds up")
    top: FloatRect = {"x": 0, "y": 0, "width": 1280, "height": 1400}
    await page.screenshot(path=PICTURES / "statement.png", clip=top, full_page=True)


async def complain_about(site: Site, customer: Customer, author: Hand, kind: str, number: int, text: str = "") -> int:
    """Let the author answer one of the demo's pictures, rightly unless a text is given, and the customer complain."""
    drawn = draw(kind, number)
    picture = inspect(drawn.data)
    assert isinstance(picture, Picture)
    return await complaint(site.context, customer, author, text or drawn.text, picture=picture, **drawn.options)


async def review_screens(site: Site, browser: Browser, customer: Customer, author: Hand) -> None:
    """A reviewer at a desk and one on a phone, each before a complaint that is not decided."""
    first, second = await reviewer(site.context), await reviewer(site.context)
    await complain_about(site, customer, author, "sign", 7, "Long 0rchard Row")
    await complain_about(site, customer, author, "meter", 4, "91508")
    desk = await at_review(
        site, browser, first, reduced_motion="reduce", color_scheme="light", viewport={"width": 1280, "height": 860}
    )
    await desk.start()
    await desk.shown("Long 0rchard Row")
    await desk.page.screenshot(path=PICTURES / "reviewer-screen.png")
    phone = await at_review(
        site, browser, second, **PHONE, reduced_motion="reduce", color_scheme="dark", device_scale_factor=2
    )
    await phone.page.set_viewport_size({"width": 360, "height": 720})
    await phone.start()
    await phone.shown("Long 0rchard Row")
    await phone.press("ArrowLeft")
    await phone.shown("91508")
    await phone.page.screenshot(path=PICTURES / "reviewer-screen-phone.png")
    for screen in (desk, phone):
        await screen.page.context.close()
    for judge in (first, second):
        await ReviewDesk(site.context).leave(judge.worker)


async def report_pages(site: Site, browser: Browser, customer: Customer, author: Hand) -> None:
    """One report from the answer to the money, and what the worker reads about it."""
    task_id = await complain_about(site, customer, author, "meter", 11, "12345")
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE vote_slot SET state = 3 WHERE task_id <> $1 AND state = 0", task_id)
    for verdict, reason in REASONS:
        await vote(site.context, await reviewer(site.context), verdict, reason)
    for subject, path, name in (
        (customer_subject(customer), f"/customer/reports/{wire_id(task_id)}", "customer-report"),
        (worker_subject(author), "/worker/reports", "worker-complaints"),
    ):
        browser_context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
        page = await browser_context.new_page()
        await page.goto(site.url + await link(site.context, subject))
        await page.wait_for_url(lambda url: "/login/" not in url)
        await page.goto(site.url + path)
        await page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        await browser_context.close()


async def recognition_pages(site: Site, browser: Browser, customer: Customer) -> None:
    """A month of a market place's listings as its developer sees them, and the threshold that the operator may set."""
    rng, now = random.Random(31), datetime.now(UTC)
    app = await open_app(site.context, customer, public_key=new_pair(2048).public)
    recognition = await open_recognition(site.context, app, "Advertising in listings")
    for day in range(30, 0, -1):
        is_weekend = (now - timedelta(days=day)).weekday() > 4
        number = LISTINGS_OF_A_DAY * (2 if is_weekend else 1) + rng.randrange(LISTINGS_OF_A_DAY // 2)
        seen = some(rng, number, now - timedelta(days=day), now - timedelta(days=day - 1))
        named = [structs.replace(s, name=f"https://cdn.market.example/{rng.randrange(10**6):06}.jpg") for s in seen]
        await record(site.context, app, recognition, named)
    mine, operators = f"/customer/recognitions/{recognition.task_id}", f"/operator/recognition/{recognition.task_id}"
    for subject, path, name, height in (
        (customer_subject(customer), mine, "recognition-page", 1900),
        (Subject("operator", 0, 0), f"{operators}?target=0.05", "operator-recognition", 1240),
    ):
        browser_context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
        page = await browser_context.new_page()
        await page.goto(site.url + await link(site.context, subject))
        await page.wait_for_url(lambda url: "/login/" not in url)
        await page.goto(site.url + path)
        top: FloatRect = {"x": 0, "y": 0, "width": 1280, "height": height}
        await page.screenshot(path=PICTURES / f"{name}.png", clip=top, full_page=True)
        await browser_context.close()


async def main() -> None:
    chromium = find_chromium()
    if chromium is None:
        sys.exit(MISSING)
    PICTURES.mkdir(parents=True, exist_ok=True)
    a_sample()
    with tempfile.TemporaryDirectory() as folder:
        embedded = Embedded(Path(folder))
        try:
            dsn = embedded.start()
            db = await asyncpg.connect(dsn)
            await prepare_database(db)
            await db.close()
            async with serving(dsn, Settings(data=Path(folder))) as site, chromium_at(chromium) as browser:
                customer = await factories.customer(site.context)
                await a_day(site, customer)
                author = await factories.hand(site.context)
                await review_screens(site, browser, customer, author)
                await report_pages(site, browser, customer, author)
                await WorkerDesk(site.context).offline(author.worker)
                await label_screen(site, browser, customer, await factories.hand(site.context))
                shown_to = await factories.hand(site.context)
                await worker_screens(site, browser, customer, shown_to)
                await customer_pages(site, browser, customer)
                await WorkerDesk(site.context).offline(shown_to.worker)
                await tasks_page(site, browser, PICTURES)
                await job_pages(site, browser, customer, Path(folder) / "meters of March")
                await recognition_pages(site, browser, customer)
        finally:
            embedded.stop()
    for path in sorted(PICTURES.glob("*.png")):
        print(f"{path.relative_to(Path.cwd())}  {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    asyncio.run(main())
