"""The list of tasks while somebody looks at it: what changes where it stands, what is new, and what a press does."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from test_looks import NAMELESS, SMALL

from manyeyes.actions.submit_tasks import Submitted
from manyeyes.console.shared.languages import LANGUAGES, catalogue
from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.questions import ChoicesOptions, FieldsOptions, NumberOptions, TextOptions
from manyeyes.values.refusals import Refusal
from support import factories
from support.browser_visits import customer_subject, has_no_sideways_scroll, link
from support.factories import Customer, Hand
from support.question_tasks import ask
from support.served_site import Site

pytestmark = pytest.mark.browser
PATH = "/customer/tasks"
BEAT = 6_000  # milliseconds, more than the page waits between two looks
NARROW: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
async def people(site: Site) -> tuple[Customer, Hand]:
    return await factories.customer(site.context), await factories.hand(site.context)


async def visit(site: Site, browser: Browser, customer: Customer, *, is_clocked: bool = False, **given: Any) -> Page:
    """Sign the customer in and open their tasks; with ``is_clocked`` the page's time goes by as the test says."""
    page = await (await browser.new_context(**{"locale": "en-US", "timezone_id": "UTC", **given})).new_page()
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    if given.get("java_script_enabled") is False:
        await page.get_by_role("button").first.click()
    await page.wait_for_url("**/customer")
    if is_clocked:
        await page.clock.install()
    await page.goto(site.url + PATH)
    return page


async def sent(site: Site, customer: Customer, **given: Any) -> int:
    submitted = await factories.submit(site.context, customer, **given)
    assert isinstance(submitted, Submitted), submitted
    return submitted.task_id


async def answer(site: Site, hand: Hand, text: str) -> None:
    lease = await factories.taken(site.context, hand)
    answered = await WorkerDesk(site.context).answer(hand.worker, lease.lease, text)
    assert not isinstance(answered, Refusal), answered
    await WorkerDesk(site.context).offline(hand.worker)


async def some_of_each(site: Site, customer: Customer, hand: Hand) -> None:
    """A task of each kind, with what is long and what runs from right to left."""
    fields = (TextOptions(name="shop"), NumberOptions(name="total", unit="EUR"), TextOptions(name="note" * 15))
    await ask(site.context, customer, FieldsOptions(comment="The receipt", fields=fields))
    await answer(site, hand, json.dumps({"shop": "Corner Bakery", "total": "7.20", "note" * 15: "n" * 200}))
    await ask(site.context, customer, ChoicesOptions(comment="What?", labels=("a boat", "w" * 60)))
    await answer(site, hand, json.dumps(["a boat", "w" * 60]))
    for text in ("m" * 500, "مرحبا بالعالم", "<b>bold</b>"):
        await factories.solve(site.context, customer, hand, text, external_id=text[:180])
    await WorkerDesk(site.context).offline(hand.worker)
    await sent(site, customer)


async def reports(site: Site) -> int:
    return await site.context.cells.directory.fetchval("SELECT count(*) FROM report")


async def test_what_is_new_is_counted_and_what_lies_there_changes_where_it_stands(site: Site, browser, people):
    customer, hand = people
    first = await sent(site, customer)
    page = await visit(site, browser, customer, is_clocked=True)
    await expect(page.locator(f"#task-{first}")).to_contain_text("Waiting")
    await answer(site, hand, "first answer")
    second = await sent(site, customer)
    await page.clock.fast_forward(BEAT)
    await expect(page.locator(f"#task-{first}")).to_contain_text("first answer")
    await expect(page.locator("[data-task]")).to_have_count(1)
    await expect(page.locator("#fresh")).to_have_text("Show new tasks: 1")
    await page.locator("#fresh a").click()
    await expect(page.locator("[data-task]")).to_have_count(2)
    await expect(page.locator("[data-task] >> nth=0")).to_have_id(f"task-{second}")
    await expect(page.locator(f"#task-{second} a").first).to_be_focused()
    await expect(page.locator("#fresh")).to_be_empty()


async def test_the_first_task_comes_by_itself(site: Site, browser, people):
    customer, _ = people
    page = await visit(site, browser, customer, is_clocked=True)
    await expect(page.locator("#empty")).to_be_visible()
    number = await sent(site, customer)
    await page.clock.fast_forward(BEAT)
    await expect(page.locator(f"#task-{number}")).to_contain_text("Waiting")
    await expect(page.locator("#empty")).to_have_count(0)


async def test_nothing_is_asked_while_nobody_looks(site: Site, browser, people):
    customer, _ = people
    await sent(site, customer)
    page = await visit(site, browser, customer, is_clocked=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    hide = "(is) => { Object.defineProperty(document, 'hidden', { value: is, configurable: true }); "
    hide += "document.dispatchEvent(new Event('visibilitychange')); }"
    await page.evaluate(hide, True)
    await page.clock.fast_forward(10 * BEAT)
    assert [url for url in asked if "/rows" in url] == []
    async with page.expect_response(re.compile("/customer/tasks/rows")):
        await page.evaluate(hide, False)


async def test_a_press_complains_and_the_state_stands_there_afterwards(site: Site, browser, people):
    customer, hand = people
    number = await factories.solve(site.context, customer, hand)
    page = await visit(site, browser, customer)
    place = page.url
    row = page.locator(f"#task-{number}")
    await expect(row).to_contain_text(re.compile(r"\d+ seconds left"))
    await row.get_by_role("button", name="This is wrong").focus()
    await page.keyboard.press("Enter")
    await expect(row).to_contain_text("You said it is wrong: With the reviewers")
    await expect(row.locator(".do a")).to_be_focused()
    assert page.url == place
    assert await reports(site) == 1
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/customer/reports/{number}")


async def test_two_presses_complain_once(site: Site, browser, people):
    customer, hand = people
    number = await factories.solve(site.context, customer, hand)
    page, other = await visit(site, browser, customer), await visit(site, browser, customer)
    for each in (page, other):
        await each.locator(f"#wrong-{number}").dblclick(no_wait_after=True)
        await expect(each.locator(f"#task-{number}")).to_contain_text("With the reviewers")
        await expect(each.locator("#notice")).to_be_hidden()
    assert await reports(site) == 1
    assert await site.context.cells.directory.fetchval("SELECT count(*) FROM refused_report") == 0


async def test_when_the_time_is_over_the_button_goes(site: Site, browser, people):
    customer, hand = people
    number = await factories.solve(site.context, customer, hand)
    page = await visit(site, browser, customer, is_clocked=True)
    await expect(page.locator(f"#wrong-{number}")).to_be_visible()
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = ended_at - interval '55 s'")
    await page.clock.fast_forward(BEAT)
    await expect(page.locator(f"#left-{number}")).to_have_text(re.compile(r"^[0-5] seconds left"))
    await page.clock.fast_forward(BEAT)
    await expect(page.locator(f"#wrong-{number}")).to_be_hidden()


async def test_a_press_that_comes_too_late_is_told(site: Site, browser, people):
    customer, hand = people
    number = await factories.solve(site.context, customer, hand)
    page = await visit(site, browser, customer)
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = ended_at - interval '1 h'")
    await page.locator(f"#wrong-{number}").click()
    await expect(page.locator("#notice")).to_have_text("It came 60 seconds or more after the task was finished")
    await expect(page.locator(f"#wrong-{number}")).to_have_count(0)
    assert await reports(site) == 0


async def test_a_press_takes_back_what_waits(site: Site, browser, people):
    customer, _ = people
    number = await sent(site, customer)
    page = await visit(site, browser, customer)
    await page.locator(f"details:has(#cancel-{number}) > summary").click()
    await page.locator(f"#cancel-{number}").click()
    await expect(page.locator(f"#task-{number}")).to_contain_text("Cancelled")
    await expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


async def test_one_tasks_page_follows_it(site: Site, browser, people):
    customer, hand = people
    number = await sent(site, customer)
    page = await visit(site, browser, customer, is_clocked=True)
    await page.goto(f"{site.url}{PATH}/{number}")
    await expect(page.locator("#state")).to_have_text("Waiting")
    await answer(site, hand, "an answer")
    await page.clock.fast_forward(BEAT)
    await expect(page.locator("#answer")).to_have_text("an answer")
    await expect(page.locator("#timeline")).to_contain_text("A person answered it")
    await page.get_by_role("button", name="This is wrong").click()
    await expect(page.locator("#say")).to_contain_text("You said it is wrong: With the reviewers")


async def test_without_script_all_of_it_works_by_forms(site: Site, browser, people):
    customer, hand = people
    done = await factories.solve(site.context, customer, hand)
    await WorkerDesk(site.context).offline(hand.worker)
    waiting = await sent(site, customer, external_id="one.png")
    page = await visit(site, browser, customer, java_script_enabled=False)
    await expect(page.locator("[data-task]")).to_have_count(2)
    await page.get_by_role("button", name="This is wrong").click()
    await expect(page.locator(f"#task-{done}")).to_contain_text("You said it is wrong: With the reviewers")
    await page.get_by_text("Filter", exact=True).click()
    await page.get_by_label("external_id").fill("one.png")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("[data-task]")).to_have_count(1)
    await page.locator(f"details:has(#cancel-{waiting}) > summary").click()
    await page.locator(f"#cancel-{waiting}").click()
    await expect(page.locator(f"#task-{waiting}")).to_contain_text("Cancelled")
    assert "external_id=one.png" in page.url


WIDE = """() => [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((each) => [each.tagName, each.className, each.textContent.slice(0, 20), each.getBoundingClientRect().right])"""


async def test_a_phone_shows_all_of_it_in_every_language(site: Site, browser, people):
    customer, hand = people
    await some_of_each(site, customer, hand)
    page = await visit(site, browser, customer, **NARROW)
    numbers = await page.eval_on_selector_all("[data-task]", "rows => rows.map((row) => row.dataset.task)")
    for language in LANGUAGES:
        await page.goto(f"{site.url}{PATH}?lang={language}&text=largest&state=")
        await expect(page.locator("h1")).to_have_text(catalogue(language).ugettext("Tasks"))
        assert await has_no_sideways_scroll(page), (language, await page.evaluate(WIDE))
        assert await page.evaluate(NAMELESS) == [], language
        await page.goto(f"{site.url}{PATH}/{numbers[-1]}?lang={language}")
        assert await has_no_sideways_scroll(page), language
        assert await page.evaluate(NAMELESS) == [], language
    assert await page.evaluate(SMALL) == []


async def test_at_twice_the_size_nothing_is_lost(site: Site, browser, people):
    customer, hand = people
    await some_of_each(site, customer, hand)
    page = await visit(site, browser, customer, viewport={"width": 640, "height": 400}, color_scheme="dark")
    assert await has_no_sideways_scroll(page)
    assert await page.evaluate(SMALL) == []
    levels = await page.eval_on_selector_all("h1, h2, h3", "all => all.map((each) => Number(each.localName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    ids = await page.eval_on_selector_all("[id]", "all => all.map((each) => each.id)")
    assert len(ids) == len(set(ids))
