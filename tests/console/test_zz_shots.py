from pathlib import Path
import pytest
from playwright.async_api import expect
from manyeyes.settings import Settings
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from support.browser_visits import at_work, at_review, send
from support.screen_disputes import complaint, reviewer
pytestmark = pytest.mark.browser
OUT = Path("/tmp/sc13a_shots"); OUT.mkdir(exist_ok=True)

@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path, undo_seconds=60, contact="Lan, 090 123 4567")

@pytest.mark.parametrize("lang", ["en-US", "vi", "th", "id", "zh-Hans"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
async def test_shots(site, browser, people, lang, size):
    customer, hand = people
    for text in ("first", "second", "third"):
        await send(site, customer, text, phrase=False, numeric=0)
    vp = {"viewport": {"width": size[0], "height": size[1]}, "locale": lang}
    name = f"{lang}-{size[0]}"
    s = await at_work(site, browser, hand, **vp)
    await s.start()
    await s.page.wait_for_selector("#answer:focus")
    await s.type("first"); await s.press("Enter")
    await expect(s.part("undo")).to_be_visible()
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE work SET lease_until = now() + interval '13 s', desk_since = now() - interval '48 s' WHERE cell = 1 AND state = 1")
    await expect(s.part("time-low")).to_be_visible()
    await s.type("half")
    await s.press("Escape")
    await s.page.screenshot(path=OUT / f"work-ask-{name}.png")
    await s.press("Escape")
    await s.page.screenshot(path=OUT / f"work-{name}.png")
    await s.part("answer").fill("second")
    await s.press("Enter")
    await s.browser_context.set_offline(True)
    await s.page.wait_for_timeout(300)
    await s.type("third"); await s.press("Enter")
    await s.page.wait_for_timeout(700)
    await s.page.screenshot(path=OUT / f"offline-{name}.png")
    await s.browser_context.set_offline(False)
    await expect(s.part("undo")).to_be_visible()
    await s.page.screenshot(path=OUT / f"waiting-{name}.png")
    await site.context.batcher.ask(disable_workers, DisableWorker(hand.worker.worker_id))
    await site.context.notifier.tell_changed()
    await s.page.wait_for_timeout(200)
    await s.page.goto(site.url + "/worker")
    await s.page.screenshot(path=OUT / f"shutout-{name}.png")
    await s.page.goto(site.url + "/login/nothing")
    await s.page.screenshot(path=OUT / f"deadlink-{name}.png")
    if True:
        author = (await reviewer(site.context))
        from support import factories
        author = await factories.hand(site.context)
        await complaint(site.context, customer, author, "alpha")
        r = await at_review(site, browser, await reviewer(site.context), **vp)
        await r.start()
        await r.shown("alpha")
        async with site.context.cells.pool(1).acquire() as db:
            await db.execute("UPDATE vote_slot SET lease_until = now() + interval '12 s' WHERE state = 1")
        await r.page.reload()
        await r.shown("alpha")
        await r.page.screenshot(path=OUT / f"review-{name}.png")
