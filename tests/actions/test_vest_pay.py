"""vest_pay: pay becomes payable when its complaint window has closed, once."""

from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.ledger.rules import PENDING_SECONDS, Book, TransferKind
from support.action_stage import PAY, Stage


async def vest(stage: Stage) -> int:
    (count,) = await stage.act(vest_pay, VestPay(stage.cell))
    return count


async def test_pay_waits_a_minute_and_then_lies_in_the_wallet(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    stage.later(PENDING_SECONDS - 1)
    assert await vest(stage) == 0
    assert not await stage.rows("wallet")
    stage.later(1)
    assert await vest(stage) == 1
    assert await stage.rows("wallet", "worker_id, payable_micros") == [{"worker_id": worker_id, "payable_micros": PAY}]
    assert not await stage.rows("pending_pay")
    (vested,) = await stage.rows("transfer", where=f"kind = {TransferKind.VEST}")
    assert (vested["cause_id"], vested["amount_micros"]) == (task_id, PAY)
    assert (vested["debit_book"], vested["credit_book"]) == (Book.PENDING, Book.PAYABLE)
    assert (await stage.books()).difference_micros == 0
    before = await stage.everything()
    assert await vest(stage) == 0
    assert await stage.everything() == before


async def test_several_pays_of_several_workers_add_up(stage: Stage):
    account_id = await stage.account()
    workers = [await stage.worker(1), await stage.worker(2)]
    for queue_id, worker_id in enumerate(workers, 1):
        await stage.solve(account_id, worker_id, queue_id=queue_id)
    await stage.solve(account_id, workers[0])
    stage.later(PENDING_SECONDS)
    assert await vest(stage) == 3
    wallets = {row["worker_id"]: row["payable_micros"] for row in await stage.rows("wallet")}
    assert wallets == {workers[0]: 2 * PAY, workers[1]: PAY}
    await stage.solve(account_id, workers[0])
    stage.later(PENDING_SECONDS)
    await vest(stage)
    assert (await stage.rows("wallet", "worker_id, payable_micros"))[0]["payable_micros"] == 3 * PAY
    assert (await stage.books()).difference_micros == 0


async def test_the_oldest_pay_vests_first_in_bounded_sweeps(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.vest_pay.LARGEST_SWEEP", 1)
    account_id, worker_id = await stage.account(), await stage.worker()
    first = await stage.solve(account_id, worker_id)
    stage.later(1)
    await stage.solve(account_id, worker_id)
    stage.later(PENDING_SECONDS)
    assert await vest(stage) == 1
    vested = await stage.rows("transfer", "cause_id", f"kind = {TransferKind.VEST}")
    assert [row["cause_id"] for row in vested] == [first]
    assert [await vest(stage), await vest(stage)] == [1, 0]


async def test_a_sweep_is_bounded_whatever_the_planner_thinks(stage: Stage, monkeypatch):
    """A subquery with LIMIT that locks must run once: run again it would find the next rows, and take them too."""
    monkeypatch.setattr("manyeyes.actions.vest_pay.LARGEST_SWEEP", 1)
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(3):
        await stage.solve(account_id, worker_id)
    stage.later(PENDING_SECONDS)
    async with stage.transaction() as tx:
        for setting in ("enable_hashjoin", "enable_mergejoin", "enable_material", "enable_hashagg", "enable_sort"):
            await tx.execute(f"SET LOCAL {setting} = off")
        assert await vest_pay(tx, stage.now, [VestPay(stage.cell)]) == [1]
