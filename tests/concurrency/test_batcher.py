"""The batcher: concurrent commands share a batch, one that fails fails alone, a lost connection doubles nothing."""

import asyncio
import functools
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec
import pytest

from manyeyes.actions.answer_tasks import answer_tasks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.import_results import Imported, import_results
from manyeyes.actions.open_accounts import OpenAccount, open_accounts
from manyeyes.actions.record_recognitions import Recorded, record_recognitions
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.batching import Action, Batcher, Command, Outcome, Unavailable
from manyeyes.runtime.context import Context, open_context
from manyeyes.settings import Settings
from manyeyes.values.refusals import Refusal
from support import factories
from support.action_stage import PAY, PRICE, Stage
from support.recognition_calls import RATE_PRICE, Calls, app_of, importing

Cut = Callable[[Action[Any, Any], Stage], Action[Any, Any]]


class Ask(msgspec.Struct, frozen=True):
    cell: int
    number: int


async def test_what_comes_while_a_batch_runs_goes_together_next(context: Context):
    sizes: list[int] = []
    begun, gate = asyncio.Event(), asyncio.Event()

    async def slow(tx: asyncpg.Connection, now, commands) -> list[Any]:
        sizes.append(len(commands))
        begun.set()
        await gate.wait()
        return [command.number for command in commands]

    first = asyncio.create_task(context.batcher.ask(slow, Ask(1, 0)))
    await begun.wait()
    others = [asyncio.create_task(context.batcher.ask(slow, Ask(1, n))) for n in range(1, 8)]
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(first, *others) == list(range(8))
    assert sizes == [1, 7]


async def test_a_poisonous_command_fails_alone(context: Context, stage: Stage):
    account_id = await stage.account()
    good = [stage.submitting(account_id) for _ in range(4)]
    poison = stage.submitting(account_id, soft_id=2**40)
    asked = [context.batcher.ask(submit_tasks, command) for command in (*good[:2], poison, *good[2:])]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(outcome, Submitted) for outcome in outcomes] == [True, True, False, True, True]
    assert "out of int32 range" in str(outcomes[2])
    assert len(await stage.rows("work")) == 4
    assert (await stage.books()).difference_micros == 0
    assert isinstance(await context.batcher.ask(submit_tasks, stage.submitting(account_id)), Submitted)


def lost_before(action: Action[Command, Outcome], stage: Stage) -> Action[Command, Outcome]:
    """Return the action, whose connection is ended by the server when its work is done but not committed."""
    times: list[int] = []

    async def cut(tx: asyncpg.Connection, now: Any, commands: Any) -> Any:
        outcomes = await action(tx, now, commands)
        times.append(1)
        if len(times) == 1:
            await stage.pool.fetchval("SELECT pg_terminate_backend($1)", tx.get_server_pid())
            await tx.fetchval("SELECT 1")
        return outcomes

    return cut


def lost_after(action: Action[Command, Outcome], stage: Stage) -> Action[Command, Outcome]:
    """Return the action, whose connection is lost when all is committed, before anybody heard of it."""
    times: list[int] = []

    async def cut(tx: asyncpg.Connection, now: Any, commands: Any) -> Any:
        times.append(1)
        if len(times) > 1:
            return await action(tx, now, commands)
        async with stage.transaction() as other:
            await action(other, now, commands)
        await stage.pool.fetchval("SELECT pg_terminate_backend($1)", tx.get_server_pid())
        return await tx.fetchval("SELECT 1")

    return cut


@pytest.fixture(params=[lost_before, lost_after])
def cut(request: pytest.FixtureRequest) -> Cut:
    return request.param


async def test_a_submit_whose_connection_is_lost_is_done_once(context: Context, stage: Stage, cut: Cut):
    account_id = await stage.account(PRICE * 2)
    commands = [stage.submitting(account_id) for _ in range(2)]
    action = cut(submit_tasks, stage)
    outcomes = await asyncio.gather(*[context.batcher.ask(action, command) for command in commands])
    assert [outcome.task_id for outcome in outcomes] == [command.task_id for command in commands]
    assert await stage.available(account_id) == 0
    assert len(await stage.rows("work")) == 2
    assert (await stage.books()).difference_micros == 0


@pytest.mark.parametrize("nonce", ["", "0.5"], ids=["keyed", "signed"])
async def test_a_recognition_whose_connection_is_lost_is_recorded_once(context: Context, stage: Stage, cut: Cut, nonce):
    calls = Calls(stage, app_of(await stage.account(10_000)))
    commands = [calls.call(calls.found(), calls.found(rate=0.1), nonce=nonce and f"{nonce}{n}") for n in range(2)]
    action = cut(record_recognitions, stage)
    outcomes = await asyncio.gather(*[context.batcher.ask(action, command) for command in commands])
    assert [outcome.answer for outcome in outcomes] == [command.answer for command in commands]
    assert await stage.available(calls.app.account_id) == 10_000 - 4 * RATE_PRICE - 2 * PRICE
    assert sum(row["total"] for row in await stage.rows("recognition_day")) == 4
    assert (await stage.books()).difference_micros == 0


async def test_an_import_whose_connection_is_lost_is_recorded_once(context: Context, stage: Stage, cut: Cut):
    calls = Calls(stage, app_of(await stage.account()))
    command = importing(stage, calls.recognitions[0], ["2022-12-05,1,false,0.9,a"])
    assert await context.batcher.ask(cut(import_results, stage), command) == Imported(1, False)
    assert len(await stage.rows("recognition_result")) == 1


async def test_a_poisonous_recognition_fails_alone(context: Context, stage: Stage):
    calls = Calls(stage, app_of(await stage.account()))
    names = ["a", "b", "c\ud800", "d", "e\0"]
    asked = [context.batcher.ask(record_recognitions, calls.call(calls.found(name=name))) for name in names]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(outcome, Recorded) for outcome in outcomes] == [True, True, False, True, False]
    assert sorted(row["name"] for row in await stage.rows("recognition_result")) == ["a", "b", "d"]
    assert (await stage.books()).difference_micros == 0


async def test_a_top_up_whose_connection_is_lost_is_booked_once(context: Context, stage: Stage, cut: Cut):
    account_id = await stage.account(0)
    top_up = TopUp(stage.cell, stage.number(), account_id, 123)
    assert await context.batcher.ask(cut(top_up_accounts, stage), top_up) == 123
    assert await stage.available(account_id) == 123


async def test_an_account_whose_connection_is_lost_is_opened_once(context: Context, stage: Stage, cut: Cut):
    account_id = stage.number()
    assert await context.batcher.ask(cut(open_accounts, stage), OpenAccount(1, account_id, "Ada")) == account_id
    assert len(await stage.rows("account")) == len(await stage.rows("balance")) == 1


async def test_an_answer_whose_connection_is_lost_is_paid_once(context: Context, stage: Stage, cut: Cut):
    stage.now = await stage.pool.fetchval("SELECT now()")
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    answer = stage.answering(worker_id, await stage.lease(worker_id))
    assert (await context.batcher.ask(cut(answer_tasks, stage), answer)).earned_micros == PAY
    assert len(await stage.rows("pending_pay")) == 1
    assert (await stage.books()).difference_micros == 0


async def test_a_hand_out_whose_connection_is_lost_gives_each_task_once(context: Context, stage: Stage, cut: Cut):
    account_id = await stage.account()
    workers = [await stage.worker() for _ in range(3)]
    for _ in workers:
        await stage.submit(account_id)
    await context.batcher.ask(cut(hand_out, stage), HandOut(1, 1))
    assert {row["lease"] for row in await stage.rows("work", "lease")} == {1}
    assert [len(await stage.desk(worker_id)) for worker_id in workers] == [1, 1, 1]


async def test_a_database_that_stays_away_is_reported_and_not_waited_for_for_ever(context: Context):
    async def away(tx: asyncpg.Connection, now, commands) -> None:
        raise ConnectionRefusedError("nobody listens")

    batcher = Batcher(context.cells, context.disk_room, patience_seconds=0.0)
    with pytest.raises(Unavailable):
        await batcher.ask(away, Ask(1, 0))


async def test_a_lane_goes_on_after_a_failure(context: Context):
    async def odd(tx: asyncpg.Connection, now, commands) -> list[Any]:
        if any(command.number % 2 for command in commands):
            raise RuntimeError("odd")
        return [command.number for command in commands]

    asked = [context.batcher.ask(odd, Ask(1, n)) for n in range(6)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [o if isinstance(o, int) else "odd" for o in outcomes] == [0, "odd", 2, "odd", 4, "odd"]
    assert await context.batcher.ask(odd, Ask(1, 8)) == 8


async def test_who_gives_up_waiting_harms_nobody(context: Context):
    gate = asyncio.Event()

    async def slow(tx: asyncpg.Connection, now, commands) -> list[Any]:
        await gate.wait()
        return [command.number for command in commands]

    asked = [asyncio.create_task(context.batcher.ask(slow, Ask(1, n))) for n in range(3)]
    await asyncio.sleep(0)
    asked[1].cancel()
    gate.set()
    await asyncio.wait(asked)
    assert [task.cancelled() or task.result() for task in asked] == [0, True, 2]


async def test_two_processes_hand_each_task_out_once_and_all_are_solved(dsn, settings: Settings):
    """Run two contexts, as two processes would, on one database."""
    contexts = [await open_context(settings, dsn) for _ in range(2)]
    try:
        customer = await factories.customer(contexts[0])
        hands = [await factories.hand(contexts[n % 2]) for n in range(4)]
        submitted = await asyncio.gather(*[factories.submit(contexts[n % 2], customer) for n in range(16)])
        answered: set[LeaseId] = set()
        workers = [work_off(contexts[n % 2], hand, answered, len(submitted)) for n, hand in enumerate(hands)]
        async with asyncio.timeout(60):
            await asyncio.gather(*workers)
        rows = await contexts[0].cells.directory.fetch("SELECT task_id, lease FROM result")
        assert sorted(row["task_id"] for row in rows) == sorted(s.task_id for s in submitted)
    finally:
        for context in contexts:
            await context.close()


async def work_off(context: Any, hand: factories.Hand, answered: set[LeaseId], tasks: int) -> None:
    """Answer until all workers together have answered each task; each answer must be paid."""
    desk = WorkerDesk(context)
    await desk.online(hand.worker)
    while len(answered) < tasks:
        if lease := await desk.next(hand.worker, 0.3):
            outcome = await desk.answer(hand.worker, lease.lease, "12345")
            assert outcome.earned_micros > 0
            answered.add(lease.lease)


async def test_an_action_that_forgets_an_outcome_fails_and_undoes_its_work(context: Context, stage: Stage):
    """Nobody may wait for ever, nor may anything stay that nobody was told of."""
    account_id = await stage.account(0)

    async def forgetful(tx: asyncpg.Connection, now, commands) -> list[int | Refusal]:
        return (await top_up_accounts(tx, now, commands))[1:]

    asked = [context.batcher.ask(forgetful, TopUp(1, stage.number(), account_id, 5)) for _ in range(2)]
    async with asyncio.timeout(20):
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RuntimeError] * 2
    assert await stage.available(account_id) == 0


@pytest.mark.parametrize(
    "error",
    [asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError, TimeoutError, asyncpg.InternalClientError],
)
async def test_a_batch_that_met_a_time_limit_or_a_dead_server_goes_again_as_a_whole(context: Context, error):
    """One by one, each command would meet the same anew."""
    sizes: list[int] = []

    async def slow(tx: asyncpg.Connection, now, commands) -> list[Any]:
        sizes.append(len(commands))
        if len(sizes) == 1:
            raise error("too slow")
        return [command.number for command in commands]

    assert await asyncio.gather(*[context.batcher.ask(slow, Ask(1, n)) for n in range(5)]) == list(range(5))
    assert sizes == [5, 5]


async def test_a_fault_outside_of_the_action_fails_the_batch_and_its_lane_goes_on(context: Context):
    async def numbers(db: asyncpg.Connection, cell, keys):
        return keys

    nameless = functools.partial(numbers)  # counting its batch fails when its work is done
    async with asyncio.timeout(20):
        for _ in range(2):
            asked = [context.batcher.read(nameless, 1, n) for n in range(3)]
            outcomes = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [AttributeError] * 3
