"""The operator's lists ask PostgreSQL as often for many rows as for one, counted on the wire."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bench.postgres_proxy import Counter, counting
from manyeyes.roles.house.accounts import accounts_page
from manyeyes.roles.house.sites import every_soft_app
from manyeyes.roles.house.workers import workers_page
from manyeyes.runtime.context import Context, open_context
from manyeyes.settings import Settings
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.store import SoftApp
from support import factories
from support.databases import MakeDatabase

ROWS = 8
Look = Callable[[Context, int], Awaitable[int]]


@pytest.fixture
async def counted(create_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[tuple[Context, Counter]]:
    with counting(await create_database("house_round_trips")) as counter:
        context = await open_context(Settings(data=tmp_path), counter.dsn, pool_size=1)
        yield context, counter
        await context.close()


async def accounts(context: Context, rows: int) -> int:
    return len(await accounts_page(context, "", 0, rows))


async def workers(context: Context, rows: int) -> int:
    return len(await workers_page(context, "", 0, rows))


async def trips(counted: tuple[Context, Counter], look: Look, rows: int) -> int:
    """Return how often it is asked for so many rows; statements are prepared by a look before."""
    context, counter = counted
    assert await look(context, rows) == rows
    before = counter.round_trips
    await look(context, rows)
    return counter.round_trips - before


@pytest.mark.parametrize("look", [accounts, workers])
async def test_a_page_asks_as_often_for_many_rows_as_for_one(counted: tuple[Context, Counter], look: Look):
    for _ in range(ROWS):
        await factories.customer(counted[0])
        await factories.hand(counted[0])
    one = await trips(counted, look, 1)
    assert await trips(counted, look, ROWS) == one > 0


async def test_what_all_soft_apps_are_owed_is_asked_for_at_once(counted: tuple[Context, Counter]):
    context = counted[0]
    customer = await factories.customer(context)

    async def look(context: Context, rows: int) -> int:
        return len(await every_soft_app(context))

    async def add(soft_id: int) -> None:
        async with context.cells.directory.acquire() as db:
            await soft_apps.insert_soft_app(db, SoftApp(soft_id, f"app {soft_id}", customer.cell, customer.account_id))
        context.lookups.forget()

    await add(901)
    one = await trips(counted, look, 1)
    for number in range(902, 901 + ROWS):
        await add(number)
    assert await trips(counted, look, ROWS) == one > 0
