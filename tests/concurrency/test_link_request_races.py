"""A request for a link is there until its link is: whoever falls over, is removed, or comes at the same time."""

import asyncio

import asyncpg
import pytest

from manyeyes.actions.ask_for_links import AskForLink, ask_for_links
from manyeyes.actions.close_link_requests import CloseLinkRequest, close_link_requests
from manyeyes.actions.forget_credentials import ForgetCredentials, forget_credentials
from manyeyes.roles.house.link_requests import ask_for_link, count_link_requests, make_asked_link, open_link_requests
from manyeyes.runtime.context import Context
from manyeyes.values.actor import ANYBODY, BY_ITSELF, Actor
from manyeyes.workers.link_requests.rules import KEPT, MOST_FROM_ONE
from support import factories
from support.action_stage import Stage
from support.removals_meanwhile import remove_first_owner, somebody_waits

OLD = "INSERT INTO link_request (request_id, name, reach, address, asked_at) VALUES ($1, 'Ann', '-', '', $2)"
ANEW = AskForLink(request_id=9, name="Ben", reach="0123", address="")
LINKS = "SELECT count(*) FROM credential WHERE kind = 'link'"


async def asked(context: Context, name: str) -> tuple[int, str]:
    """Ask for a link under a name; return the request's number and whom alone it may be."""
    assert await ask_for_link(context, name, "0123", BY_ITSELF)
    (found,) = await open_link_requests(context)
    (one,) = found.possible
    return found.request.request_id, one.label


async def test_the_link_is_there_before_its_request_is_gone(context: Context, dsn: str):
    number, label = await asked(context, (await factories.hand(context)).worker.name)
    db = await asyncpg.connect(dsn)
    try:
        async with db.transaction():
            await db.execute("SELECT FROM link_request FOR UPDATE")
            making = asyncio.create_task(make_asked_link(context, number, label, BY_ITSELF))
            await somebody_waits(db)
            assert await db.fetchval(LINKS) == 1
        assert "/login/" in (await making or "")
    finally:
        await db.close()
    assert await count_link_requests(context) == 0


async def test_a_request_of_somebody_who_is_removed_meanwhile_stays(context: Context, dsn: str):
    account = await factories.customer(context)
    number, label = await asked(context, f"customer {account.account_id}")
    began = asyncio.Event()
    removing = asyncio.create_task(remove_first_owner(dsn, account.account_id, began.set))
    await began.wait()
    assert await make_asked_link(context, number, label, BY_ITSELF) is None
    await removing
    assert await count_link_requests(context) == 1


async def test_of_two_who_make_it_at_once_one_is_shown_it(context: Context):
    number, label = await asked(context, (await factories.hand(context)).worker.name)
    made = await asyncio.gather(*(make_asked_link(context, number, label, BY_ITSELF) for _ in range(2)))
    assert len([url for url in made if url]) == 1


async def old_requests(stage: Stage) -> None:
    """Keep three requests that are over, of which the last lies first in the table."""
    for number in (3, 2, 1):
        await stage.pool.execute(OLD, number, stage.now - KEPT)


@pytest.mark.parametrize(
    ("action", "command"),
    [(forget_credentials, ForgetCredentials()), (ask_for_links, ANEW)],
    ids=["forgetting", "asking"],
)
async def test_old_ones_are_forgotten_in_the_order_of_the_key(stage: Stage, action, command):
    """Whoever waits for the first holds none of the others."""
    await old_requests(stage)
    async with stage.transaction() as first:
        await first.execute("SELECT FROM link_request WHERE request_id = 1 FOR UPDATE")
        forgetting = asyncio.create_task(stage.act(action, command))
        await somebody_waits(first)
        others = await first.fetch("SELECT FROM link_request WHERE request_id > 1 FOR UPDATE SKIP LOCKED")
        assert len(others) == 2
    await forgetting
    assert await stage.pool.fetchval("SELECT count(*) FROM link_request WHERE request_id <= 3") == 0


async def test_closing_one_waits_for_no_other(stage: Stage):
    await old_requests(stage)
    async with stage.transaction() as first:
        await first.execute("SELECT FROM link_request WHERE request_id = 1 FOR UPDATE")
        async with asyncio.timeout(20):
            assert await stage.act(close_link_requests, CloseLinkRequest(request_id=2)) == [True]


async def test_whoever_is_refused_has_nothing_written_each_time(context: Context):
    """Their place is full: numbers are taken many at once, not one for whatever they send after that."""
    who = Actor(role=ANYBODY, address="203.0.113.7")
    assert all([await ask_for_link(context, f"Ann {n}", "0123", who) for n in range(MOST_FROM_ONE)])
    written = "SELECT next_value FROM counter WHERE name = 'link_request'"
    async with context.cells.directory.acquire() as db:
        before = await db.fetchval(written)
        assert not any([await ask_for_link(context, f"Ben {n}", "0123", who) for n in range(9)])
        assert await db.fetchval(written) == before
