"""/operator/audit: what was changed, by filters, page by page, and as a file."""

import csv
import io
import re

import pytest

from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from manyeyes.console.operator.audit import COLUMNS, PAGE_ENTRIES
from manyeyes.values.actor import Actor
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import link
from support.in_process_client import CALLER, Client

OWN = {"origin": "http://manyeyes.test"}
EVE = Actor(role="support", actor_id=7, name="Eve <b>&</b>", via="screen", address="192.0.2.9", through="ab12")
MANY = PAGE_ENTRIES + 10


@pytest.fixture
async def account_id(client: Client) -> int:
    """An account whose terms were changed many times; the operator is signed in."""
    customer = await factories.customer(client.context)
    for weight in range(2, MANY + 2):
        command = ChangeAccountTerms(cell=customer.cell, account_id=customer.account_id, weight=weight, actor=EVE)
        await client.context.batcher.ask(change_account_terms, command)
    await client.post(await link(client.context, Subject("operator", 0, 0)), headers=OWN)
    return customer.account_id


async def rows(client: Client, **query: object) -> list[str]:
    """Return the deeds of the page's rows."""
    page = await client.get("/operator/audit", params={name: str(value) for name, value in query.items()})
    assert page.status_code == 200
    return re.findall(r'data-label="What"><span class="mono">([\w.]+)<', page.text)


async def test_each_filter_leaves_what_it_says(client: Client, account_id: int):
    assert set(await rows(client, who="support")) == {"account.set"}
    assert await rows(client, who="support:7", what="account.open") == []
    assert await rows(client, who="support:8") == []
    assert len(await rows(client, who=EVE.name)) == PAGE_ENTRIES
    assert "account.open" in await rows(client, what="account.open")
    assert set(await rows(client, subject=f"account:{account_id}")) <= {"account.set", "account.open", "balance.top_up"}
    assert await rows(client, **{"from": "2999-01-01"}) == []
    assert await rows(client, to="2001-01-01") == []
    assert "No change is like that" in (await client.get("/operator/audit?who=nobody")).text


async def test_pages_follow_each_other_without_a_gap_and_end(client: Client, account_id: int):
    address, weights = "/operator/audit?who=support", []
    while address:
        page = (await client.get(address)).text
        weights += re.findall(r'<span class="faint">weight</span> \d+ → (\d+)<', page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert [int(each) for each in weights] == list(range(MANY + 1, 1, -1))


async def test_a_sign_in_is_told_with_its_address_and_names_are_shown_as_they_are(client: Client, account_id: int):
    page = (await client.get("/operator/audit?what=session.begin")).text
    assert CALLER in page
    assert "operator:0" in page
    named = (await client.get("/operator/audit?who=support")).text
    assert "Eve &lt;b&gt;&amp;&lt;/b&gt;" in named
    assert "<b>&</b>" not in named


UNREADABLE = ["from=yesterday", "to=2026-13-01", "before=x", "before=9_9", "from=9999-12-31T24", "who=%00"]


@pytest.mark.parametrize("query", UNREADABLE)
async def test_what_cannot_be_read_is_said_and_the_newest_are_shown(client: Client, account_id: int, query: str):
    page = await client.get(f"/operator/audit?{query}")
    assert page.status_code == 200
    assert 'id="trail"' in page.text
    assert "This could not be read" in page.text


async def test_the_file_has_all_of_it_and_no_formula(client: Client, account_id: int):
    reply = await client.get("/operator/audit.csv?who=support")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    head, *lines = csv.reader(io.StringIO(reply.text))
    assert tuple(head) == COLUMNS
    assert len(lines) == MANY
    assert {line[head.index("what")] for line in lines} == {"account.set"}
    for weight, name in enumerate(("=1+1", "＝1+1", "\n=1", "-5"), 999):
        evil = Actor(role="support", actor_id=8, name=name, via="screen")
        command = ChangeAccountTerms(cell=1, account_id=account_id, weight=weight, actor=evil)
        await client.context.batcher.ask(change_account_terms, command)
    file = io.StringIO((await client.get("/operator/audit.csv?who=support:8")).text, newline="")
    assert [line[head.index("name")] for line in csv.reader(file)][:0:-1] == ["'=1+1", "'＝1+1", "'\n=1", "-5"]
    assert (await client.get("/operator/audit.csv?from=x")).status_code == 400


async def test_nobody_else_sees_it(client: Client, account_id: int):
    client.cookies.clear()
    for path in ("/operator/audit", "/operator/audit.csv"):
        assert (await client.get(path)).headers["location"] == "/"
