"""/worker/reports: what was refused and why, what it cost, one appeal, and a quiet sign of what is new."""

import re

import pytest
from playwright.async_api import expect
from test_customer_pages import OWN
from test_looks import NAMELESS

from manyeyes.reports.rules import Vote
from manyeyes.tasks.rules import wire_id
from support import factories
from support.browser_visits import PHONE, at_work, customer_subject, has_no_sideways_scroll, link, worker_subject
from support.in_process_client import Client
from support.screen_disputes import complaint, decided, reviewer, vote
from support.served_site import Site


@pytest.fixture
async def people(client: Client) -> tuple[factories.Customer, factories.Hand]:
    """A customer, and the worker who is signed in."""
    customer, author = await factories.customer(client.context), await factories.hand(client.context)
    await client.post(await link(client.context, worker_subject(author)), headers=OWN)
    return customer, author


async def test_a_worker_without_complaints_reads_so(client: Client, people):
    page = (await client.get("/worker/reports")).text
    assert "No answer of yours was refused." in page
    assert "Being looked at" not in page


async def test_an_open_complaint_is_shown_with_its_pay_on_hold(client: Client, people):
    customer, author = people
    await complaint(client.context, customer, author, "alpha")
    await vote(client.context, await reviewer(client.context), Vote.CONFIRM, "purple elephant")
    page = (await client.get("/worker/reports")).text
    assert "Being looked at, its pay is on hold" in page
    assert "alpha" in page
    assert "purple elephant" not in page
    assert "/worker/appeal" not in page


async def test_a_refused_answer_shows_the_reasons_and_the_cost(client: Client, people):
    customer, author = people
    await decided(
        client.context, customer, author, Vote.CONFIRM, "the 4 is a 9", "wrong", numeric=1, comment="the meter"
    )
    page = (await client.get("/worker/reports")).text
    for words in (
        "Type the digits you see",
        "only digits",
        "the meter",
        "12345",
        "the 4 is a 9",
        "The answer is wrong",
    ):
        assert words in page
    assert "−$0.0005" in page
    assert re.search(r'<img src="/pictures/[^"]+\.png"', page)
    for secret in (customer.key, f"customer {customer.account_id}"):
        assert secret not in page
    assert not re.search(r"worker \d", page)


async def test_pay_that_was_theirs_already_cost_them_nothing(client: Client, people):
    customer, author = people
    task_id = await complaint(client.context, customer, author)
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE pending_pay SET due_at = now() WHERE task_id = $1", task_id)
        await db.execute("DELETE FROM pending_pay WHERE task_id = $1", task_id)
    for _ in range(2):
        await vote(client.context, await reviewer(client.context), Vote.CONFIRM)
    assert "nothing: the pay was yours already" in (await client.get("/worker/reports")).text


async def test_an_answer_that_stands_is_no_complaint_any_more(client: Client, people):
    customer, author = people
    await decided(client.context, customer, author, Vote.REJECT)
    assert "No answer of yours was refused." in (await client.get("/worker/reports")).text


async def test_one_appeal_and_its_end(client: Client, people):
    customer, author = people
    number = await decided(client.context, customer, author, Vote.CONFIRM)
    words = "Look again: <b>it is a 4</b>"
    sent = await client.post(
        "/worker/appeal", data={"task_id": number, "words": words}, headers=OWN, follow_redirects=True
    )
    assert "Your appeal was sent." in sent.text
    assert "Your appeal is with the operator." in sent.text
    assert "Look again: &lt;b&gt;it is a 4&lt;/b&gt;" in sent.text
    assert "/worker/appeal" not in sent.text
    again = await client.post(
        "/worker/appeal", data={"task_id": number, "words": "x"}, headers=OWN, follow_redirects=True
    )
    assert "That appeal could not be taken" in again.text
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE appeal SET accepted = true, answer = 'You are right', decided_at = now()")
    page = (await client.get("/worker/reports")).text
    assert "Your appeal was accepted: you have been paid." in page
    assert "You are right" in page


@pytest.mark.parametrize(
    "form", [{}, {"words": "why"}, {"task_id": "x", "words": "why"}, {"task_id": "9" * 40, "words": "w"}]
)
async def test_an_appeal_about_nothing_is_refused(client: Client, people, form):
    reply = await client.post("/worker/appeal", data={"y": "1", **form}, headers=OWN, follow_redirects=True)
    assert "That appeal could not be taken" in reply.text


async def test_an_appeal_without_words_is_refused(client: Client, people):
    customer, author = people
    number = await decided(client.context, customer, author, Vote.CONFIRM)
    reply = await client.post(
        "/worker/appeal", data={"task_id": number, "words": "  "}, headers=OWN, follow_redirects=True
    )
    assert "That appeal could not be taken" in reply.text
    assert "This is not right: appeal" in reply.text


async def test_an_appeal_that_is_too_long_is_refused_and_not_cut(client: Client, people):
    customer, author = people
    number = await decided(client.context, customer, author, Vote.CONFIRM)
    form = {"task_id": number, "words": "é" * 2_001}
    reply = await client.post("/worker/appeal", data=form, headers=OWN, follow_redirects=True)
    assert "2000 characters at most" in reply.text
    assert "This is not right: appeal" in reply.text
    form["words"] = "e\u0301" * 2_000
    reply = await client.post("/worker/appeal", data=form, headers=OWN, follow_redirects=True)
    assert "Your appeal was sent." in reply.text


async def test_a_form_of_another_site_appeals_nothing(client: Client, people):
    customer, author = people
    number = await decided(client.context, customer, author, Vote.CONFIRM)
    form = {"task_id": number, "words": "not mine"}
    assert (
        await client.post("/worker/appeal", data=form, headers={"origin": "http://elsewhere.test"})
    ).status_code == 403
    async with client.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM appeal") == 0


async def test_workers_see_and_appeal_only_their_own(client: Client, people):
    customer, author = people
    other = await factories.hand(client.context)
    number = await decided(client.context, customer, author, Vote.CONFIRM, text="alpha")
    client.cookies.clear()
    await client.post(await link(client.context, worker_subject(other)), headers=OWN)
    assert "alpha" not in (await client.get("/worker/reports")).text
    reply = await client.post(
        "/worker/appeal", data={"task_id": number, "words": "w"}, headers=OWN, follow_redirects=True
    )
    assert "That appeal could not be taken" in reply.text


async def test_others_are_sent_where_they_belong(client: Client, people):
    customer, _ = people
    client.cookies.clear()
    for path in ("/worker/reports", "/reviewer", "/customer/reports", "/operator/recourse"):
        assert (await client.get(path)).headers["location"] == "/"
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    for path in ("/worker/reports", "/reviewer", "/operator/recourse"):
        page = await client.get(path)
        assert page.status_code == 403
        assert "You are signed in here as a customer" in page.text


async def test_what_is_new_is_counted_until_it_was_read(client: Client, people):
    customer, author = people
    badge = re.compile(r'id="refusals-count">(\d+)<')
    await decided(client.context, customer, author, Vote.CONFIRM)
    assert badge.search((await client.get("/worker")).text)[1] == "1"
    assert (await client.get("/worker/reports")).text.count('class="badge">new<') == 1
    assert badge.search((await client.get("/worker")).text)[1] == "0"
    await decided(client.context, customer, author, Vote.CONFIRM)
    assert badge.search((await client.get("/worker")).text)[1] == "1"
    assert (await client.get("/worker/reports")).text.count('class="badge">new<') == 1


@pytest.mark.parametrize("cookie", ["nonsense", "0001-01-01T00:00:00+23:00", "2026-01-01"])
async def test_a_cookie_that_somebody_changed_breaks_nothing(client: Client, people, cookie):
    client.cookies.set("manyeyes_refusals_seen", cookie, domain="manyeyes.test")
    assert (await client.get("/worker")).status_code == 200


@pytest.mark.browser
async def test_the_work_screen_notes_a_refusal_without_interrupting(site: Site, browser):
    customer, author = await factories.customer(site.context), await factories.hand(site.context)
    task_id = await complaint(site.context, customer, author)
    screen = await at_work(site, browser, author)
    await screen.page.clock.install()
    await screen.page.reload()
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("refusals-new")).to_be_hidden()
    for _ in range(2):
        await vote(site.context, await reviewer(site.context), Vote.CONFIRM)
    await screen.page.clock.fast_forward(61_000)
    await expect(screen.part("refusals-new")).to_have_text("Complaints, new: 1")
    await expect(screen.part("notice")).to_be_hidden()
    await screen.page.locator(".page-menu > summary").click()
    await screen.part("refusals-link").click()
    await expect(screen.part(f"complaint-{wire_id(task_id)}")).to_contain_text("12345")
    assert screen.errors == []


@pytest.mark.browser
async def test_the_page_fits_a_phone_and_the_appeal_is_sent(site: Site, browser):
    customer, author = await factories.customer(site.context), await factories.hand(site.context)
    number = await decided(site.context, customer, author, Vote.CONFIRM, "x" * 300, "wrong", text="y" * 200)
    screen = await at_work(site, browser, author, **PHONE)
    await screen.page.goto(site.url + "/worker/reports")
    assert await has_no_sideways_scroll(screen.page)
    assert await screen.page.evaluate(NAMELESS) == []
    await screen.page.get_by_text("This is not right: appeal").tap()
    await screen.page.get_by_label("Say what the reviewers missed.").fill("it is a 4")
    await screen.page.get_by_role("button", name="Send the appeal").tap()
    await expect(screen.part(f"appeal-{number}")).to_contain_text("Your appeal is with the operator.")
    assert screen.errors == []
