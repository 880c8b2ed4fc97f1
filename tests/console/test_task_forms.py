"""One task's page, and what the forms of the pages of tasks send: complaints, praise, taking back."""

import re

import pytest
from test_customer_pages import OWN

from manyeyes.reports.rules import Vote
from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.questions import NumberOptions
from manyeyes.tasks.rules import wire_id
from support import factories, proven_sites
from support.browser_visits import customer_subject, link
from support.in_process_client import Client
from support.question_tasks import ask
from support.screen_disputes import decided
from support.task_rows import address, listed, row, sent

PATH = "/customer/tasks"


@pytest.fixture
async def people(client: Client) -> tuple[factories.Customer, factories.Hand]:
    """A customer who is signed in, and who answers them."""
    customer, author = await factories.customer(client.context), await factories.hand(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    return customer, author


async def say(client: Client, number: int, kind: str = "complaint", back: str = PATH) -> str:
    """Press a button beside an answer without script, and return the page that comes."""
    form = {"kind": kind, "back": back}
    reply = await client.post(f"{PATH}/{number}/report", data=form, headers=OWN, follow_redirects=True)
    assert reply.status_code == 200
    return reply.text


async def test_a_complaint_by_form_is_filed_once(client: Client, people):
    customer, author = people
    number = await factories.solve(client.context, customer, author)
    page = await say(client, number)
    assert "You said it is wrong: With the reviewers" in row(page, number)
    assert f'href="/customer/reports/{number}"' in page
    again = await say(client, number)
    assert "You said it is wrong: With the reviewers" in row(again, number)
    assert 'id="notice" role="status" hidden' in again
    assert (await client.get("/v1/reports")).json()["reports"][0]["state"] == "open"
    assert len((await client.get("/v1/reports")).json()["reports"]) == 1


async def test_a_complaint_that_comes_too_late_is_told(client: Client, people):
    customer, author = people
    number = await factories.solve(client.context, customer, author)
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = ended_at - interval '61 s'")
    assert "This is wrong" not in (await client.get(PATH)).text
    page = await say(client, number, back=f"{PATH}?state=done")
    assert "It came 60 seconds or more after the task was finished" in page
    assert '<option value="done" selected>' in page


async def test_a_token_may_be_called_right(client: Client, people):
    customer, _ = people
    await proven_sites.add_proven_site(client.context, customer.account_id)
    asking = proven_sites.asking()
    solver = await factories.hand(client.context, queues=(asking["queue_id"],))
    number = await factories.solve(client.context, customer, solver, proven_sites.TOKEN, **asking)
    page = (await client.get(PATH)).text
    assert "This is right" in row(page, number)
    assert "a widget, no picture" in row(page, number)
    assert "Solve the widget of shop.example" in row(page, number)
    assert "You said it is right: Counted" in row(await say(client, number, "praise"), number)
    assert "No picture: a widget, no picture" in (await client.get(f"{PATH}/{number}")).text


async def test_where_no_complaint_is_taken_none_is_offered(client: Client, people):
    customer, _ = people
    russian = await factories.hand(client.context, queues=(2,), languages=("ru",))
    number = await factories.solve(client.context, customer, russian, queue_id=2)
    assert "This is wrong" not in (await client.get(PATH)).text
    assert "The task&#39;s queue accepts no complaints" in await say(client, number)


async def test_what_waits_can_be_taken_back(client: Client, people):
    customer, _ = people
    number = await sent(client.context, customer)
    assert "at most $0.0007" in row((await client.get(PATH)).text, number)
    for _ in range(2):
        reply = await client.post(f"{PATH}/{number}/cancel", data={"back": PATH}, headers=OWN)
        assert (reply.status_code, reply.headers["location"]) == (303, f"{PATH}#task-{number}")
    page = (await client.get(PATH)).text
    assert "Cancelled" in row(page, number)
    assert f"/{number}/cancel" not in page
    overview = await client.get("/customer")
    assert "Cancelled" in overview.text


async def test_what_somebody_answers_cannot_be_taken_back_any_more(client: Client, people):
    customer, author = people
    number = await factories.solve(client.context, customer, author)
    reply = await client.post(f"{PATH}/{number}/cancel", data={"back": PATH}, headers=OWN, follow_redirects=True)
    assert "It could not be taken back" in reply.text


async def test_customers_see_and_touch_only_their_own(client: Client, people):
    customer, author = people
    done = await factories.solve(client.context, customer, author)
    await WorkerDesk(client.context).offline(author.worker)
    waiting = await sent(client.context, customer)
    client.cookies.clear()
    await client.post(
        await link(client.context, customer_subject(await factories.customer(client.context))), headers=OWN
    )
    assert listed((await client.get(PATH)).text) == []
    assert listed((await client.get(f"{PATH}/rows?ids={done},{waiting}")).text) == []
    for path in (f"{PATH}/{done}", f"{PATH}/x", f"{PATH}/{2**40}"):
        assert (await client.get(path)).status_code == 404
    assert "This account has no such task" in await say(client, done)
    await client.post(f"{PATH}/{waiting}/cancel", data={"back": PATH}, headers=OWN)
    async with client.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM work") == 1
        assert await db.fetchval("SELECT count(*) FROM report") == 0


async def test_no_other_page_sends_the_forms_and_none_leads_elsewhere(client: Client, people):
    customer, author = people
    number = await factories.solve(client.context, customer, author)
    for what in ("report", "cancel"):
        form = {"kind": "complaint", "back": PATH}
        assert (await client.post(f"{PATH}/{number}/{what}", data=form)).status_code == 403
    for back in ("//elsewhere.test", "https://elsewhere.test/", "/customer", "/\\elsewhere.test", "x"):
        reply = await client.post(f"{PATH}/{number}/cancel", data={"back": back}, headers=OWN)
        assert reply.headers["location"].startswith(f"{PATH}?refused="), back
    reply = await client.post(f"{PATH}/{number}/report", data={"kind": "nonsense"}, headers=OWN)
    assert reply.headers["location"] == PATH


async def test_one_tasks_page_tells_it_from_the_question_to_the_money(client: Client, people):
    customer, author = people
    number = await decided(
        client.context, customer, author, Vote.CONFIRM, "the 4 is a 9", text="alpha", comment="The sign?"
    )
    page = (await client.get(f"{PATH}/{number}")).text
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for words in (
        "The sign?",
        "alpha",
        "a person's",
        "Held for it $0.000700",
        "Charged of that $0.000700",
        "Refunded after a complaint $0.000700",
        "You said it is wrong: Confirmed",
        "You sent it",
        "the 4 is a 9",
        "came back to your balance",
    ):
        assert words in plain.replace("&#39;", "'"), words
    statement = (await client.get(address(page, "See it on the statement"))).text
    assert str(number) in statement
    assert not re.search(r"worker \d", page)


async def test_instructions_stand_on_the_tasks_page(client: Client, people):
    customer, _ = people
    number = await ask(
        client.context, customer, NumberOptions(comment="The meter?"), instructions="Read the red ones too."
    )
    page = (await client.get(f"{PATH}/{number}")).text
    assert "What people read before the first one" in page
    assert "Read the red ones too." in page
    assert "It waits at most until" in page
    assert " data-live" in page


async def test_what_is_no_longer_kept_is_said_to_be(client: Client, people):
    customer, author = people
    number = await factories.solve(client.context, customer, author, "secret")
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET answer = NULL, kept = false, ended_at = ended_at - interval '1 h'")
    for path in (PATH, f"{PATH}/{wire_id(number)}"):
        page = (await client.get(path)).text
        assert "no longer kept" in page
        assert "The answer is no longer kept." in page
        assert '<img class="thumb"' not in page
