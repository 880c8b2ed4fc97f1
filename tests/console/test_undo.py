"""Undo at the worker's screen: an answer or a skip comes back for some seconds, and the customer never saw it."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from manyeyes.settings import Settings
from support.browser_visits import Screen, at_work, send
from support.served_site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings under which what is answered can be taken back, for longer than a test lasts."""
    return Settings(data=tmp_path, undo_seconds=60)


async def states(site: Site) -> list[int]:
    async with site.context.cells.pool(1).acquire() as db:
        return [row["state"] for row in await db.fetch("SELECT state FROM work WHERE cell = 1 ORDER BY task_id")]


async def results(site: Site) -> int:
    async with site.context.cells.pool(1).acquire() as db:
        return int(await db.fetchval("SELECT count(*) FROM result WHERE cell = 1"))


@pytest.fixture
async def screen(site: Site, browser, people) -> Screen:
    """The worker's screen with a picture on it, and another behind."""
    customer, hand = people
    for text in ("first", "second"):
        await send(site, customer, text)
    found = await at_work(site, browser, hand)
    await found.start()
    await found.asked("Type what you see")
    return found


async def test_an_answer_is_taken_back_corrected_and_sent_again(site: Site, screen: Screen):
    first = await screen.lease()
    await screen.answer("wrogn")
    assert await screen.lease() != first
    await expect(screen.part("undo")).to_be_visible()
    assert (await states(site), await results(site)) == ([4, 1], 0)
    await screen.press("Alt+z")
    await expect(screen.part("main")).to_have_attribute("data-lease", first)
    await expect(screen.part("answer")).to_have_value("wrogn")
    await expect(screen.part("notice")).to_contain_text("Taken back")
    await expect(screen.part("undo")).to_be_hidden()
    await screen.part("answer").fill("")
    await screen.answer("wrong")
    await screen.answer("second")
    await expect(screen.part("answered")).to_have_text("1")  # the first is on its way: its worker has gone on
    async with site.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT answer ->> 'text' FROM result WHERE cell = 1") == "wrong"
    assert screen.errors == []


async def test_a_skip_is_taken_back_from_the_waiting_screen_by_a_click(site: Site, screen: Screen):
    await screen.answer("first")
    second = await screen.lease()
    await screen.press("Escape")
    await expect(screen.part("waiting-title")).to_be_visible()
    await screen.part("undo").click()
    await expect(screen.part("main")).to_have_attribute("data-lease", second)
    await screen.asked("Type what you see")
    await screen.answer("second after all")
    assert screen.errors == []


async def test_what_is_half_typed_meanwhile_is_there_afterwards(site: Site, screen: Screen):
    await screen.answer("first")
    second = await screen.lease()
    await screen.type("sec")
    await screen.press("Alt+z")
    await expect(screen.part("answer")).to_have_value("first")
    await screen.press("Enter")
    await expect(screen.part("main")).to_have_attribute("data-lease", second)
    await expect(screen.part("answer")).to_have_value("sec")


async def test_too_late_is_said(site: Site, screen: Screen):
    await screen.answer("first")
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE work SET aside_until = now() - interval '1 s' WHERE cell = 1 AND state = 4")
    await screen.press("Alt+z")
    await expect(screen.part("notice")).to_contain_text("too late to take that back")
    await expect(screen.part("answered")).to_have_text("1")


async def test_what_is_taken_back_while_it_is_on_its_way_comes_back_too(site: Site, screen: Screen):
    first = await screen.lease()
    await screen.type("wrogn")
    call = await screen.hold("**/v1/worker/answers", "Enter")
    assert await screen.lease() != first
    await screen.press("Alt+z")
    await call.continue_()
    await expect(screen.part("main")).to_have_attribute("data-lease", first)
    await expect(screen.part("answer")).to_have_value("wrogn")
    assert (await results(site), screen.errors) == (0, [])


async def test_whoever_goes_on_after_all_takes_nothing_back(site: Site, screen: Screen):
    await screen.type("first")
    await screen.hold("**/v1/worker/answers", "Enter")
    await screen.press("Alt+z")
    await screen.type("second")
    await screen.press("Enter")
    await screen.page.unroute("**/v1/worker/answers")  # lets go what is held
    await expect(screen.part("receipt")).to_contain_text("second")
    await expect(screen.part("undo")).to_be_visible()
    assert set(await states(site)) <= {3, 4}
