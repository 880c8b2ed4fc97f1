"""The worker screen by keyboard alone: pictures one after another, skips, breaks, and what can go wrong."""

import asyncio
import json
import re
from typing import Any

import pytest
from playwright.async_api import expect

from support import factories
from support.browser_visits import at_work, send
from support.served_site import Site

ANY_LEASE = re.compile(r"^1-\d+-\d+$")
pytestmark = pytest.mark.browser


async def result_texts(site: Site, id_blocks) -> list[Any]:
    async with site.context.cells.pool(1).acquire() as db:
        rows = await db.fetch("SELECT task_id, answer ->> 'text' AS text FROM result WHERE cell = 1")
    found = {row["task_id"]: row["text"] for row in rows}
    return [found.get(serial) for serial in id_blocks]


async def test_pictures_are_answered_one_after_another(site: Site, browser, people):
    customer, hand = people
    id_blocks = [await send(site, customer, text) for text in ("alpha", "beta", "gamma")]
    screen = await at_work(site, browser, hand)
    await screen.start()
    for text in ("alpha", "beta", "gamma"):
        await screen.asked("Type what you see")
        await screen.answer(text)
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await result_texts(site, id_blocks) == ["alpha", "beta", "gamma"]
    await expect(screen.part("answered")).to_have_text("3")
    await expect(screen.part("earned")).to_have_text("$0.0015")
    await expect(screen.part("pending")).to_have_text("$0.0015")
    await expect(screen.part("payable")).to_have_text("$0.00")
    assert screen.errors == []


async def test_a_picture_that_comes_later_appears_by_itself(site: Site, browser, people):
    customer, hand = people
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_visible()
    serial = await send(site, customer, numeric=1)
    await screen.asked("Type the digits you see")
    await screen.answer("12345")
    assert await result_texts(site, [serial]) == ["12345"]


async def test_the_next_picture_is_there_before_it_is_asked_for(site: Site, browser, people):
    customer, hand = people
    for text in ("first", "second"):
        await send(site, customer, text)
    screen = await at_work(site, browser, hand)
    await screen.start()
    first = await screen.lease()
    await expect(screen.part("main")).to_have_attribute("data-ahead", ANY_LEASE)
    await screen.page.route("**/pictures/**", lambda route: route.abort())
    await screen.page.route("**/v1/worker/answers", lambda route: None)  # the reply never comes
    await screen.type("first")
    await screen.press("Enter")
    assert await screen.lease() != first
    drawn = await screen.part("picture").evaluate("image => [image.complete, image.naturalWidth]")
    assert drawn == [True, 120]


async def test_escape_skips_and_the_picture_never_comes_back(site: Site, browser, people):
    customer, hand = people
    serial = await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.press("Escape")
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("receipt")).to_have_text("Skipped")
    async with site.context.cells.pool(1).acquire() as db:
        work = await db.fetchrow("SELECT state, tried, failures FROM work WHERE cell = 1 AND task_id = $1", serial)
    assert (work["state"], work["tried"], work["failures"]) == (0, [hand.worker.worker_id], 1)


async def test_a_reason_is_chosen_by_keyboard(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.press("Alt+s")
    await screen.press("Escape")
    await expect(screen.part("answer")).to_be_focused()
    await screen.press("Alt+s")
    await screen.press("ArrowDown")
    async with screen.page.expect_request("**/v1/worker/skips") as sent:
        await screen.press("Enter")
    assert json.loads((await sent.value).post_data)["reason"] == "wrong_language"


async def test_an_answer_that_comes_too_late_is_explained(site: Site, browser, people):
    customer, hand = people
    for text in ("first", "second"):
        await send(site, customer, text)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    late = await screen.lease()
    cell, task_id, number = map(int, late.split("-"))

    async def lapse(route) -> None:
        """Let the lease run out and be swept before the answer arrives: the desk is then laid anew."""
        async with site.context.cells.pool(1).acquire() as db:
            statement = "UPDATE work SET lease_until = now() - interval '1 s' WHERE cell = $1 AND task_id = $2"
            await db.execute(statement, cell, task_id)
            again = "SELECT state = 1 AND lease > $3 FROM work WHERE cell = $1 AND task_id = $2"
            while not await db.fetchval(again, cell, task_id, number):  # noqa: ASYNC110 (the sweep tells by no event)
                await asyncio.sleep(0.05)
        await route.continue_()

    await screen.page.route("**/v1/worker/answers", lapse, times=1)
    await screen.type("first")
    await screen.press("Enter")
    await expect(screen.part("notice")).to_contain_text("has come to you again")
    await expect(screen.part("main")).to_have_attribute("data-lease", f"{cell}-{task_id}-{number + 1}")
    await expect(screen.part("answer")).to_have_value("first")
    await screen.answer(" again")
    await expect(screen.part("answered")).to_have_text("1")


async def test_time_that_runs_out_is_explained(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE work SET lease_until = now() - interval '1 s' WHERE cell = 1")
    await expect(screen.part("notice")).to_contain_text("its time was over")
    await expect(screen.part("waiting-title")).to_be_visible()


async def test_an_answer_refused_by_the_server_comes_back_to_be_changed(site: Site, browser, people):
    customer, hand = people
    serial = await send(site, customer, numeric=2)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type the letters you see")

    async def spoil(route) -> None:
        body = json.loads(route.request.post_data)
        await route.continue_(post_data=json.dumps({**body, "answer": {"text": "1234"}}))

    await screen.page.route("**/v1/worker/answers", spoil, times=1)
    await screen.type("abcd")
    await screen.press("Enter")
    await expect(screen.part("notice")).to_contain_text("does not keep the rules")
    await expect(screen.part("answer")).to_have_value("abcd")
    await screen.asked("Type the letters you see")
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_contain_text("abcd")
    assert await result_texts(site, [serial]) == ["abcd"]


async def test_a_lost_connection_keeps_what_was_typed(site: Site, browser, people):
    customer, hand = people
    serial = await send(site, customer, "kept")
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.browser_context.set_offline(True)
    await screen.type("kept")
    await screen.press("Enter")
    await expect(screen.part("presence-words")).to_have_text("Reconnecting")
    await expect(screen.part("notice")).to_contain_text("Connection lost")
    assert await result_texts(site, [serial]) == [None]
    await screen.browser_context.set_offline(False)
    await expect(screen.part("receipt")).to_contain_text("Sent: kept")
    assert await result_texts(site, [serial]) == ["kept"]
    await expect(screen.part("presence-words")).to_have_text("Waiting")


async def test_a_marked_picture_is_hidden_until_the_worker_looks(site: Site, browser, people):
    customer, hand = people
    await factories.mark_queue(site.context, hand)
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("unveil")).to_be_focused()
    await expect(screen.part("veil-words")).to_have_text("This picture can show: other distressing things.")
    assert await screen.part("picture").evaluate("image => getComputedStyle(image).visibility") == "hidden"
    await screen.press("Enter")
    await screen.asked("Type what you see")
    assert await screen.part("picture").evaluate("image => getComputedStyle(image).visibility") == "visible"


async def test_the_picture_is_enlarged_and_made_clearer_by_keyboard(site: Site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    before = (await screen.part("picture").bounding_box())["width"]
    await screen.press("Alt+ArrowUp")
    assert (await screen.part("picture").bounding_box())["width"] > before
    await screen.press("Alt+c")
    assert "contrast" in await screen.part("picture").evaluate("image => getComputedStyle(image).filter")
    await expect(screen.part("answer")).to_be_focused()


async def test_typing_runs_ahead_of_a_slow_network(site: Site, browser, people):
    customer, hand = people
    id_blocks = [await send(site, customer, text) for text in ("first", "second")]
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await expect(screen.part("main")).to_have_attribute("data-ahead", ANY_LEASE)
    held_up = asyncio.Event()

    async def slowly(route) -> None:
        await held_up.wait()
        await route.continue_()

    await screen.page.route("**/v1/worker/answers", slowly, times=1)
    await screen.type("first")
    await screen.press("Enter")
    await expect(screen.part("answer")).to_have_value("")
    await screen.type("second")
    await screen.press("Enter")
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await result_texts(site, id_blocks) == [None, None]
    held_up.set()
    await expect(screen.part("answered")).to_have_text("2")
    assert await result_texts(site, id_blocks) == ["first", "second"]
