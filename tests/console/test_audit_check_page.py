"""/operator/audit/check: the trail is followed in parts, what is wrong is named, and what proves it is to be kept."""

import html
import re

import pytest

from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.console.operator import audit_proof
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.roles.trail_reading import every_head
from manyeyes.runtime.periodic import sign_trail
from manyeyes.staff.store import StaffMember
from manyeyes.trail.heads import public_key_of, read_heads
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import link
from support.house_visits import OWN_PAGE, send, sign_in
from support.in_process_client import Client

PATH = "/operator/audit/check"
LENGTH = 6  # entries of the cell's chain: an account is opened, money comes in, and more is changed


@pytest.fixture
async def account_id(client: Client) -> int:
    """An account that was changed some times; the operator is signed in."""
    customer = await factories.customer(client.context)
    await sign_in(client)
    page = f"/operator/accounts/{customer.account_id}"
    while await length(client) < LENGTH:
        is_frozen = await length(client) % 2
        assert (await send(client, f"{page}/freeze", suspended="no" if is_frozen else "yes")).status_code == 303
    return customer.account_id


async def length(client: Client) -> int:
    async with client.context.cells.pool(1).acquire() as db:
        return int(await db.fetchval("SELECT count(*) FROM trail_entry WHERE cell = 1"))


async def change(client: Client, statement: str) -> None:
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute(statement)


async def sign(client: Client) -> None:
    """Sign the chains as they are now; of a day there is one head, and the installation may have signed before."""
    await change(client, "DELETE FROM trail_head")
    await sign_trail(client.context, 1)


def verdict(page: str) -> str:
    found = re.search(r'id="verdict" role="\w+">([^<]*)<', page)
    assert found, page
    return found[1]


def further(page: str) -> str:
    """Return where a check goes on; empty: it got to the end."""
    found = re.search(r'href="([^"]+)" rel="next"', page)
    return html.unescape(found[1]) if found else ""


async def test_what_nobody_touched_is_whole_and_its_heads_are_there_to_be_kept(client: Client, account_id: int):
    await change(client, "DELETE FROM trail_head")
    assert f'href="{PATH}"' in (await client.get("/operator/audit")).text
    page = (await client.get(PATH)).text
    assert verdict(page).startswith("Whole to the end")
    assert (further(page), "No head was signed yet" in page) == ("", True)
    await sign(client)
    page = (await client.get(PATH)).text
    kept = re.search(r'<textarea[^>]* id="heads"[^>]*>([^<]*)</textarea>', page)
    assert kept
    heads = read_heads(html.unescape(kept[1]))
    assert heads == await every_head(client.context)
    assert [head.number for head in heads if head.cell == 1] == [LENGTH]
    assert public_key_of(client.context.trail_key).hex() in page


async def test_a_long_trail_is_checked_in_parts(client: Client, account_id: int, monkeypatch: pytest.MonkeyPatch):
    await sign(client)
    monkeypatch.setattr(audit_proof, "CHECKED_AT_ONCE", 2)
    path, parts, last = PATH, 0, ""
    while path:
        last = (await client.get(path)).text
        assert verdict(last).startswith("Whole"), path
        path, parts = further(last), parts + 1
        assert (not path) == ("to the end" in verdict(last))
    assert verdict(last).startswith("Whole from where this page begins"), "what came before is not proven by it"
    assert parts > LENGTH // 2
    await change(client, "DELETE FROM trail_entry WHERE cell = 1 AND number = 4")
    assert "Entry 4 is missing" in (await client.get(f"{PATH}?cell=1&behind=3")).text
    assert "Entry 4 is missing" in (await client.get(f"{PATH}?cell=1&behind=2")).text
    assert "whole so far" in (await client.get(f"{PATH}?cell=1&behind=1")).text
    for place in ("cell=1&behind=4", "cell=1&behind=999999", "cell=77&behind=1"):  # no such entry: from the beginning
        assert further((await client.get(f"{PATH}?{place}")).text).endswith("behind=2")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE trail_entry SET after = '{}' WHERE cell = 1 AND number = 3", "Entry 3 was altered, or is not the one"),
        ("DELETE FROM trail_entry WHERE cell = 1 AND number = 2", "Entry 2 is missing"),
        ("DELETE FROM trail_entry WHERE cell = 1 AND number > 4", "Entry 5 is missing"),
        ("UPDATE trail_head SET signature = decode(repeat('00', 64), 'hex')", "Entry 6 is not proven: the head of"),
    ],
)
async def test_the_first_entry_that_is_wrong_is_named(client: Client, account_id: int, statement: str, said: str):
    await sign(client)
    await change(client, statement)
    page = (await client.get(PATH)).text
    assert verdict(page).startswith("Something was altered or is missing")
    assert said in page
    for language in set(LANGUAGES) - {"en"}:
        translated = (await client.get(f"{PATH}?lang={language}")).text
        assert said.split(" ", 2)[2] not in translated, language


async def test_an_auditor_sees_it(client: Client, account_id: int):
    member = StaffMember(1, "Eve", "auditor")
    assert await client.context.batcher.ask(add_staff, AddStaff(member)) is None
    client.cookies.clear()
    assert (await client.get(PATH)).headers["location"] == "/"
    await client.post(await link(client.context, Subject("operator", 1, 0)), headers=OWN_PAGE)
    assert verdict((await client.get(PATH)).text).startswith("Whole to the end")
