"""/customer/tasks: a customer's tasks with answers and money, narrowed, page by page, and their rows asked anew."""

import re
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from test_customer_pages import OWN

from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.questions import ChoicesOptions, FieldsOptions, NumberOptions, TextOptions
from support import factories
from support.action_stage import set_stage
from support.browser_visits import customer_subject, link
from support.in_process_client import Client
from support.job_lives import draft
from support.question_tasks import ask
from support.task_rows import address, answer, listed, row, sent

PATH = "/customer/tasks"


@pytest.fixture
async def people(client: Client) -> tuple[factories.Customer, factories.Hand]:
    """A customer who is signed in, and who answers them."""
    customer, author = await factories.customer(client.context), await factories.hand(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    return customer, author


async def test_before_the_first_task_the_page_says_how(client: Client, people):
    page = (await client.get(PATH)).text
    assert "No task yet" in page
    assert 'href="/customer/jobs"' in page
    assert "http://manyeyes.test/v1/tasks" in page
    assert f'href="{PATH}"' in (await client.get("/customer")).text


async def test_a_task_is_there_with_its_answer_and_money(client: Client, people):
    customer, author = people
    number = await factories.solve(client.context, customer, author, "12 345", external_id="meters/7.png")
    page = (await client.get(PATH)).text
    assert listed(page) == [number]
    assert 'dir="auto">12<i class="blank"> </i>345</span>' in page
    said = row(page, number)
    for words in ("Answered", "$0.0007", "English ImageToText", "meters/7.png", "Type what you see", "This is wrong"):
        assert words in said
    assert "This is right" not in said
    assert re.search(r'<img class="thumb" src="/pictures/[^"]+\.png" alt="Picture of task \d+" width="128"', page)


async def test_each_kind_of_answer_is_told_as_people_read_it(client: Client, people):
    customer, author = people
    context = client.context
    number = await ask(context, customer, NumberOptions(comment="The meter?", unit="kWh", decimals=2))
    await answer(context, author, "12,50".replace(",", "."))
    chosen = await ask(context, customer, ChoicesOptions(comment="What is it?", labels=("a boat", "a car", "<b>")))
    await answer(context, author, '["<b>","a car"]')
    none = await ask(context, customer, ChoicesOptions(comment="And here?", labels=("a boat", "a car")))
    await answer(context, author, "[]")
    fields = (TextOptions(name="shop"), NumberOptions(name="total", unit="EUR"), TextOptions(name="note"))
    receipt = await ask(context, customer, FieldsOptions(comment="The receipt", fields=fields, optional=("note",)))
    await answer(context, author, '{"shop":"Corner Bakery","total":"7.20","note":""}')
    page = (await client.get(PATH)).text
    assert listed(page) == [receipt, none, chosen, number]
    assert "12.50 kWh" in row(page, number)
    assert '<ul class="chips"><li><bdi>a car</bdi></li><li><bdi>&lt;b&gt;</bdi></li></ul>' in page
    assert "None of them" in row(page, none)
    assert "shop Corner Bakery total 7.20 EUR note –" in row(page, receipt)


async def test_what_others_wrote_is_shown_and_not_run(client: Client, people):
    customer, author = people
    evil = "<script>alert(1)</script>"
    number = await factories.solve(client.context, customer, author, evil, external_id=evil)
    for path in (PATH, f"{PATH}/{number}", f"{PATH}?external_id={evil}"):
        page = (await client.get(path)).text
        assert evil not in page
        assert "&lt;script&gt;" in page


async def test_filters_narrow_the_list(client: Client, people):
    customer, author = people
    context = client.context
    done = await factories.solve(context, customer, author, external_id="a/1.png")
    await WorkerDesk(context).offline(author.worker)
    other = await sent(context, customer, queue_id=2)
    waiting = await sent(context, customer, external_id="a/2.png")
    today = datetime.now(UTC).date()
    for query, expected in [
        ({}, [waiting, other, done]),
        ({"state": "done"}, [done]),
        ({"state": "waiting"}, [waiting, other]),
        ({"state": "failed"}, []),
        ({"queue": "2"}, [other]),
        ({"queue": "1", "state": "waiting"}, [waiting]),
        ({"external_id": "a/1.png"}, [done]),
        ({"external_id": "a/1.png", "queue": "2"}, []),
        ({"job": "7"}, []),
        ({"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}, [waiting, other, done]),
        ({"to": str(today - timedelta(days=2))}, []),
        ({"from": str(today + timedelta(days=2)), "queue": "1"}, []),
    ]:
        page = (await client.get(PATH, params=query)).text
        assert listed(page) == expected, query
        assert "could not be read" not in page
        assert ("No task is like that." in page) == (not expected)


async def test_days_are_those_of_the_readers_zone(client: Client, people):
    customer, author = people
    number = await factories.solve(client.context, customer, author)
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE task SET created_at = '2026-03-01T18:30:00Z'")
    there = await client.get(PATH, params={"from": "2026-03-02", "to": "2026-03-02", "tz": "Asia/Bangkok"})
    assert listed(there.text) == [number]
    assert "2026-03-02 01:30:00" in there.text
    assert listed((await client.get(PATH, params={"from": "2026-03-02"})).text) == [number], "the cookie keeps the zone"
    here = await client.get(PATH, params={"from": "2026-03-02", "tz": "UTC"})
    assert listed(here.text) == []


@pytest.mark.parametrize(
    "query",
    ["state=nonsense", "queue=99", "job=x", "from=yesterday", "from=2026-01-02&to=2026-01-01", "from=9999-12-31"],
)
async def test_what_cannot_be_read_is_left_out_and_told(client: Client, people, query):
    customer, _ = people
    number = await sent(client.context, customer)
    page = (await client.get(f"{PATH}?{query}")).text
    assert listed(page) == [number]
    assert "could not be read" in page


async def test_pages_lead_to_older_ones_and_back(client: Client, people, monkeypatch):
    monkeypatch.setattr("manyeyes.console.customer.tasks.PAGE_TASKS", 2)
    customer, _ = people
    numbers = [await sent(client.context, customer) for _ in range(5)][::-1]
    first = (await client.get(PATH)).text
    second = (await client.get(address(first, "Older tasks"))).text
    third = (await client.get(address(second, "Older tasks"))).text
    assert [listed(page) for page in (first, second, third)] == [numbers[:2], numbers[2:4], numbers[4:]]
    assert "Older tasks" not in third
    assert "Newer tasks" not in first
    back = (await client.get(address(third, "Newer tasks"))).text
    assert listed(back) == numbers[2:4]
    assert listed((await client.get(address(back, "Newer tasks"))).text) == numbers[:2]
    assert listed((await client.get(address(back, "Older tasks"))).text) == numbers[4:]
    for query in ("before=0", "before=x", f"after={10**17}", "after=-1", f"before={'9' * 40}"):
        assert (await client.get(f"{PATH}?{query}")).status_code == 200


async def test_a_jobs_items_are_listed_by_their_lines(client: Client, people, monkeypatch):
    monkeypatch.setattr("manyeyes.console.customer.tasks.PAGE_TASKS", 2)
    customer, _ = people
    stage = await set_stage(client.context.cells.directory)
    stage._number = 5_000
    job = await draft(stage, customer.account_id, 3)
    alone = await sent(client.context, customer)
    first = (await client.get(PATH, params={"job": str(job)})).text
    second = (await client.get(address(first, "Older tasks"))).text
    assert ["item 3" in first, "item 2" in first, "item 1" in second, alone in listed(first)] == [
        True,
        True,
        True,
        False,
    ]
    assert "In a job that has not begun" in first
    assert f'href="/customer/jobs/{job}"' in first
    one = (await client.get(PATH, params={"job": str(job), "external_id": "item 2"})).text
    assert len(listed(one)) == 1
    assert "item 2" in row(one, listed(one)[0])


async def test_the_rows_of_a_page_are_asked_anew_until_nothing_changed(client: Client, people):
    customer, author = people
    waiting = await sent(client.context, customer)
    asked = f"{PATH}/rows?ids={waiting}&top={waiting}&back=%2Fcustomer%2Ftasks"
    first = await client.get(asked)
    assert listed(first.text) == [waiting]
    assert "data-fresh" not in first.text
    same = await client.get(asked, headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.text) == (304, "")
    assert row(first.text, waiting) == row((await client.get(PATH)).text, waiting)
    await answer(client.context, author, "12345")
    await sent(client.context, customer)
    later = await client.get(asked, headers={"if-none-match": first.headers["etag"]})
    assert "Answered" in row(later.text, waiting)
    assert 'data-fresh="1"' in later.text
    for odd in ("ids=", "ids=x,,-1", f"ids={'9' * 40}", "ids=1&top=x"):
        assert (await client.get(f"{PATH}/rows?{odd}")).status_code == 200


async def test_a_page_takes_as_many_statements_for_many_tasks_as_for_one(client: Client, people, monkeypatch):
    customer, author = people
    asked: list[str] = []
    original = vars(asyncpg.Connection)["_execute"]

    async def counted(self, query, *arguments, **options):
        asked.append(query)
        return await original(self, query, *arguments, **options)

    async def look(path: str) -> int:
        """Look several times: what a process remembers, and what it does meanwhile, can only add to the least."""
        numbers = []
        for _ in range(6):
            asked.clear()
            assert (await client.get(path)).status_code == 200
            numbers.append(len(asked))
        return min(numbers)

    monkeypatch.setattr("asyncpg.connection.Connection._execute", counted)
    first = await factories.solve(client.context, customer, author)
    one, rows = await look(PATH), await look(f"{PATH}/rows?ids={first}&top={first}")
    others = [await factories.solve(client.context, customer, author) for _ in range(12)]
    assert await look(PATH) == one
    assert await look(f"{PATH}/rows?ids={first},{','.join(map(str, others))}&top={first}") <= rows + 1
    assert 0 < one <= 3, "who it is, where the tasks are, the tasks"
    assert 0 < await look(f"{PATH}/{first}") < 12
