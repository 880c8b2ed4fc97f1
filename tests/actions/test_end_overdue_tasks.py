"""end_overdue_tasks: what nobody finished in its longest life ends without charge."""

from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.ledger.rules import TransferKind
from manyeyes.tasks.rules import Ending
from support.action_stage import LEASE_SECONDS, LIFE_SECONDS, PRICE, Stage


async def sweep(stage: Stage) -> int:
    (ended,) = await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))
    return ended


async def test_an_overdue_task_is_released_and_not_charged(stage: Stage):
    account_id = await stage.account(1_000)
    task_id = await stage.submit(account_id)
    stage.later(LIFE_SECONDS - 1)
    before = await stage.everything()
    assert await sweep(stage) == 0
    assert await stage.everything() == before
    stage.later(1)
    assert await sweep(stage) == 1
    (result,) = await stage.rows("result")
    assert (result["ending"], result["charged_micros"], result["solve_count"]) == (Ending.UNANSWERED, 0, 0)
    kinds = [row["kind"] for row in await stage.rows("transfer", "kind", f"cause_id = {task_id}")]
    assert kinds == [TransferKind.HOLD, TransferKind.RELEASE]
    assert await stage.available(account_id) == 1_000
    assert not await stage.rows("work")
    assert not await stage.rows("usage_minute")
    assert not await stage.rows("queue_minute")
    assert (await stage.books()).difference_micros == 0
    assert await sweep(stage) == 0


async def test_who_failed_before_is_counted_but_nobody_is_charged(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    await stage.skip(worker_id, await stage.lease(worker_id))
    stage.later(LIFE_SECONDS)
    assert await sweep(stage) == 1
    (result,) = await stage.rows("result")
    assert (result["solve_count"], result["charged_micros"]) == (1, 0)


async def test_a_task_on_a_desk_is_left_to_its_worker(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    stage.later(LIFE_SECONDS - 1)
    await stage.hand_out()
    stage.later(LEASE_SECONDS - 1)
    assert await sweep(stage) == 0
    assert (await stage.answer(worker_id, await stage.lease(worker_id))).earned_micros


async def test_a_task_that_lapses_after_its_life_ends_with_the_next_sweep(stage: Stage):
    account_id = await stage.account()
    await stage.worker()
    await stage.submit(account_id)
    stage.later(LIFE_SECONDS - 1)
    await stage.hand_out()
    stage.later(LEASE_SECONDS)
    assert await sweep(stage) == 0
    await stage.act(return_lapsed_leases, ReturnLapsedLeases(stage.cell))
    assert await sweep(stage) == 1


async def test_what_is_overdue_is_found_behind_younger_tasks_with_lower_numbers(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.end_overdue_tasks.LARGEST_SWEEP", 2)
    account_id = await stage.account()
    oldest = await stage.submit(account_id, task_id=5_000)  # another process took its numbers from a later block
    stage.later(1)
    for _ in range(3):
        await stage.submit(account_id)
    stage.later(LIFE_SECONDS - 1)
    assert await sweep(stage) == 1
    assert [row["task_id"] for row in await stage.rows("result", "task_id")] == [oldest]


async def test_several_accounts_each_get_their_own_back(stage: Stage):
    accounts = [await stage.account(PRICE * 2) for _ in range(3)]
    for account_id in [*accounts, accounts[0]]:
        await stage.submit(account_id)
    stage.later(LIFE_SECONDS)
    assert await sweep(stage) == 4
    assert [await stage.available(a) for a in accounts] == [PRICE * 2] * 3
    assert (await stage.books()).difference_micros == 0


async def test_tasks_that_nobody_took_give_their_turns_back(stage: Stage):
    account_id = await stage.account()
    await stage.submit(account_id)
    await stage.submit(account_id)
    stage.later(LIFE_SECONDS)
    await sweep(stage)
    assert [row["next_turn"] for row in await stage.rows("account_turn", "next_turn")] == [0]


async def test_an_overdue_task_is_found_behind_many_that_are_on_desks(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.end_overdue_tasks.LARGEST_SWEEP", 2)
    account_id = await stage.account()
    for _ in range(3):
        await stage.submit(account_id)
        await stage.worker()
    overdue = await stage.submit(account_id)
    stage.later(LIFE_SECONDS - 1)
    await stage.hand_out()
    stage.later(1)
    assert await sweep(stage) == 1
    assert [row["task_id"] for row in await stage.rows("result", "task_id")] == [overdue]


async def test_a_sweep_is_bounded_and_goes_on_next_time(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.end_overdue_tasks.LARGEST_SWEEP", 2)
    account_id = await stage.account()
    for _ in range(3):
        await stage.submit(account_id)
    stage.later(LIFE_SECONDS)
    assert [await sweep(stage) for _ in range(3)] == [2, 1, 0]
