"""The customer's pages: figures that add up, whatever the second, the filter or the page; and only their own."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from manyeyes.accounts.store import AccountPlace
from manyeyes.actions.leave import Leave, leave
from manyeyes.console.customer.statement import KINDS
from manyeyes.console.customer.statement_books import Statement, read_books
from manyeyes.console.customer.statement_period import StatementQuery, asked
from manyeyes.ledger.rules import APPS_KINDS, WORKERS_KINDS, TransferKind
from manyeyes.runtime.context import Context
from manyeyes.workers.store import Subject
from support import factories
from support.action_stage import set_stage
from support.browser_visits import customer_subject, link
from support.in_process_client import Client
from support.recognition_calls import RATE_PRICE, Calls, app_of
from support.task_lives import Life, live

OWN = {"origin": "http://manyeyes.test"}


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    """A customer, signed in, with two solved tasks, one skipped once and two open ones."""
    customer, hand = await factories.customer(client.context), await factories.hand(client.context)
    for soft_id, ip in ((7, "203.0.113.7"), (0, "203.0.113.8")):
        await factories.solve(client.context, customer, hand, soft_id=soft_id, ip=ip)
    for _ in range(2):
        await factories.submit(client.context, customer, queue_id=2)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    return customer


def cell(page, element) -> str | Any:
    """The text of the element with this id."""
    found = re.search(rf'id="{element}"[^>]*>([^<]*)<', page)
    assert found, element
    return found[1]


def rows(page, table) -> list[Any]:
    """The rows of the table with this id, as lists of texts."""
    body = page.split(f'id="{table}"', 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return [
        [re.sub(r"<[^>]+>", "", text).strip() for text in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr.*?</tr>", body, re.S)
    ]


def micros(text) -> int:
    return round(float(text.replace("$", "").replace(",", "").replace("−", "-") or 0) * 1_000_000)


async def books_of(context: Context, customer: factories.Customer, **given) -> Statement:
    question = StatementQuery(start=given.pop("start", asked({}, datetime.now(UTC)).start), **given)
    place = AccountPlace(customer.account_id, "", customer.cell)
    async with context.cells.pool(customer.cell).acquire() as db:
        return await read_books(db, place, question, await context.lookups.queues())


async def test_the_overview_shows_what_there_is(client: Client, customer: factories.Customer):
    page = (await client.get("/customer")).text
    assert cell(page, "balance") == "$9.9972"
    assert cell(page, "held") == "$0.0014"
    assert cell(page, "spent") == "$0.0014"
    assert cell(page, "open") == "2 / 0"
    assert page.count('class="status solved"') == 2
    assert page.count('class="status waiting"') == 2
    assert '"clientKey":"YOUR_CLIENT_KEY"' in page.replace("&#34;", '"')
    assert "http://manyeyes.test/createTask" in page


async def test_the_statement_adds_up(client: Client, customer: factories.Customer):
    page = (await client.get("/customer/statement")).text
    assert "It adds up" in page
    sums = rows(page, "sums")
    moved = [[micros(text) for text in row[2:]] for row in sums]
    assert [sum(column) for column in zip(*moved[:-1], strict=True)] == moved[-1] == [9_997_200, 1_400]
    hours = rows(page, "hours")
    assert len(hours) == 24
    assert sum(micros(row[3]) for row in hours) == micros(cell(page, "total-money")) == 1_400
    assert sum(int(row[2]) for row in hours) == int(cell(page, "total-volume")) == 2


async def test_every_line_follows_from_the_one_before(client: Client, customer: factories.Customer):
    lines = rows((await client.get("/customer/statement")).text, "entries")[::-1]
    signs = {"Top-up": (1, 0), "Held for a task": (-1, 1), "Charged for a task": (0, -1), "Given back": (1, -1)}
    available = held = 0
    for _, what, task, amount, after, held_after in lines:
        available += signs[what][0] * micros(amount)
        held += signs[what][1] * micros(amount)
        assert (micros(after), micros(held_after)) == (available, held)
        assert bool(task) == (what != "Top-up")
    assert len(lines) == 7


async def test_filters_narrow_the_hours_and_not_the_ledger(client: Client, customer: factories.Customer):
    for query, tasks in [
        ("queue=English+ImageToText", 2),
        ("queue=Russian+ImageToText", 0),
        ("queue=no+such+queue", 0),
        ("softId=7", 1),
        ("softId=seven", 0),
        ("softId=%C2%B2", 0),
        ("softId=0", 2),
        ("softId=99999999999999", 0),
        ("ip=203.0.113.8", 1),
        ("ip=::FFFF:203.0.113.8", 1),
        ("softId=7&ip=203.0.113.8", 0),
    ]:
        page = (await client.get(f"/customer/statement?{query}")).text
        assert cell(page, "total-volume") == str(tasks), query
        assert "It adds up" in page
        assert len(rows(page, "entries")) == 7


async def test_a_window_that_cuts_history_adds_up_at_every_instant(client: Client, customer: factories.Customer):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE transfer SET at = at - (50 - cause_id * 7 - kind) * interval '1 hour' WHERE cell = 1")
        await db.execute("UPDATE result SET ended_at = t.at FROM transfer t WHERE t.cause_id = task_id AND t.kind = 3")
        await db.execute("DELETE FROM usage_minute")
        await db.execute(
            "INSERT INTO usage_minute (cell, account_id, minute, queue_id, soft_id, ip, tasks, charged_micros) "
            "SELECT cell, account_id, floor(extract(epoch FROM ended_at) / 60), queue_id, soft_id, ip, 1, "
            "charged_micros FROM result"
        )
        instants = [row["at"] for row in await db.fetch("SELECT at FROM transfer ORDER BY at")]
    before = [timedelta(), timedelta(days=1), timedelta(hours=11, minutes=7, seconds=13)]
    seconds = [timedelta(seconds=0), timedelta(seconds=1)]
    for start in {(at - span).replace(microsecond=0) + s for at in instants for span in before for s in seconds}:
        books = await books_of(client.context, customer, start=start)
        assert books.unexplained_micros == 0, start


async def test_an_address_that_no_text_of_the_database_can_be_is_one_that_never_spent(
    client: Client, customer: factories.Customer
):
    for address in ("%00", "a%00b", "%ff"):
        assert (await client.get(f"/customer/statement?ip={address}")).status_code == 200


async def test_a_refund_stands_on_the_statement_and_it_still_adds_up(client: Client, customer: factories.Customer):
    """Also where a window holds the task's end and not the refund, or the refund and not the end."""
    hand, earlier_hand = await factories.hand(client.context), 1
    await client.context.batcher.ask(leave, Leave(1, earlier_hand, offline=True))
    for _ in range(2):
        await factories.refunded(client.context, customer, hand)
    page = (await client.get("/customer/statement")).text
    assert "It adds up" in page
    assert [row[1] for row in rows(page, "entries")].count("Refunded after a complaint") == 2
    assert cell(page, "total-volume") == "4"
    assert micros(cell(page, "total-money")) == 1_400
    lines = list(csv.DictReader(io.StringIO((await client.get("/customer/statement.csv")).text)))
    assert [line["amount"] for line in lines if line["kind"] == "refund"] == ["0.000700"] * 2
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE transfer SET at = at + interval '30 hours' WHERE kind = 7")
    now = asked({}, datetime.now(UTC)).start
    for start in (now, now + timedelta(hours=12), now + timedelta(hours=30), now + timedelta(hours=54)):
        assert (await books_of(client.context, customer, start=start)).unexplained_micros == 0, start


async def test_what_recognition_cost_stands_on_the_statement_and_it_adds_up(
    client: Client, customer: factories.Customer
):
    stage = await set_stage(client.context.cells.directory)
    stage._number = 1_000_000
    calls = Calls(stage, app_of(customer.account_id))
    await calls.record(calls.found(), calls.found(rate=0.2), calls.found(label=-1))
    page = (await client.get("/customer/statement")).text
    assert "It adds up" in page
    entry = next(row for row in rows(page, "entries") if row[1] == "Charged for recognition")
    assert (entry[2], micros(entry[3])) == ("", 2 * RATE_PRICE)
    assert cell(page, "total-volume") == "2"
    lines = list(csv.DictReader(io.StringIO((await client.get("/customer/statement.csv")).text)))
    assert [(row["task"], row["amount"]) for row in lines if row["kind"] == "recognition"] == [("", "0.001000")]
    overview = (await client.get("/customer")).text
    assert (cell(overview, "spent"), cell(overview, "held")) == ("$0.0024", "$0.0021")


async def test_what_is_missing_is_told_to_the_micro(client: Client, customer: factories.Customer):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE balance SET available_micros = available_micros - 3 WHERE cell = 1")
    page = (await client.get("/customer/statement")).text
    assert "It does not add up: $0.000003 is unexplained" in page


async def test_a_charge_without_its_hour_is_noticed(client: Client, customer: factories.Customer):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("DELETE FROM usage_minute")
        await db.execute("UPDATE result SET charged_micros = 0")
    assert (await books_of(client.context, customer)).unexplained_micros == 1_400


async def test_entries_are_paged_and_none_is_left_out(client: Client, customer: factories.Customer):
    for _ in range(60):
        await factories.submit(client.context, customer)
    first = (await client.get("/customer/statement")).text
    following = re.search(r'href="(/customer/statement\?[^"]*page=2)"', first)[1].replace("&amp;", "&")
    second = (await client.get(following)).text
    both = rows(first, "entries") + rows(second, "entries")
    assert (len(rows(first, "entries")), len(both)) == (50, 67)
    balances = [micros(row[4]) for row in both]
    assert balances == sorted(balances)
    assert balances[-1] == 10_000_000
    assert "51 to 67 of 67" in second


async def test_the_download_holds_the_same_entries(client: Client, customer: factories.Customer):
    reply = await client.get("/customer/statement.csv")
    assert reply.headers["content-type"].startswith("text/csv")
    assert "attachment" in reply.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(reply.text)))
    books = await books_of(client.context, customer)
    assert [line["kind"] for line in lines] == [each.kind.name.lower() for each in books.lines][::-1]
    assert lines[-1]["available_after"] == "9.997200"
    assert lines[0] == {
        "time": lines[0]["time"],
        "kind": "top_up",
        "task": "",
        "amount": "10.000000",
        "available_after": "10.000000",
        "held_after": "0.000000",
    }


async def test_the_download_goes_on_where_a_batch_ended(client: Client, customer: factories.Customer, monkeypatch):
    whole = (await client.get("/customer/statement.csv")).text
    monkeypatch.setattr("manyeyes.console.customer.statement.CSV_ENTRIES", 2)
    assert (await client.get("/customer/statement.csv")).text == whole


async def test_an_unreadable_start_is_explained(client: Client, customer: factories.Customer):
    page = (await client.get("/customer/statement?from=soon")).text
    assert "The start could not be read" in page
    assert "It adds up" in page


async def test_customers_see_only_their_own(client: Client, customer: factories.Customer):
    other = await factories.customer(client.context, "3.00")
    client.cookies.clear()
    await client.post(await link(client.context, customer_subject(other)), headers=OWN)
    page = (await client.get("/customer/statement")).text
    assert [row[1] for row in rows(page, "entries")] == ["Top-up"]
    assert cell((await client.get("/customer")).text, "balance") == "$3.00"


async def test_what_others_typed_is_shown_and_not_run(client: Client, customer: factories.Customer):
    evil = "<script>alert(1)</script>"
    async with client.context.cells.directory.acquire() as db:
        await db.execute("UPDATE account_place SET name = $1", evil)
    for path in ("/customer", "/customer/statement"):
        page = (await client.get(path, params={"queue": evil, "ip": evil})).text
        assert evil not in page
        assert "&lt;script&gt;" in page


def test_every_kind_of_a_customers_transfer_has_a_name():
    assert set(KINDS) == set(TransferKind) - WORKERS_KINDS - APPS_KINDS


async def test_a_task_that_nobody_tried_is_told_from_one_that_was_not_solved_in_time(client: Client):
    customer = await factories.customer(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    now = int(datetime.now(UTC).timestamp() * 1e6)
    lives = [Life(now, ending="unanswered")] * 2
    _, tried = await live(client.context, customer, [], lives)
    await client.context.cells.pool(1).execute("UPDATE result SET solve_count = 1 WHERE task_id = $1", tried)
    page = (await client.get("/customer")).text
    assert page.count('class="status untried">Nobody tried it') == 1
    assert page.count('class="status unanswered">Not answered') == 1


async def test_the_operator_sees_which_queues_accept_no_complaints(client: Client):
    await client.post(await link(client.context, Subject("operator", 0, 0)), headers=OWN)
    page = (await client.get("/operator")).text
    assert [row[0] for row in rows(page, "queues")] == ["English ImageToText", "Russian ImageToText · no complaints"]
