"""Answers of each kind before a reviewer: fields as a table, labels as chips, a number with its unit."""

from decimal import Decimal
from typing import Any

import pytest
from playwright.async_api import expect

from manyeyes.actions.file_complaints import FileComplaint, file_complaints
from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, NumberOptions
from support import factories
from support.browser_visits import PHONE, ReviewScreen, at_review, has_no_sideways_scroll
from support.given_answers import RECEIPT
from support.question_tasks import ask
from support.served_site import Site

pytestmark = pytest.mark.browser
METER = NumberOptions(comment="What does the meter read?", unit="m³", decimals=2, min=Decimal(0))
LABEL = ChoiceOptions(labels=("cat", "black dog"))
SIGNS = ChoicesOptions(labels=("text", "QR code", "face"))
PAID = '{"shop":"Elm 10","total":12.50,"currency":"USD","paid by":["cash","card"]}'


async def disputed(site: Site, browser, options: Any, text: str, **browser_context: Any) -> ReviewScreen:
    """The reviewer's screen with a complaint about this answer on it."""
    context = site.context
    customer, hand = await factories.customer(context), await factories.hand(context)
    task_id = await ask(context, customer, options, instructions="Read the black digits.")
    lease = await factories.taken(context, hand)
    await WorkerDesk(context).answer(hand.worker, lease.lease, text)
    queues = await context.lookups.queues()
    await context.batcher.ask(
        file_complaints, FileComplaint(cell=1, account_id=customer.account_id, task_id=task_id, queues=queues)
    )
    judge = await factories.hand(context, reviewer=True)
    screen = await at_review(site, browser, judge, **browser_context)
    await screen.part("start").click()
    await expect(screen.part("main")).to_have_attribute("data-ready", "")
    return screen


async def test_a_number_stands_beside_its_unit_and_is_judged(site: Site, browser):
    screen = await disputed(site, browser, METER, "12,50")
    await expect(screen.part("given")).to_have_text("12.50")
    await expect(screen.part("given-unit")).to_have_text("m³")
    await expect(screen.part("comment-text")).to_have_text("What does the meter read?")
    await expect(screen.part("rules").locator("li")).to_have_text(["in m³", "decimals: at most 2", "at least 0"])
    await expect(screen.part("alike-words")).to_have_text("It can be read either way")
    await screen.press("ArrowDown")
    await expect(screen.part("receipt")).to_contain_text("You said: it can be read either way")
    assert screen.errors == []


async def test_a_label_is_shown_among_the_others(site: Site, browser):
    screen = await disputed(site, browser, LABEL, "black dog")
    await expect(screen.part("given")).to_have_text("black dog")
    await expect(screen.part("choices").locator("li")).to_have_text(["cat", "black dog"])
    await expect(screen.part("alike-words")).to_have_text("More than one label fits")
    await screen.press("ArrowRight")
    await expect(screen.part("receipt")).to_contain_text("You said: right")


async def test_labels_are_chips(site: Site, browser):
    screen = await disputed(site, browser, SIGNS, '["face","text"]')
    await expect(screen.part("given-chips").locator("li")).to_have_text(["text", "face"])
    await screen.press("ArrowLeft")
    await expect(screen.part("receipt")).to_contain_text("You said: wrong")


@pytest.mark.parametrize("browser_context", [{}, PHONE], ids=["desk", "phone"])
async def test_fields_are_a_table(site: Site, browser, browser_context: dict[str, Any]):
    screen = await disputed(site, browser, RECEIPT, PAID, **browser_context)
    rows = screen.part("given-fields").locator("div")
    await expect(rows).to_have_text(["shopElm 10", "total12.50", "currencyUSD", "paid bycash, card"])
    await expect(rows.locator("b")).to_have_text(["10"])
    assert await has_no_sideways_scroll(screen.page)
    assert screen.errors == []


async def test_the_instructions_are_read_on_a_key_and_judge_nothing(site: Site, browser):
    screen = await disputed(site, browser, METER, "3")
    await expect(screen.part("instructions")).to_be_hidden()
    await screen.press("Alt+I")
    await expect(screen.part("instructions-text")).to_have_text("Read the black digits.")
    await screen.press("ArrowLeft")
    await screen.press("Escape")
    await expect(screen.part("instructions")).to_be_hidden()
    await expect(screen.part("receipt")).to_be_empty()
    await screen.press("ArrowRight")
    await expect(screen.part("receipt")).to_contain_text("You said: right")


async def test_without_script_all_parts_are_there(site: Site, browser):
    screen = await disputed(site, browser, RECEIPT, PAID)
    page = await screen.page.context.browser.new_context(
        java_script_enabled=False, storage_state=await screen.page.context.storage_state()
    )
    plain = await page.new_page()
    await plain.goto(site.url + "/reviewer?at=work")
    await expect(plain.locator("#given-fields dd")).to_have_text(["Elm 10", "12.50", "USD", "cash, card"])
    await expect(plain.locator(".told .instructions-text")).to_have_text("Read the black digits.")
    await plain.locator("#alike").click()
    await expect(plain.locator("#votes")).to_have_text("1")
