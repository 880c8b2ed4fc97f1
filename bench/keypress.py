"""From a key that sends an answer, or a vote, to the next picture on the screen: a real browser, and a slow line to it.

Chromium, at the worker's and at the reviewer's screen of `manyeyes serve`, behind a line with a round trip of 150 ms.
One works as people do, a picture in about a second. The time is the browser's own, from the key's event to the frame in
which another picture is drawn. The goal: p50 <= 50 ms, p95 <= 100 ms.
"""

import asyncio
import os
import random
import shutil
from collections.abc import Awaitable, Callable

import asyncpg
import msgspec
from playwright.async_api import Page, async_playwright

from bench.people import People, invite
from bench.product import Product, serving
from bench.row import Row, percentile
from bench.slow_line import slowed
from bench.wire import connect, create_task, maker, picture
from manyeyes.accounts.rules import digest, new_token
from manyeyes.db.queries import one_row
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject

ROUND_TRIP = 0.150
TASKS, SMALL_TASKS = 120, 12
PACE = (0.8, 1.6)  # seconds that somebody looks at a picture
FIRST = 3  # they warm everything up
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Notes when a key was pressed, and when another picture than then was drawn: complete, and on the glass a frame later.
WATCH = """() => {
  window.waits = [];
  let began = 0;
  let before = "";
  const source = () => document.getElementById("picture")?.src ?? "";
  document.addEventListener("keydown", (event) => {
    if (!["Enter", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    began = event.timeStamp;
    before = source();
  }, { capture: true });
  const look = () => {
    const picture = document.getElementById("picture");
    const isDrawn = picture?.src && picture.complete && picture.naturalWidth && picture.checkVisibility();
    if (began && isDrawn && picture.src !== before) {
      const since = began;
      began = 0;
      requestAnimationFrame(() => window.waits.push(performance.now() - since));
    }
    requestAnimationFrame(look);
  };
  look();
}"""
Press = Callable[[Page], Awaitable[None]]


def measure(small: bool = False) -> list[Row]:
    """Return p50 and p95 of both screens in milliseconds."""
    count = SMALL_TASKS if small else TASKS
    with serving() as product, slowed(product.url, ROUND_TRIP) as url:
        return asyncio.run(_measure(product, url, count))


async def _measure(product: Product, url: str, count: int) -> list[Row]:
    people = await invite(product.dsn, 1, 2, reviewers=True)
    await _tasks(product, people, count)
    worked = await _session(product, url, 0, "/worker", _answer, count)
    await _complaints(product, people, count)
    judged = await _session(product, url, 1, "/reviewer", _vote, count)
    return _rows("an answer's key to the next picture", worked) + _rows("a vote's key to the next picture", judged)


async def _session(product: Product, url: str, who: int, path: str, press: Press, count: int) -> list[float]:
    """Let somebody work at a screen until nothing is left; return the milliseconds of each key."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_browser(), args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(url + await _link(product.dsn, who))
        await page.wait_for_url("**/worker*")
        await page.goto(url + path)
        await page.evaluate(WATCH)
        await page.locator("#start").click()
        for _ in range(count - 1):
            await page.wait_for_selector('main[data-mode="task"]')
            await asyncio.sleep(random.uniform(*PACE))
            await press(page)
            await page.wait_for_timeout(50)
        waits: list[float] = await page.evaluate("window.waits")
        await browser.close()
    return waits[FIRST:]


async def _answer(page: Page) -> None:
    await page.keyboard.type("12345")
    await page.keyboard.press("Enter")


async def _vote(page: Page) -> None:
    await page.wait_for_selector("main[data-ready]")
    await page.keyboard.press("ArrowRight")


async def _tasks(product: Product, people: People, count: int) -> list[int]:
    link = await connect(product.url)
    create = create_task(product.url, people.keys[0], picture())
    made = [int((reply := await link.ask(create))[reply.rindex(b":") + 1 : -1]) for _ in range(count)]
    link.close()
    return made


async def _complaints(product: Product, people: People, count: int) -> None:
    """Let the first worker answer new tasks by /v1, and their customer complain about each."""
    made = await _tasks(product, people, count)
    link = await connect(product.url)
    take, online = (maker(product.url, *call, people.tokens[0]) for call in _CALLS)
    give = maker(product.url, "POST", "/v1/worker/answers", people.tokens[0])
    report = maker(product.url, "POST", "/reportIncorrectImageCaptcha")
    await link.ask(online(b"{}"))
    for _ in made:
        lease = msgspec.json.decode(await link.ask(take(b"")))["lease"]
        await link.ask(give(msgspec.json.encode({"lease": lease, "answer": {"text": "12345"}})))
    for task in made:
        await link.ask(report(msgspec.json.encode({"clientKey": people.keys[0], "taskId": task})))
    link.close()


async def _link(dsn: str, who: int) -> str:
    """Return a one-time link of the worker with the lowest number but so many."""
    db, secret = await asyncpg.connect(dsn), new_token()
    try:
        row = await one_row(db, "SELECT worker_id FROM worker ORDER BY worker_id OFFSET $1 LIMIT 1", who)
        await workers.insert_credential(db, digest(secret), "link", Subject("worker", row["worker_id"], 0), 600)
    finally:
        await db.close()
    return f"/login/{secret}"


def _browser() -> str:
    named = (os.environ.get("MANYEYES_CHROMIUM", ""), *BROWSERS)
    found = next((path for name in named if name and (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError("no Chromium was found")
    return found


def _rows(what: str, waits: list[float]) -> list[Row]:
    details = {"keys": len(waits), "longest ms": max(waits, default=0.0), "round trip ms": 1000 * ROUND_TRIP}
    return [
        Row(f"{what}, p50", percentile(waits, 50), "ms", "<= 50", details),
        Row(f"{what}, p95", percentile(waits, 95), "ms", "<= 100"),
    ]


_CALLS = (("GET", "/v1/worker/next?wait=20"), ("POST", "/v1/worker/online"))
