"""/operator/recourse: appeals decided by form, reviewers beside each other, what waits, and who is ignored."""

import re
from typing import Any

import httpx
import pytest
from playwright.async_api import expect
from test_customer_pages import OWN, rows
from test_looks import NAMELESS

from manyeyes.reports.rules import Vote
from manyeyes.roles.worker_reports import appeal
from manyeyes.runtime.context import Context
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, has_no_sideways_scroll, link, worker_subject
from support.in_process_client import Client
from support.screen_disputes import complaint, decided
from support.served_site import Site

OPERATOR = Subject("operator", 0, 0)


@pytest.fixture
async def people(client: Client) -> tuple[factories.Customer, factories.Hand]:
    customer, author = await factories.customer(client.context), await factories.hand(client.context)
    await client.post(await link(client.context, OPERATOR), headers=OWN)
    return customer, author


async def appealed(context: Context, customer: factories.Customer, author, words="it is a 4") -> int:
    number = await decided(context, customer, author, Vote.CONFIRM, "the 4 is a 9", "wrong")
    await appeal(context, author.worker, number, words)
    return number


async def decide(client: Client, **form) -> httpx.Response:
    return await client.post("/operator/appeal", data=form, headers=OWN, follow_redirects=True)


async def wallet(context: Context, hand: factories.Hand) -> Any | int:
    async with context.cells.pool(1).acquire() as db:
        query = "SELECT payable_micros FROM wallet WHERE cell = 1 AND worker_id = $1"
        return await db.fetchval(query, hand.worker.worker_id) or 0


async def test_nothing_to_do_is_said(client: Client, people):
    page = (await client.get("/operator/recourse")).text
    for words in ("No appeal is waiting.", "No vote has been decided yet.", "complaints are ignored.", "none"):
        assert words in page
    assert 'href="/operator/recourse"' in (await client.get("/operator")).text


async def test_an_accepted_appeal_pays_the_worker_and_answers_them(client: Client, people):
    customer, author = people
    number = await appealed(client.context, customer, author)
    page = (await client.get("/operator/recourse")).text
    for words in (author.worker.name, "12345", "the 4 is a 9", "it is a 4", "$0.0005", "Type what you see"):
        assert words in page
    before = await wallet(client.context, author)
    reply = await decide(client, task_id=number, accepted="yes", answer="You are right")
    assert "Accepted: the worker has been paid." in reply.text
    assert "No appeal is waiting." in reply.text
    assert await wallet(client.context, author) == before + 500
    again = await decide(client, task_id=number, accepted="yes", answer="")
    assert await wallet(client.context, author) == before + 500
    assert "could not be done" not in again.text
    client.cookies.clear()
    await client.post(await link(client.context, worker_subject(author)), headers=OWN)
    assert "You are right" in (await client.get("/worker/reports")).text


async def test_a_verdict_that_is_left_pays_nothing_and_is_not_turned_later(client: Client, people):
    customer, author = people
    number = await appealed(client.context, customer, author)
    assert "The verdict stands." in (await decide(client, task_id=number, accepted="no", answer="It is a 9")).text
    assert "could not be done" in (await decide(client, task_id=number, accepted="yes")).text
    assert await wallet(client.context, author) == 0


@pytest.mark.parametrize(
    "form", [{"x": "1"}, {"accepted": "yes"}, {"task_id": "7", "accepted": "maybe"}, {"task_id": "½", "accepted": "no"}]
)
async def test_a_decision_about_nothing_is_refused(client: Client, people, form):
    assert "could not be done" in (await decide(client, **form)).text


async def test_a_cell_that_cannot_be_read_is_not_the_only_one(client: Client, people):
    customer, author = people
    number = await appealed(client.context, customer, author)
    for cell in ("one", "77", "1" + "0" * 30):
        assert "could not be done" in (await decide(client, task_id=number, accepted="yes", cell=cell)).text
    assert await wallet(client.context, author) == 0


async def test_an_answer_that_is_too_long_decides_nothing(client: Client, people):
    customer, author = people
    number = await appealed(client.context, customer, author)
    reply = await decide(client, task_id=number, accepted="yes", answer="x" * 501)
    assert "500 characters at most" in reply.text
    assert await wallet(client.context, author) == 0
    reply = await decide(client, task_id=number, accepted="yes", answer="x" * 500)
    assert "Accepted: the worker has been paid." in reply.text


async def test_only_the_operators_own_page_decides(client: Client, people):
    customer, author = people
    number = await appealed(client.context, customer, author)
    form = {"task_id": number, "accepted": "yes"}
    elsewhere = await client.post("/operator/appeal", data=form, headers={"origin": "http://elsewhere.test"})
    assert elsewhere.status_code == 403
    client.cookies.clear()
    await client.post(await link(client.context, worker_subject(author)), headers=OWN)
    assert (await client.post("/operator/appeal", data=form, headers=OWN)).status_code == 403
    assert await wallet(client.context, author) == 0


async def test_reviewers_stand_beside_each_other_and_the_odd_one_is_marked(client: Client, people):
    hands = [await factories.hand(client.context) for _ in range(4)]
    records = [(200, 4), (180, 60), (220, 6), (10, 9)]
    async with client.context.cells.pool(1).acquire() as db:
        for hand, (votes, against) in zip(hands, records, strict=True):
            await db.execute(
                "INSERT INTO reviewer_record VALUES (1, $1, $2, $3)", hand.worker.worker_id, votes, against
            )
    page = (await client.get("/operator/recourse")).text
    found = {row[0]: row[1:] for row in rows(page, "reviewers")}
    odd, new, usual = (found[hands[at].worker.name] for at in (1, 3, 0))
    assert (odd[2], odd[3], odd[5]) == ("60 · 33.3%", "26.9% – 40.5%", "far above the others")
    assert odd[4] == "4.4%"
    assert (new[5], usual[5]) == ("too few votes to say", "as the others")
    assert page.count('class="outlier"') == 1


async def test_a_marked_picture_is_folded_for_the_operator_too(client: Client, people):
    customer, author = people
    await appealed(client.context, customer, author)
    assert "Show the picture" not in (await client.get("/operator/recourse")).text
    async with client.context.cells.directory.acquire() as db:
        await db.execute("UPDATE queue SET marks = 64 WHERE queue_id = 1")
    client.context.lookups.forget()
    assert "Show the picture" in (await client.get("/operator/recourse")).text


async def test_open_complaints_and_their_age(client: Client, people):
    customer, author = people
    for _ in range(2):
        await complaint(client.context, customer, author)
    assert re.search(
        r"2, the oldest for [\d.,]+ (ms|sec)</b> · limit: 4 hr", (await client.get("/operator/recourse")).text
    )
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE report SET filed_at = filed_at - interval '5 hours'")
    page = (await client.get("/operator/recourse")).text
    assert "2, the oldest for 5 hr</b> · limit: 4 hr" in page
    assert "Reviewers vote on fewer complaints than come." in page
    assert 'Who may review is said on each worker\'s page. <a href="/operator/workers">' in page
    assert '<li class="bad"><strong>Open complaints' in page


async def test_accounts_that_are_ignored_are_listed(client: Client, people):
    customer, _ = people
    fine = await factories.customer(client.context)
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute(
            "INSERT INTO reporter VALUES (1, $1, 12, 5), (1, $2, 12, 6)", customer.account_id, fine.account_id
        )
    page = (await client.get("/operator/recourse")).text
    assert [row[1:] for row in rows(page, "ignored-accounts")] == [[str(customer.account_id), "12", "5"]]


@pytest.mark.browser
async def test_the_page_fits_a_phone_and_decides_there(site: Site, browser):
    customer, author = await factories.customer(site.context), await factories.hand(site.context)
    number = await appealed(site.context, customer, author, "w" * 300)
    page = await (await browser.new_context(**PHONE)).new_page()
    await page.goto(site.url + await link(site.context, OPERATOR))
    await page.wait_for_url("**/operator")
    await page.locator("nav.tabs summary", has_text="What is done").tap()
    await page.get_by_role("link", name="Complaints").tap()
    await page.wait_for_url("**/operator/recourse")
    assert await has_no_sideways_scroll(page)
    assert await page.evaluate(NAMELESS) == []
    await page.get_by_label("Your answer to the worker").fill("Thank you")
    await page.locator("summary", has_text="Accept and pay").tap()
    await page.get_by_role("button", name="Accept and pay").tap()
    await expect(page.locator("#notice")).to_have_text("Accepted: the worker has been paid.")
    await expect(page.locator(f"#appeal-{number}")).to_have_count(0)
