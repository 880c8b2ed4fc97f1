"""A request for a link is there until its link is: whoever falls over, is removed, or comes at the same time."""

import asyncio

import asyncpg

from manyeyes.roles.house.link_requests import ask_for_link, count_link_requests, make_asked_link, open_link_requests
from manyeyes.runtime.context import Context
from manyeyes.values.actor import BY_ITSELF
from support import factories
from support.removals_meanwhile import remove_first_owner, somebody_waits

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
