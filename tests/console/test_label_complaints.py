"""A label that somebody complained about: reviewer, worker, customer and operator read its name."""

import pytest
from playwright.async_api import expect

from manyeyes.reports.rules import Vote
from manyeyes.roles.reviewer import LeasedSlot, ReviewDesk
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, at_review, customer_subject, has_no_sideways_scroll, link, worker_subject
from support.label_tasks import FEW, send_labels
from support.screen_disputes import reviewer, votes_on
from support.served_site import Site

pytestmark = pytest.mark.browser
CHOSEN = "QR or bar code"


@pytest.fixture
async def people(site: Site) -> tuple[factories.Customer, factories.Hand, factories.Hand]:
    """A customer, the worker who chose a label, and a reviewer."""
    return await factories.customer(site.context), await factories.hand(site.context), await reviewer(site.context)


async def chosen(context: Context, customer: factories.Customer, author, names=FEW) -> int:
    """Let the author choose the second label of a fresh task and the customer complain; return the task's serial."""
    serial = await send_labels(context, customer, names)
    lease = await factories.taken(context, author)
    await WorkerDesk(context).answer(author.worker, lease.lease, "1")
    await factories.complain(context, customer, wire_id(serial))
    return serial


async def page_of(site: Site, browser, subject, path):
    page = await (await browser.new_context(locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, subject))
    await page.wait_for_load_state()
    await page.goto(site.url + path)
    return page


async def test_a_reviewer_reads_the_label_s_name_and_what_there_was_to_choose_from(site: Site, browser, people):
    customer, author, judge = people
    serial = await chosen(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown(CHOSEN)
    await expect(screen.part("ask")).to_have_text("Which label fits the picture?")
    await expect(screen.part("choices").locator("li")).to_have_text(list(FEW))
    await expect(screen.part("rules").locator("li")).to_have_count(0)
    await expect(screen.part("glyphs").locator("li")).to_have_count(0)
    await expect(screen.part("given").locator("b")).to_have_count(0)
    await expect(screen.part("alike")).to_contain_text("More than one label fits")
    await screen.press("ArrowDown")
    await expect(screen.part("receipt")).to_contain_text("more than one label fits")
    assert await votes_on(site.context, serial) == [(Vote.REJECT, "several")]
    assert screen.errors == []


async def test_pictures_to_read_and_to_label_are_judged_in_turn(site: Site, browser, people):
    customer, author, judge = people
    await chosen(site.context, customer, author)
    await factories.complain(site.context, customer, await factories.solve(site.context, customer, author, "O0"))
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown(CHOSEN)
    await screen.press("ArrowLeft")
    await screen.shown("O0")
    await expect(screen.part("alike")).to_contain_text("They look alike: 0/O, 1/l/I")
    await expect(screen.part("choices").locator("li")).to_have_count(0)
    await expect(screen.part("glyphs").locator("li")).to_have_count(2)
    await screen.press("ArrowDown")
    await expect(screen.part("receipt")).to_contain_text("they look alike")


async def test_without_script_the_same_is_there(site: Site, browser, people):
    customer, author, judge = people
    serial = await chosen(site.context, customer, author)
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(judge)))
    await page.get_by_role("button", name="Sign in").click()
    await page.goto(site.url + "/reviewer?at=work")
    await expect(page.locator("#given")).to_have_text(CHOSEN)
    await expect(page.locator("#choices li")).to_have_text(list(FEW))
    await page.get_by_role("button", name="More than one label fits").click()
    assert await votes_on(site.context, serial) == [(Vote.REJECT, "several")]


async def test_a_program_gets_the_labels_and_the_name(site: Site, people):
    customer, author, judge = people
    await chosen(site.context, customer, author)
    slot = await ReviewDesk(site.context).next(judge.worker, 5)
    assert isinstance(slot, LeasedSlot)
    assert slot.answer == CHOSEN
    assert slot.kind == "label_picture"
    assert [choice.name for choice in slot.options.labels] == list(FEW)


async def test_worker_customer_and_operator_read_the_name(site: Site, browser, people):
    customer, author, _ = people
    serial = await chosen(site.context, customer, author)
    await factories.judge(site.context, "confirm", "confirm")
    page = await page_of(site, browser, worker_subject(author), "/worker/reports")
    await expect(page.locator(".answer-text")).to_have_text(CHOSEN)
    await expect(page.get_by_text("Which label fits the picture?")).to_be_visible()
    await page.locator("summary", has_text="appeal").click()
    await page.locator("textarea").fill("It is a code.")
    await page.get_by_role("button", name="Send the appeal").click()
    page = await page_of(site, browser, customer_subject(customer), f"/customer/reports/{wire_id(serial)}")
    await expect(page.locator("#answer")).to_have_text(CHOSEN)
    page = await page_of(site, browser, Subject("operator", 0, 0), "/operator/recourse")
    await expect(page.locator("#appeals .answer-text")).to_have_text(CHOSEN)
    await expect(page.locator("#appeals")).to_contain_text("Which label fits the picture?")


async def test_on_a_phone_the_verdicts_are_in_sight(site: Site, browser, people):
    customer, author, judge = people
    await chosen(site.context, customer, author)
    screen = await at_review(site, browser, judge, **PHONE)
    await screen.part("start").tap()
    await screen.shown(CHOSEN)
    for part in ("given", "wrong", "right", "alike"):
        await expect(screen.part(part)).to_be_in_viewport(ratio=0.9)
    assert await has_no_sideways_scroll(screen.page)
