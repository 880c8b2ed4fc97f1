"""The worker screen by keyboard alone: pictures one after another, skips, breaks, and what can go wrong."""

import asyncio
import json
import re

import pytest
from playwright.async_api import expect
from visit import at_work, send

import make
from manyeyes.workers import store as workers

ANY_LEASE = re.compile(r"^1-\d+-\d+$")
pytestmark = pytest.mark.browser


@pytest.fixture
async def people(site):
    """A customer and a worker."""
    return await make.customer(site.house), await make.hand(site.house)


async def result_texts(site, serials):
    async with site.house.cells.pool(1).acquire() as db:
        rows = await db.fetch("SELECT task_id, answer ->> 'text' AS text FROM result WHERE cell = 1")
    found = {row["task_id"]: row["text"] for row in rows}
    return [found.get(serial) for serial in serials]


async def test_pictures_are_answered_one_after_another(site, browser, people):
    customer, hand = people
    serials = [await send(site, customer, text) for text in ("alpha", "beta", "gamma")]
    screen = await at_work(site, browser, hand)
    await screen.start()
    for text in ("alpha", "beta", "gamma"):
        await screen.asked("Type what you see")
        await screen.answer(text)
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await result_texts(site, serials) == ["alpha", "beta", "gamma"]
    await expect(screen.part("answered")).to_have_text("3")
    await expect(screen.part("earned")).to_have_text("$0.0015")
    await expect(screen.part("pending")).to_have_text("$0.0015")
    await expect(screen.part("payable")).to_have_text("$0.00")
    assert screen.errors == []


async def test_a_picture_that_comes_later_appears_by_itself(site, browser, people):
    customer, hand = people
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_visible()
    serial = await send(site, customer, numeric=1)
    await screen.asked("Type the digits you see")
    await screen.answer("12345")
    assert await result_texts(site, [serial]) == ["12345"]


async def test_the_next_picture_is_there_before_it_is_asked_for(site, browser, people):
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


async def test_escape_skips_and_the_picture_never_comes_back(site, browser, people):
    customer, hand = people
    serial = await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.press("Escape")
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("receipt")).to_have_text("Skipped")
    async with site.house.cells.pool(1).acquire() as db:
        work = await db.fetchrow("SELECT state, tried, failures FROM work WHERE cell = 1 AND task_id = $1", serial)
    assert (work["state"], work["tried"], work["failures"]) == (0, [hand.worker.worker_id], 1)


async def test_a_reason_is_chosen_by_keyboard(site, browser, people):
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


async def test_a_break_gives_the_picture_back_and_ends_with_enter(site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    async with screen.page.expect_response("**/v1/worker/offline"):
        await screen.press("Alt+b")
    await expect(screen.part("presence-words")).to_have_text("On a break")
    async with site.house.cells.pool(1).acquire() as db:
        session = await workers.session(db, 1, hand.worker.worker_id)
        assert await db.fetchval("SELECT state FROM work WHERE cell = 1") == 0
    assert session.queues == ()
    await screen.start()
    await screen.asked("Type what you see")


async def test_after_a_break_the_last_receipt_is_gone_and_the_pay_is_not(site, browser, people):
    customer, hand = people
    for text in ("alpha", "beta"):
        await send(site, customer, text)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.answer("alpha")
    await expect(screen.part("receipt")).to_contain_text("$0.0005")
    async with screen.page.expect_response("**/v1/worker/offline"):
        await screen.press("Alt+b")
    await screen.start()
    await screen.asked("Type what you see")
    await expect(screen.part("receipt")).to_be_empty()
    await expect(screen.part("earned")).to_have_text("$0.00")
    await expect(screen.part("pending")).to_have_text("$0.0005")


async def test_an_answer_that_comes_too_late_is_explained(site, browser, people):
    customer, hand = people
    for text in ("first", "second"):
        await send(site, customer, text)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    late = await screen.lease()
    cell, task_id, number = map(int, late.split("-"))

    async def lapse(route):
        """Let the lease run out and be swept before the answer arrives: the desk is then laid anew."""
        async with site.house.cells.pool(1).acquire() as db:
            statement = "UPDATE work SET lease_until = now() - interval '1 s' WHERE cell = $1 AND task_id = $2"
            await db.execute(statement, cell, task_id)
            again = "SELECT state = 1 AND lease > $3 FROM work WHERE cell = $1 AND task_id = $2"
            while not await db.fetchval(again, cell, task_id, number):
                await asyncio.sleep(0.05)
        await route.continue_()

    await screen.page.route("**/v1/worker/answers", lapse, times=1)
    await screen.type("first")
    await screen.press("Enter")
    await expect(screen.part("notice")).to_contain_text("it went to somebody else")
    await expect(screen.part("main")).to_have_attribute("data-lease", f"{cell}-{task_id}-{number + 1}")
    await screen.answer("first again")
    await expect(screen.part("answered")).to_have_text("1")


async def test_time_that_runs_out_is_explained(site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    async with site.house.cells.pool(1).acquire() as db:
        await db.execute("UPDATE work SET lease_until = now() - interval '1 s' WHERE cell = 1")
    await expect(screen.part("notice")).to_contain_text("Time was up")
    await expect(screen.part("waiting-title")).to_be_visible()


async def test_an_answer_refused_by_the_server_comes_back_to_be_changed(site, browser, people):
    customer, hand = people
    serial = await send(site, customer, numeric=2)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type the letters you see")

    async def spoil(route):
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


async def test_a_lost_connection_keeps_what_was_typed(site, browser, people):
    customer, hand = people
    serial = await send(site, customer, "kept")
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.context.set_offline(True)
    await screen.type("kept")
    await screen.press("Enter")
    await expect(screen.part("presence-words")).to_have_text("Reconnecting")
    await expect(screen.part("notice")).to_contain_text("Connection lost")
    assert await result_texts(site, [serial]) == [None]
    await screen.context.set_offline(False)
    await expect(screen.part("receipt")).to_contain_text("Sent: kept")
    assert await result_texts(site, [serial]) == ["kept"]
    await expect(screen.part("presence-words")).to_have_text("Waiting")


async def test_a_sensitive_picture_is_blurred_until_the_worker_looks(site, browser, people):
    customer, hand = people
    async with site.house.cells.directory.acquire() as db:
        await db.execute("UPDATE queue SET sensitive = true WHERE queue_id = 1")
    site.house.directory.forget()
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("unveil")).to_be_focused()
    blurred = await screen.part("table").evaluate("table => getComputedStyle(table).filter")
    assert blurred.startswith("blur(")
    await screen.press("Enter")
    await screen.asked("Type what you see")
    assert await screen.part("table").evaluate("table => getComputedStyle(table).filter") == "none"


async def test_the_picture_is_enlarged_and_made_clearer_by_keyboard(site, browser, people):
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


async def test_typing_runs_ahead_of_a_slow_network(site, browser, people):
    customer, hand = people
    serials = [await send(site, customer, text) for text in ("first", "second")]
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await expect(screen.part("main")).to_have_attribute("data-ahead", ANY_LEASE)
    held_up = asyncio.Event()

    async def slowly(route):
        await held_up.wait()
        await route.continue_()

    await screen.page.route("**/v1/worker/answers", slowly, times=1)
    await screen.type("first")
    await screen.press("Enter")
    await expect(screen.part("answer")).to_have_value("")
    await screen.type("second")
    await screen.press("Enter")
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await result_texts(site, serials) == [None, None]
    held_up.set()
    await expect(screen.part("answered")).to_have_text("2")
    assert await result_texts(site, serials) == ["first", "second"]


async def test_going_online_elsewhere_or_offline_is_seen_here(site, browser, people):
    _, hand = people
    here, there = await at_work(site, browser, hand), await at_work(site, browser, hand)
    await here.start()
    await expect(here.part("presence-words")).to_have_text("Waiting")
    async with there.page.expect_response("**/v1/worker/offline"):
        await there.page.evaluate("fetch('/v1/worker/offline', {method: 'POST'})")
    await expect(here.part("presence-words")).to_have_text("On a break")
    await expect(here.part("notice")).to_be_visible()


async def test_a_break_that_is_learnt_from_a_refused_stream_is_a_break(site, browser, people):
    """The presence ends before the stream is open: the stream is refused, and the screen asks why."""
    _, hand = people
    screen = await at_work(site, browser, hand)

    async def go_offline(route):
        await screen.page.evaluate("fetch('/v1/worker/offline', {method: 'POST'})")
        await route.continue_()

    await screen.page.route("**/v1/worker/events", go_offline, times=1)
    async with screen.page.expect_response("**/v1/worker/session"):
        await screen.start()
    await expect(screen.part("presence-words")).to_have_text("On a break")
    await expect(screen.part("notice")).to_be_visible()


async def test_a_worker_who_was_signed_out_is_told(site, browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await screen.context.clear_cookies()
    await screen.type("late")
    await screen.press("Enter")
    await expect(screen.part("notice")).to_have_text("You are signed out. Ask the operator for a new sign-in link.")
