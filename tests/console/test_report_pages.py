"""/customer/reports: every report with its true end, the record that cannot be reset, and the way to the money."""

import re
from typing import Any

import pytest
from test_customer_pages import OWN, rows

from manyeyes.console.shared.report_wording import WHY
from manyeyes.reports.rules import WHYS, Vote
from manyeyes.tasks.rules import RECAPTCHA_V3, wire_id
from support import factories
from support.browser_visits import customer_subject, link
from support.in_process_client import Client
from support.screen_disputes import answered, complaint, decided, reviewer, vote


@pytest.fixture
async def people(client: Client) -> tuple[factories.Customer, factories.Hand]:
    """A customer who is signed in, and who answers them."""
    customer, author = await factories.customer(client.context), await factories.hand(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    return customer, author


def texts(page, tag, name) -> list[Any]:
    """The texts of the elements ``tag`` inside the element with this id, tags left out."""
    inside = page.split(f'id="{name}"', 1)[1]
    inside = inside.split("</ol>" if tag == "li" else "</section>", 1)[0]
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", each)).strip()
        for each in re.findall(rf"<{tag}.*?</{tag}>", inside, re.S)
    ]


async def test_before_the_first_report_the_page_says_how(client: Client, people):
    page = (await client.get("/customer/reports")).text
    assert "Nothing was reported yet" in page
    assert "0 of 0 confirmed" in page
    assert 'href="/customer/reports"' in (await client.get("/customer")).text


async def test_a_confirmed_complaint_is_told_from_the_answer_to_the_money(client: Client, people):
    customer, author = people
    number = await decided(client.context, customer, author, Vote.CONFIRM, "the 4 is a 9", "wrong", text="alpha")
    (line,) = rows((await client.get("/customer/reports")).text, "reports")
    assert [line[0], line[1], line[2], line[3], line[5]] == [
        str(number), "Confirmed", "alpha", "$0.0007", "Wrong answer to a picture",
    ]  # fmt: skip
    page = (await client.get(f"/customer/reports/{number}")).text
    steps = texts(page, "li", "timeline")
    said = [re.sub(r" \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "", step) for step in steps]
    assert said == [
        "The task was finished",
        "Your report was received",
        "A reviewer says: the answer is wrong the 4 is a 9",
        "A reviewer says: the answer is wrong",
        "Verdict: the answer is wrong",
        "$0.0007 came back to your balance See it on the statement",
    ]
    assert re.search(r'<img src="/pictures/[^"]+\.png"', page)
    day = re.search(r'href="(/customer/statement\?[^"]+)"', page)[1].replace("&amp;", "&")
    statement = (await client.get(day)).text
    assert "It adds up" in statement
    (refund,) = [row for row in rows(statement, "entries") if row[1] == "Refunded after a complaint"]
    assert [refund[2], refund[3]] == [str(number), "+$0.000700"]
    assert f'href="/customer/reports/{number}"' in statement


async def test_an_open_complaint_shows_no_vote_yet(client: Client, people):
    customer, author = people
    task_id = await complaint(client.context, customer, author)
    await vote(client.context, await reviewer(client.context), Vote.CONFIRM, "purple elephant")
    page = (await client.get(f"/customer/reports/{wire_id(task_id)}")).text
    assert texts(page, "li", "timeline")[-1].startswith("With the reviewers")
    assert "purple elephant" not in page
    assert "A reviewer says" not in page


async def test_a_complaint_that_was_not_confirmed_says_what_reviewers_saw(client: Client, people):
    customer, author = people
    number = await decided(client.context, customer, author, Vote.REJECT, "ambiguous", "it says 12345")
    page = (await client.get(f"/customer/reports/{number}")).text
    assert "0 and O, or 1, l and I, look alike in the picture" in page
    assert "it says 12345" in page
    assert "Verdict: the answer stands; nothing is refunded" in page


async def test_a_refused_report_keeps_its_true_reason(client: Client, people):
    customer, author = people
    task_id = await answered(client.context, customer, author)
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = ended_at - interval '1 hour' WHERE task_id = $1", task_id)
    refused = await factories.call(client, "reportIncorrectImageCaptcha", customer, taskId=wire_id(task_id))
    assert refused["errorId"] == 16
    page = (await client.get("/customer/reports?state=refused")).text
    assert "It came 60 seconds or more after the task was finished" in page
    one = (await client.get(f"/customer/reports/{wire_id(task_id)}")).text
    assert "Refused: It came 60 seconds or more after the task was finished" in one
    assert "error 16" in one


async def test_an_account_that_is_ignored_is_told_why_and_that_nothing_resets_it(client: Client, people):
    customer, author = people
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("INSERT INTO reporter VALUES (1, $1, 12, 5)", customer.account_id)
    task_id = await complaint(client.context, customer, author)
    page = (await client.get("/customer/reports")).text
    assert "5 of 12 confirmed" in page
    assert "Your complaints are being ignored." in page
    assert "cannot be reset, by nobody" in page
    (line,) = rows(page, "reports")
    assert line[1].startswith("Ignored")
    one = (await client.get(f"/customer/reports/{wire_id(task_id)}")).text
    assert "Ignored: nobody was asked, nothing is refunded" in one
    assert "Fewer than half of this account&#39;s judged complaints were confirmed" in one


async def test_the_half_itself_is_enough(client: Client, people):
    customer, _ = people
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("INSERT INTO reporter VALUES (1, $1, 12, 6)", customer.account_id)
    page = (await client.get("/customer/reports")).text
    assert "Your complaints are being ignored." not in page
    assert "While at least half are confirmed, every complaint is looked at." in page


async def test_a_state_narrows_the_list_and_a_page_leads_to_the_next(client: Client, people, monkeypatch):
    monkeypatch.setattr("manyeyes.console.customer.reports.PAGE_REPORTS", 2)
    customer, author = people
    open_ones = [wire_id(await complaint(client.context, customer, author)) for _ in range(3)]
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE vote_slot SET state = 3")  # nobody is asked about these
    closed = await decided(client.context, customer, author, Vote.REJECT)
    page = (await client.get("/customer/reports?state=open")).text
    older = re.search(r'href="(/customer/reports\?[^"]*before=[^"]+)"', page)[1].replace("&amp;", "&")
    found = [row[0] for row in rows(page, "reports") + rows((await client.get(older)).text, "reports")]
    assert found == [str(number) for number in reversed(open_ones)]
    assert [row[0] for row in rows((await client.get("/customer/reports?state=rejected")).text, "reports")] == [
        str(closed)
    ]
    assert "No report is in this state." in (await client.get("/customer/reports?state=confirmed")).text
    assert (await client.get("/customer/reports?before=nonsense")).status_code == 303


async def test_words_on_tokens_are_counted_and_judged_by_nobody(client: Client, people):
    customer, author = people
    number = await factories.solve(client.context, customer, author, "03AGdBq2", kind=RECAPTCHA_V3)
    await factories.call(client, "reportCorrectRecaptcha", customer, taskId=number)
    (line,) = rows((await client.get("/customer/reports")).text, "reports")
    assert [line[0], line[1], line[5]] == [str(number), "Counted", "Token worked"]
    page = (await client.get(f"/customer/reports/{number}")).text
    assert texts(page, "li", "timeline")[-1] == "Counted"
    assert "<img" not in page
    assert "picture" not in page.partition("<main")[2].partition("</main>")[0]


async def test_customers_see_only_their_own(client: Client, people):
    customer, author = people
    number = await decided(client.context, customer, author, Vote.CONFIRM)
    other = await factories.customer(client.context)
    client.cookies.clear()
    await client.post(await link(client.context, customer_subject(other)), headers=OWN)
    assert "Nothing was reported yet" in (await client.get("/customer/reports")).text
    for path in (f"/customer/reports/{number}", "/customer/reports/x", f"/customer/reports/{2**40}"):
        assert (await client.get(path)).status_code == 404


async def test_no_reviewer_and_no_worker_is_named(client: Client, people):
    customer, author = people
    number = await decided(client.context, customer, author, Vote.CONFIRM)
    for path in ("/customer/reports", f"/customer/reports/{number}"):
        page = (await client.get(path)).text
        assert not re.search(r"worker \d", page)


async def test_what_others_typed_is_shown_and_not_run(client: Client, people):
    customer, author = people
    evil = "<script>alert(1)</script>"
    number = await decided(client.context, customer, author, Vote.CONFIRM, evil, evil, text=evil)
    for path in ("/customer/reports", f"/customer/reports/{number}"):
        page = (await client.get(path)).text
        assert evil not in page
        assert "&lt;script&gt;" in page


def test_every_reason_without_votes_has_its_sentence():
    assert set(WHY) == set(map(str, WHYS))


async def test_queues_that_accept_no_complaints_are_named_and_a_refused_one_says_why(client: Client, people):
    customer, _ = people
    russian = await factories.hand(client.context, queues=(2,), languages=("ru",))
    task_id = await factories.solve(client.context, customer, russian, queue_id=2)
    refused = await factories.call(client, "reportIncorrectImageCaptcha", customer, taskId=task_id)
    assert refused["errorId"] == 16
    page = (await client.get("/customer/reports")).text
    assert "These queues accept no complaints: Russian ImageToText." in page
    (line,) = rows(page, "reports")
    assert line[1] == "Refused" + "The task&#39;s queue accepts no complaints"
    found = await client.get("/v1/reports")
    assert [(r["state"], r["why"]) for r in found.json()["reports"]] == [("refused", "report_not_accepted")]
