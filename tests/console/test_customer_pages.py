"""The customer's pages: figures that add up, whatever the second, the filter or the page; and only their own."""

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.console.customer.statement import KINDS
from manyeyes.ledger.rules import APPS_KINDS, WORKERS_KINDS, TransferKind
from manyeyes.roles.customer.statement import NAMES
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
    sums = {row[0]: micros(row[1]) for row in rows(page, "sums") if row[1]}
    assert sums == {
        "At the start": 0,
        "Topped up": 10_000_000,
        "Charged": -1_400,
        "At the end": 9_998_600,
        "Net: charged, less refunds": 1_400,
    }
    days = rows(page, "days")
    assert len(days) in (28, 29, 30, 31)
    assert sum(micros(row[2]) for row in days if row[2]) == -1_400
    assert sum(int(row[1]) for row in days) == int(cell(page, "total-volume")) == 2
    assert micros(cell(page, "total-money")) == 1_400
    assert micros(days[-1][5]) == 9_998_600


async def test_every_line_follows_from_the_one_before(client: Client, customer: factories.Customer):
    lines = rows((await client.get("/customer/statement")).text, "entries")[::-1]
    balance = 0
    for _, what, task, amount, after in lines:
        balance += micros(amount)
        assert micros(after) == balance
        assert bool(task) == (what != "Top-up")
    assert [line[1] for line in lines] == ["Top-up", "Charged for a task", "Charged for a task"]


async def test_filters_narrow_the_days_and_not_the_sums(client: Client, customer: factories.Customer):
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
        assert cell(page, "charged") == "−$0.001400"
        assert "It adds up" in page
        assert len(rows(page, "entries")) == 3


async def test_an_address_that_no_text_of_the_database_can_be_is_one_that_never_spent(
    client: Client, customer: factories.Customer
):
    for address in ("%00", "a%00b", "%ff"):
        assert (await client.get(f"/customer/statement?ip={address}")).status_code == 200


async def test_a_refund_stands_on_the_statement_and_it_still_adds_up(client: Client, customer: factories.Customer):
    hand, earlier_hand = await factories.hand(client.context), 1
    await client.context.batcher.ask(leave, Leave(1, earlier_hand, offline=True))
    for _ in range(2):
        await factories.refunded(client.context, customer, hand)
    page = (await client.get("/customer/statement")).text
    assert "It adds up" in page
    assert [row[1] for row in rows(page, "entries")].count("Refunded after a complaint") == 2
    assert (cell(page, "charged"), cell(page, "refunded")) == ("−$0.002800", "+$0.001400")
    assert (cell(page, "net"), cell(page, "total-volume")) == ("$0.001400", "4")
    assert micros(cell(page, "total-money")) == 1_400
    lines = list(csv.DictReader(io.StringIO((await client.get("/customer/statement.csv")).text)))
    assert [line["amount"] for line in lines if line["kind"] == "refund"] == ["0.000700"] * 2
    assert [line["amount"] for line in lines if line["kind"] == "task"] == ["-0.000700"] * 4


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
    assert (entry[2], micros(entry[3])) == ("", -2 * RATE_PRICE)
    assert cell(page, "total-volume") == "2"
    lines = list(csv.DictReader(io.StringIO((await client.get("/customer/statement.csv")).text)))
    assert [(row["task"], row["amount"]) for row in lines if row["kind"] == "recognition"] == [("", "-0.001000")]
    overview = (await client.get("/customer")).text
    assert (cell(overview, "spent"), cell(overview, "held")) == ("$0.0024", "$0.0021")


async def test_what_is_missing_is_told_to_the_micro(client: Client, customer: factories.Customer):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE balance SET available_micros = available_micros - 3 WHERE cell = 1")
    page = (await client.get("/customer/statement")).text
    assert "It does not add up: $0.000003 is unexplained" in page


async def test_a_charge_without_its_minute_is_noticed(client: Client, customer: factories.Customer):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("DELETE FROM usage_minute")
        await db.execute("UPDATE result SET charged_micros = 0")
    assert "It does not add up: $0.0014 is unexplained" in (await client.get("/customer/statement")).text


async def test_entries_are_paged_and_none_is_left_out(client: Client, customer: factories.Customer):
    stage = await set_stage(client.context.cells.directory)
    stage._number = 1_000_000
    for _ in range(64):
        await stage.act(top_up_accounts, TopUp(1, stage.number(), customer.account_id, 5))
    first = (await client.get("/customer/statement")).text
    following = re.search(r'href="(/customer/statement\?[^"]*before=[^"]*)" rel="next"', first)[1]
    second = (await client.get(following.replace("&amp;", "&"))).text
    both = rows(first, "entries") + rows(second, "entries")
    assert (len(rows(first, "entries")), len(both)) == (50, 67)
    assert [micros(row[4]) - micros(row[3]) for row in both[:-1]] == [micros(row[4]) for row in both[1:]]
    assert micros(both[0][4]) == 10_000_000 - 1_400 + 64 * 5
    assert 'rel="next">Older' not in second
    assert "Newest entries" in second


async def test_the_download_holds_the_same_entries(client: Client, customer: factories.Customer):
    reply = await client.get("/customer/statement.csv")
    assert reply.headers["content-type"].startswith("text/csv")
    assert "attachment" in reply.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(reply.text)))
    page = rows((await client.get("/customer/statement")).text, "entries")
    assert [(micros(row[3]), micros(row[4]), row[2]) for row in page[::-1]] == [
        (round(float(line["amount"]) * 1e6), round(float(line["balance"]) * 1e6), line["task"]) for line in lines
    ]
    top_up = {"kind": "top_up", "task": "", "amount": "10.000000", "balance": "10.000000"}
    assert lines[0] == {"time": lines[0]["time"], **top_up}


async def test_the_download_goes_on_where_a_batch_ended(client: Client, customer: factories.Customer, monkeypatch):
    whole = (await client.get("/customer/statement.csv")).text
    monkeypatch.setattr("manyeyes.roles.customer.statement.STREAMED", 2)
    assert (await client.get("/customer/statement.csv")).text == whole
    monkeypatch.setattr("manyeyes.roles.customer.statement.STREAMED", 1)
    assert (await client.get("/customer/statement.csv")).text == whole


async def test_days_and_queues_come_as_files_too(client: Client, customer: factories.Customer):
    days = list(csv.DictReader(io.StringIO((await client.get("/customer/statement.csv?by=day&tz=Asia/Bangkok")).text)))
    assert {row["from"][10:] for row in days} == {"T00:00:00+07:00"}
    assert [row["charged"] for row in days if row["tasks"] != "0"] == ["-0.001400"]
    works = list(csv.DictReader(io.StringIO((await client.get("/customer/statement.csv?by=job")).text)))
    sums = {"tasks": "2", "charged": "-0.001400", "refunded": "0.000000", "net": "-0.001400"}
    assert works == [{"queue": "English ImageToText", "job": "", **sums}]
    page = (await client.get("/customer/statement?work=yes")).text
    assert rows(page, "work") == [["English ImageToText", "", "2", "−$0.001400", ""]]
    assert (await client.get("/customer/statement.csv?by=year")).status_code == 400
    assert (await client.get("/customer/statement.csv?month=soon")).status_code == 400


async def test_what_cannot_be_read_is_explained(client: Client, customer: factories.Customer):
    for query in ("from=soon", "month=2026-13", "month=2026-11&from=2026-11-01", "tz=Mars/Base", "to=2026-01-01"):
        page = (await client.get(f"/customer/statement?{query}")).text
        assert "This could not be read" in page
        assert "It adds up" in page


async def test_a_zone_that_was_chosen_is_remembered_and_a_wrong_one_is_not(
    client: Client, customer: factories.Customer
):
    page = (await client.get("/customer/statement")).text
    assert 'data-time-zone="usual"' in page
    assert "· UTC</p>" in page
    await client.get("/customer/statement?tz=Mars/Base")
    assert 'data-time-zone="usual"' in (await client.get("/customer/statement")).text
    await client.get("/customer/statement?tz=Asia/Ho_Chi_Minh")
    page = (await client.get("/customer/statement?month=2026-03")).text
    assert 'data-time-zone="chosen"' in page
    assert '2026-03-01</time> – <time datetime="2026-03-31">2026-03-31</time> · Asia/Ho_Chi_Minh</p>' in page
    assert 'href="/customer/statement?month=2026-02&amp;tz=Asia%2FHo_Chi_Minh" rel="prev"' in page


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


def test_every_kind_that_changes_what_a_customer_has_has_a_name():
    held = {TransferKind.HOLD, TransferKind.RELEASE}  # it stays theirs
    assert set(KINDS) == set(NAMES) == set(TransferKind) - WORKERS_KINDS - APPS_KINDS - held


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
