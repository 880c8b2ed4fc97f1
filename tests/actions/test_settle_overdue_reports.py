"""settle_overdue_reports: what nobody decides in a day is the customer's, and the house pays (docs/decisions/0009)."""

import pytest

from manyeyes.actions.file_appeals import FileAppeal, file_appeals
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.reports.rules import WHY_OVERDUE
from manyeyes.values.refusals import Reason
from support.action_stage import PAY, PRICE, Stage

DAY = 24 * 3600


@pytest.fixture
async def filed(stage: Stage) -> tuple[int, int, int]:
    """Complain about an answer; return (account, author, task)."""
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    await stage.complain(account_id, task_id)
    return account_id, worker_id, task_id


async def settle(stage: Stage, hours=24) -> int:
    (count,) = await stage.act(settle_overdue_reports, SettleOverdueReports(stage.cell, hours))
    return count


@pytest.mark.parametrize("votes", [(), ("confirm",), ("reject",), ("confirm", "reject")])
async def test_the_customer_gets_their_money_and_the_worker_keeps_their_pay(stage: Stage, filed, votes):
    account_id, worker_id, _ = filed
    before = await stage.available(account_id)
    await stage.judge(*votes)
    stage.later(DAY - 1)
    assert await settle(stage) == 0
    stage.later(1)
    assert await settle(stage) == 1
    assert await stage.available(account_id) == before + PRICE
    [report] = await stage.rows("report", "state, why, refunded_micros, cancelled_micros")
    assert list(report.values()) == [1, WHY_OVERDUE, PRICE, 0]
    assert await stage.act(vest_pay, VestPay(stage.cell)) == [1]
    wallets = {row["worker_id"]: row["payable_micros"] for row in await stage.rows("wallet")}
    assert wallets[worker_id] == PAY
    assert sum(wallets.values()) == PAY + 100 * len(votes), "votes that were cast stay paid"
    assert await stage.rows("reporter") == []
    assert all(row["votes"] == 0 for row in await stage.rows("reviewer_record"))
    assert (await stage.books()).findings == []
    assert await settle(stage) == 0


async def test_the_patience_is_the_setting_s(stage: Stage, filed):
    stage.later(3600)
    assert await settle(stage, hours=2) == 0
    assert await settle(stage, hours=1) == 1


async def test_a_slot_that_lies_before_somebody_is_closed(stage: Stage, filed):
    stage.later(DAY)
    slot = await stage.take(stage.number())
    await settle(stage)
    assert (await stage.vote(slot)).reason is Reason.SLOT_LOST
    assert (await stage.books()).findings == []


async def test_there_is_nothing_to_appeal_against(stage: Stage, filed):
    _, worker_id, task_id = filed
    stage.later(DAY)
    await settle(stage)
    (outcome,) = await stage.act(file_appeals, FileAppeal(stage.cell, worker_id, task_id, "words"))
    assert outcome.reason is Reason.NOT_REFUSED
