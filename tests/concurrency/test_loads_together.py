"""What a load that goes with others may wait for, and what it hears for anything else; nothing of it is left then."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
import pytest

from manyeyes.db.pool import LIMITS, Cells
from manyeyes.db.transaction import together
from manyeyes.ledger import store as ledger
from manyeyes.runtime.batching import carry_out
from support.action_stage import Stage

Wait = Callable[[Any, int, int], Awaitable[object]]


class Draw(msgspec.Struct, frozen=True):
    """Take a hundred from an account: a command of the test's own."""

    cell: int
    account_id: int


async def nap(tx: Any, cell: int, account_id: int) -> None:
    await asyncio.sleep(0.001)


async def turn(tx: Any, cell: int, account_id: int) -> None:
    await asyncio.sleep(0)


async def limited(tx: Any, cell: int, account_id: int) -> object:
    return await tx.fetch(ledger.SQL.lock_balances, cell, [account_id], timeout=60)


async def limited_write(tx: Any, cell: int, account_id: int) -> object:
    return await tx.execute(ledger.SQL.change_balances, cell, [account_id], [-100], timeout=60)


async def nested(tx: Any, cell: int, account_id: int) -> object:
    return await together(
        tx, ledger.lock_balances(tx, cell, [account_id]), ledger.lock_balances(tx, cell, [account_id])
    )


def drawing(waits: Wait, kinds: list[str]) -> Any:
    """Return an action that draws, and one of whose loads waits for something."""

    async def load_oddly(tx: Any, cell: int, account_id: int) -> object:
        await ledger.lock_balances(tx, cell, [account_id])
        return await waits(tx, cell, account_id)

    async def draw(tx: Any, now: datetime, commands: Any) -> list[None]:
        kinds.append(type(tx).__name__)
        for each in commands:
            loads = ledger.lock_balances(tx, each.cell, [each.account_id]), load_oddly(tx, each.cell, each.account_id)
            await together(tx, *loads)
            await ledger.change_balances(tx, each.cell, {each.account_id: -100})
        return [None for _ in commands]

    return draw


@pytest.mark.parametrize("functions", [True, False])
@pytest.mark.parametrize("commands", [1, 2])
@pytest.mark.parametrize("waits", [nap, turn, limited, limited_write, nested])
async def test_a_load_that_waits_for_something_else_is_told_so(
    stage: Stage, waits: Wait, commands: int, functions: bool
):
    account_id, kinds = await stage.account(300), list[str]()
    cells = stage.cells if functions else Cells(stage.pool)
    asked = [Draw(stage.cell, account_id)] * commands
    with pytest.raises(RuntimeError, match=r"load_oddly at .* waits for .*; what goes together may wait for"):
        await carry_out(cells, drawing(waits, kinds), stage.cell, asked)
    assert kinds[-1] == "Transaction"  # a draft that fails is carried out anew
    assert await stage.available(account_id) == 300
    assert await carry_out(cells, drawing(asking, kinds), stage.cell, asked) == [None] * commands
    assert await stage.available(account_id) == 300 - 100 * commands


async def asking(tx: Any, cell: int, account_id: int) -> object:
    return await tx.fetchval(ledger.SQL.lock_balances, cell, [account_id])


@pytest.mark.parametrize("functions", [True, False])
async def test_what_a_load_writes_waits_for_the_next_read(stage: Stage, functions: bool):
    """Also where no statement has a function: sent at once it would leave the others waiting for nobody."""
    account_id = await stage.account(300)
    cells = stage.cells if functions else Cells(stage.pool)

    async def write(tx: asyncpg.Connection) -> int:
        await ledger.change_balances(tx, stage.cell, {account_id: -100})
        return (await ledger.lock_balances(tx, stage.cell, [account_id]))[account_id]

    async with cells.transaction(stage.cell) as (tx, _):
        assert await together(tx, write(tx), ledger.lock_balances(tx, stage.cell, [account_id])) == (
            200,
            {account_id: 200},
        )
    assert await stage.available(account_id) == 200


async def test_a_limit_of_its_own_holds_in_the_database_too_and_for_nothing_else(stage: Stage):
    """The driver alone would wait longer for what the database ends after eight seconds."""
    limit = "SELECT current_setting('statement_timeout')"
    async with stage.cells.transaction(stage.cell) as (tx, _):
        assert await tx.fetchval(limit, timeout=3600) == "1h"
        assert await tx.fetchval(limit) == LIMITS["statement_timeout"]
        await tx.execute("SELECT set_config('manyeyes.seen', current_setting('statement_timeout'), true)", timeout=0.5)
        assert await tx.fetchval("SELECT current_setting('manyeyes.seen')") == "500ms"
        assert await tx.fetchval(limit) == LIMITS["statement_timeout"]
