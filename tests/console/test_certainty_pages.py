"""What audits prove, on the customer's page and the operator's: the state in words, the curve, what was found wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import expect

from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import ENGLISH, PHONE, customer_subject, has_no_sideways_scroll, link
from support.served_site import Site

pytestmark = pytest.mark.browser
OPERATOR = Subject("operator", 0, 0)
SINCE = datetime(2026, 3, 1, 8, tzinfo=UTC)
KNOWN = """
INSERT INTO certainty (cell, account_id, queue_id, question_id, target, accepted, audits, wrong, threshold, is_refused,
                       needed, since)
VALUES (1, $1, 1, 0, $2, 8000, $3, $4, $5, $6, $7, $8)"""
AUDITS = """
INSERT INTO judgement (cell, task_id, purpose, account_id, queue_id, question_id, state, filed_at, proposal, score,
                       value, is_right, pay_micros, decided_at, is_accepted, target, until, stops, round)
SELECT 1, n, 1, $1, 1, 0, 2, now(), 'a', 0.96, 'b', n % 60 <> 0, 100, now(), true, 0.05, 2,
       jsonb_build_array(jsonb_build_array(0.6 + (n % 40) * 0.01, n % 60 = 0 OR n % 40 < 5)), 1
FROM generate_series(1, 400) AS n"""


async def known(
    site: Site, account_id: int, target: float, counts: tuple[int, int], threshold: float | None, **more: Any
) -> None:
    async with site.context.cells.pool(1).acquire() as db:
        refused, needed = more.get("refused", False), more.get("needed", 0)
        await db.execute(KNOWN, account_id, target, *counts, threshold, refused, needed, SINCE)


async def at_page(site: Site, browser, customer, **context: Any):
    page = await (await browser.new_context(**{**ENGLISH, **context})).new_page()
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    await page.wait_for_url("**/customer*")
    await page.goto(site.url + "/customer/certainty")
    return page


@pytest.mark.parametrize("context", [ENGLISH, PHONE], ids=["wide", "phone"])
async def test_each_promise_says_how_it_stands(site: Site, browser, customer: factories.Customer, context):
    await known(site, customer.account_id, 0.05, (412, 6), 0.95, needed=211)
    await known(site, customer.account_id, 0.1, (20, 1), None, needed=159)
    await known(site, customer.account_id, 0.2, (30, 12), None, refused=True)
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute(AUDITS, customer.account_id)
    page = await at_page(site, browser, customer, **context)
    cards = page.locator("section.card")
    await expect(cards.nth(0)).to_contain_text("Proven, with a confidence of 95 in 100, from a score of 0.95 on.")
    await expect(cards.nth(0)).to_contain_text(
        "Of what was accepted since 2026-03-01 at most 3.9% is wrong (412 audited, 6 wrong)."
    )
    await expect(cards.nth(0).locator("svg circle").first).to_be_visible()
    await expect(cards.nth(1)).to_contain_text("Not proven yet: 159 more audits are needed.")
    await expect(cards.nth(2)).to_contain_text("People do not know these")
    assert await has_no_sideways_scroll(page)


async def test_without_a_promise_the_page_says_how_to_get_one(site: Site, browser, customer: factories.Customer):
    page = await at_page(site, browser, customer)
    await expect(page.locator("main")).to_contain_text("Nothing to show yet")


async def test_a_customer_sees_their_own_promises_alone(site: Site, browser, customer: factories.Customer):
    await known(site, customer.account_id + 1, 0.05, (412, 6), 0.95)
    page = await at_page(site, browser, customer)
    await expect(page.locator("main")).to_contain_text("Nothing to show yet")


async def test_the_operator_sees_whose_each_is(site: Site, browser, customer: factories.Customer):
    await known(site, customer.account_id, 0.05, (20, 1), None, needed=373)
    page = await (await browser.new_context(**ENGLISH)).new_page()
    await page.goto(site.url + await link(site.context, OPERATOR))
    await page.wait_for_url("**/operator")
    await page.locator("nav.tabs summary", has_text="What is done").click()
    await page.get_by_role("link", name="How sure").click()
    await expect(page.locator("section.card")).to_contain_text("Not proven yet: 373 more audits are needed.")
    await expect(page.locator("section.card")).to_contain_text("customer")
    assert await has_no_sideways_scroll(page)


@pytest.mark.parametrize("context", [ENGLISH, PHONE], ids=["wide", "phone"])
async def test_the_operator_begins_a_refused_question_anew(site: Site, browser, customer: factories.Customer, context):
    await known(site, customer.account_id, 0.05, (30, 12), None, refused=True)
    page = await (await browser.new_context(**{**ENGLISH, **context})).new_page()
    await page.goto(site.url + await link(site.context, OPERATOR))
    await page.wait_for_url("**/operator")
    await page.goto(site.url + "/operator/certainty")
    assert await has_no_sideways_scroll(page)
    await page.locator("summary", has_text="Begin anew").focus()
    await page.keyboard.press("Enter")
    again = page.get_by_role("button", name="Begin anew")
    await again.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#notice")).to_contain_text("It begins anew")
    await expect(page.locator("section.card")).to_contain_text("Not proven yet: 393 more audits are needed.")
    await expect(again).to_have_count(0)


async def test_a_customer_begins_nothing_anew(site: Site, browser, customer: factories.Customer):
    await known(site, customer.account_id, 0.05, (30, 12), None, refused=True)
    page = await at_page(site, browser, customer)
    await expect(page.locator("section.card")).to_contain_text("People do not know these")
    await expect(page.get_by_role("button", name="Begin anew")).to_have_count(0)
    form = {"account_id": str(customer.account_id), "queue_id": "1", "question_id": "0", "target": "500"}
    await page.request.post(site.url + "/operator/certainty/anew", form=form, headers={"origin": site.url})
    async with site.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT is_refused FROM certainty")


async def test_a_question_that_cannot_be_read_is_not_the_one_without_a_number(
    site: Site, browser, customer: factories.Customer
):
    await known(site, customer.account_id, 0.05, (30, 12), None, refused=True)
    page = await (await browser.new_context(**ENGLISH)).new_page()
    await page.goto(site.url + await link(site.context, OPERATOR))
    await page.wait_for_url("**/operator")
    for number in ("", "one", "-0", "1" + "0" * 30):
        form = {"account_id": str(customer.account_id), "queue_id": "1", "question_id": number, "target": "500"}
        await page.request.post(site.url + "/operator/certainty/anew", form=form, headers={"origin": site.url})
    async with site.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT is_refused FROM certainty")
