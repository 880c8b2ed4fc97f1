"""What actions say goes to the database together; a lone command's draft is saved only if what it saw still holds."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from manyeyes.actions.show_desks import ShowDesk, show_desks
from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.db.clock import MOST_UNSURE_SECONDS
from manyeyes.db.pool import Cells
from manyeyes.db.transaction import Draft, Transaction, together
from manyeyes.ledger import store as ledger
from manyeyes.runtime.batching import Batcher, carry_out
from manyeyes.runtime.disk_room import DiskRoom
from manyeyes.values.refusals import Refusal
from support.action_stage import PRICE, Stage

POOL_SIZE = 8  # connections


class Spend(msgspec.Struct, frozen=True):
    """Take all that an account has: a command of the test's own, as simple as one can be."""

    cell: int
    account_id: int


@pytest.fixture
async def calls(stage: Stage) -> list[str]:
    """Return the statements that reach the database through the stage's connections from here on."""
    said: list[str] = []
    async with AsyncExitStack() as every:
        for _ in range(POOL_SIZE):
            db = await every.enter_async_context(stage.pool.acquire())
            db.add_query_logger(lambda record: said.append(record.query))
    return said


def spending(stage: Stage, meanwhile: Any = None) -> Any:
    """Return an action that takes all that accounts have; ``meanwhile`` happens between its looks and its decision."""
    met: list[Any] = []

    async def spend(tx: Any, now: datetime, commands: Any) -> list[int]:
        found = await ledger.lock_balances(tx, stage.cell, sorted(c.account_id for c in commands))
        if meanwhile and not met:
            met.append(tx)
            await meanwhile()
        await ledger.change_balances(tx, stage.cell, {account_id: -micros for account_id, micros in found.items()})
        return [found[c.account_id] for c in commands]

    return spend


async def put(stage: Stage, account_id: int, micros: int) -> None:
    await stage.change(
        "UPDATE balance SET available_micros = $3 WHERE cell = $1 AND account_id = $2", account_id, micros
    )


async def test_a_lone_command_takes_two_calls_and_no_transaction(stage: Stage, calls: list[str]):
    account_id = await stage.account()
    command = stage.submitting(account_id)
    await stage.act(submit_tasks, stage.submitting(account_id))  # the driver learns its types
    calls.clear()
    (outcome,) = await stage.act(submit_tasks, command)
    assert isinstance(outcome, Submitted)
    assert len(calls) == 2
    assert not any("BEGIN" in call for call in calls)


async def test_what_writes_nothing_saves_nothing(stage: Stage, calls: list[str]):
    worker_id = await stage.worker()
    await stage.look(worker_id)
    calls.clear()
    assert await stage.act(show_desks, ShowDesk(stage.cell, worker_id)) == [[]]
    assert len(calls) == 1


async def test_several_commands_share_a_transaction(stage: Stage, calls: list[str]):
    account_id = await stage.account()
    both = [stage.submitting(account_id) for _ in range(2)]
    await stage.act(submit_tasks, *[stage.submitting(account_id) for _ in range(2)])
    calls.clear()
    await stage.act(submit_tasks, *both)
    assert [call for call in calls if call.startswith(("BEGIN", "COMMIT"))] == ["BEGIN;", "COMMIT;"]
    assert len(calls) <= 5  # the time, where nobody asked for seconds, the loads, the save


async def test_a_draft_that_was_overtaken_is_carried_out_anew(stage: Stage):
    account_id = await stage.account(300)
    spend = spending(stage, lambda: put(stage, account_id, 200))
    assert await carry_out(stage.cells, spend, stage.cell, [Spend(stage.cell, account_id)]) == [200]
    assert await stage.available(account_id) == 0


async def test_a_change_that_is_under_way_is_waited_for(stage: Stage):
    account_id = await stage.account(300)
    command = Spend(stage.cell, account_id)
    async with stage.transaction() as other:
        await other.execute("UPDATE balance SET available_micros = 50 WHERE account_id = $1", account_id)
        spent = asyncio.create_task(carry_out(stage.cells, spending(stage), stage.cell, [command]))
        done, _ = await asyncio.wait([spent], timeout=0.2)
        assert not done
    assert await spent == [50]
    assert await stage.available(account_id) == 0


async def test_two_lone_commands_at_once_spend_once(stage: Stage):
    account_id = await stage.account(300)
    command = Spend(stage.cell, account_id)
    both = await asyncio.gather(*[carry_out(stage.cells, spending(stage), stage.cell, [command]) for _ in range(2)])
    assert sorted(spent for (spent,) in both) == [0, 300]
    assert await stage.available(account_id) == 0


async def test_money_for_one_of_many_buys_one(stage: Stage):
    account_id = await stage.account(PRICE)
    commands = [stage.submitting(account_id) for _ in range(6)]
    outcomes = await asyncio.gather(*[carry_out(stage.cells, submit_tasks, stage.cell, [c]) for c in commands])
    assert sum(isinstance(outcome, Submitted) for (outcome,) in outcomes) == 1
    assert sum(isinstance(outcome, Refusal) for (outcome,) in outcomes) == 5
    assert (await stage.books()).difference_micros == 0


async def test_what_reads_its_own_writes_gets_a_transaction(stage: Stage):
    account_id, kinds = await stage.account(300), []

    async def spend_and_look(tx: Any, now: datetime, commands: Any) -> list[int]:
        kinds.append(type(tx))
        await ledger.change_balances(tx, stage.cell, {account_id: -100})
        return [(await ledger.lock_balances(tx, stage.cell, [account_id]))[account_id]]

    command = Spend(stage.cell, account_id)
    for left in (200, 100):
        assert await carry_out(stage.cells, spend_and_look, stage.cell, [command]) == [left]
    assert kinds == [Draft, Transaction, Transaction]  # the second time it is not tried again


async def test_what_fails_leaves_nothing(stage: Stage):
    account_id = await stage.account(300)

    async def spend_too_much(tx: Any, now: datetime, commands: Any) -> list[None]:
        await ledger.change_balances(tx, stage.cell, {account_id: -100})
        await tx.execute(ledger.SQL.change_balances, stage.cell, [account_id], [2**70])
        return [None for _ in commands]

    before = await stage.everything()
    for commands in (1, 2):
        with pytest.raises(asyncpg.DataError):
            await carry_out(stage.cells, spend_too_much, stage.cell, [Spend(stage.cell, account_id)] * commands)
    assert await stage.everything() == before


async def test_what_two_looks_saw_apart_is_no_fault(stage: Stage):
    """Between them an account was closed, say; under locks there is one truth."""
    account_id = await stage.account(300)
    met: list[int] = []

    async def spend(tx: Any, now: datetime, commands: Any) -> list[int]:
        found = await ledger.lock_balances(tx, stage.cell, [account_id])
        if not met:
            met.append(await stage.available(account_id))
            await put(stage, account_id, 200)
        again = await ledger.lock_balances(tx, stage.cell, [account_id])
        assert found == again
        await ledger.change_balances(tx, stage.cell, {account_id: -found[account_id]})
        return [found[account_id]]

    assert await carry_out(stage.cells, spend, stage.cell, [Spend(stage.cell, account_id)]) == [200]
    assert await stage.available(account_id) == 0


@pytest.mark.parametrize("minutes_off", [-60, -1, 1, 60])
async def test_a_clock_that_was_set_is_noticed(stage: Stage, minutes_off: int):
    account_id, instants = await stage.account(300), []

    async def note(tx: Any, now: datetime, commands: Any) -> list[None]:
        instants.append(now)
        await ledger.change_balances(tx, stage.cell, {account_id: -100})
        return [None]

    now, moment = await stage.pool.fetchval("SELECT now()"), asyncio.get_running_loop().time()
    stage.cells.clock(stage.cell).note(now + timedelta(minutes=minutes_off), moment, moment)
    await carry_out(stage.cells, note, stage.cell, [Spend(stage.cell, account_id)])
    assert await stage.available(account_id) == 200
    wrong, right = instants
    assert abs(wrong - right) > timedelta(seconds=30)
    assert now <= right < now + timedelta(seconds=30)


@pytest.mark.parametrize("seconds_off", [-3600, -3, 3600])
async def test_a_transaction_has_the_database_s_time_whatever_the_clock_says(stage: Stage, seconds_off: int):
    """Nothing checks a reading there, as a draft's save does: a machine may have slept, or its clock been set."""
    account_id, instants = await stage.account(300), []

    async def note(tx: Any, now: datetime, commands: Any) -> list[None]:
        instants.append(now)
        return [None for _ in commands]

    now, moment = await stage.pool.fetchval("SELECT now()"), asyncio.get_running_loop().time()
    stage.cells.clock(stage.cell).note(now + timedelta(seconds=seconds_off), moment, moment)
    await carry_out(stage.cells, note, stage.cell, [Spend(stage.cell, account_id)] * 2)
    assert now < instants[0] < now + timedelta(seconds=30)


@pytest.mark.parametrize("commands", [1, 2])
async def test_a_call_that_waits_does_not_set_the_clock_back(stage: Stage, commands: int):
    account_id, clock = await stage.account(300), stage.cells.clock(stage.cell)
    for action in (spending(stage), spending(stage)):
        async with stage.transaction() as other:
            await other.execute("SELECT FROM balance WHERE account_id = $1 FOR UPDATE", account_id)
            both = [Spend(stage.cell, account_id)] * commands
            spent = asyncio.create_task(carry_out(stage.cells, action, stage.cell, both))
            await asyncio.sleep(1)
        await spent
        before = await stage.pool.fetchval("SELECT clock_timestamp()")
        told = clock.now()
        after = await stage.pool.fetchval("SELECT clock_timestamp()")
        about = timedelta(seconds=MOST_UNSURE_SECONDS)
        assert told is None or before - about < told < after + about


async def test_loads_go_together_in_their_order_and_keep_their_places(stage: Stage, calls: list[str]):
    rich, poor = await stage.account(300), await stage.account(0)

    async def load(tx: asyncpg.Connection, account_id: int) -> int:
        first = await ledger.lock_balances(tx, stage.cell, [account_id])
        again = await ledger.lock_balances(tx, stage.cell, [account_id, rich]) if account_id == poor else first
        return sum(again.values())

    async def nothing() -> str:
        return "nothing"

    async with stage.cells.transaction(stage.cell) as (tx, _):
        await together(tx, load(tx, rich), load(tx, poor))
        calls.clear()
        assert await together(tx, load(tx, rich), nothing(), load(tx, poor)) == (300, "nothing", 300)
        assert len(calls) == 2
    async with stage.pool.acquire() as db:
        assert await together(db, load(db, poor), load(db, rich)) == (300, 300)


async def test_what_a_load_raises_is_raised_and_the_transaction_undone(stage: Stage):
    account_id = await stage.account(300)

    async def broken(tx: asyncpg.Connection) -> None:
        await ledger.lock_balances(tx, stage.cell, [account_id])
        raise LookupError("broken")

    async def spend(tx: asyncpg.Connection, now: datetime, commands: Any) -> list[None]:
        await ledger.change_balances(tx, stage.cell, {account_id: -100})
        await together(tx, ledger.lock_balances(tx, stage.cell, [account_id]), broken(tx))
        return [None for _ in commands]

    with pytest.raises(LookupError, match="broken"):
        await carry_out(stage.cells, spend, stage.cell, [Spend(stage.cell, account_id)] * 2)
    assert await stage.available(account_id) == 300


@pytest.mark.parametrize("commands", [1, 2])
async def test_a_limit_of_its_own_is_a_statement_s_to_have(stage: Stage, commands: int):
    account_id = await stage.account(300)

    async def spend(tx: Any, now: datetime, commands: Any) -> list[int]:
        await ledger.change_balances(tx, stage.cell, {account_id: -100})
        await tx.execute(ledger.SQL.change_balances, stage.cell, [account_id], [-100], timeout=60)
        rows = await tx.fetch(ledger.SQL.lock_balances, stage.cell, [account_id], timeout=60)
        return [rows[0]["available_micros"] for _ in commands]

    asked = [Spend(stage.cell, account_id)] * commands
    assert await carry_out(stage.cells, spend, stage.cell, asked) == [100] * commands


async def test_a_database_without_functions_is_served_one_by_one(stage: Stage):
    """As while a new version starts that has not brought the database to its statements yet."""
    account_id = await stage.account(300)
    cells = Cells(stage.pool)
    command = Spend(stage.cell, account_id)
    assert await carry_out(cells, spending(stage), stage.cell, [command]) == [300]
    assert await stage.available(account_id) == 0


async def test_what_may_still_be_under_way_is_waited_for_under_locks(stage: Stage):
    """A draft looks without one: it could refuse what the server, whom we no longer hear, is about to commit."""
    account_id, kinds = await stage.account(300), []

    async def cut_off(tx: Any, now: datetime, commands: Any) -> list[int]:
        kinds.append(type(tx))
        found = await ledger.lock_balances(tx, stage.cell, [account_id])
        if len(kinds) == 1:
            raise ConnectionResetError
        return [found[account_id]]

    assert await Batcher(stage.cells, DiskRoom()).ask(cut_off, Spend(stage.cell, account_id)) == 300
    assert kinds == [Draft, Transaction]
