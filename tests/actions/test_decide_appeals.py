"""decide_appeals: an accepted appeal is paid by the house, once; the customer keeps the refund."""

import pytest

from manyeyes.actions.decide_appeals import AppealDecided, DecideAppeal, decide_appeals
from manyeyes.actions.file_appeals import FileAppeal, file_appeals
from manyeyes.ledger.rules import TransferKind
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PAY, Stage


@pytest.fixture
async def appealed(stage: Stage) -> tuple[int, int, int]:
    """Have an answer refused and appealed against; return (account, author, task)."""
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.dispute(account_id, worker_id, "confirm", "confirm")
    await stage.act(file_appeals, FileAppeal(stage.cell, worker_id, task_id, "words"))
    return account_id, worker_id, task_id


async def decide(stage: Stage, task_id, accepted, answer="") -> AppealDecided | Refusal:
    (outcome,) = await stage.act(decide_appeals, DecideAppeal(stage.cell, task_id, accepted, answer))
    return outcome


async def payable(stage: Stage, worker_id):
    return sum(row["payable_micros"] for row in await stage.rows("wallet", where=f"worker_id = {worker_id}"))


async def test_an_accepted_appeal_pays_the_worker_and_leaves_the_refund(stage: Stage, appealed):
    account_id, worker_id, task_id = appealed
    before = await stage.available(account_id)
    stage.later(100)
    outcome = await decide(stage, task_id, True, "you are right")
    assert outcome == AppealDecided(task_id, worker_id, True, PAY)
    assert (await payable(stage, worker_id), await stage.available(account_id)) == (PAY, before)
    [row] = await stage.rows("appeal")
    assert (row["accepted"], row["answer"], row["decided_at"]) == (True, "you are right", stage.now)
    assert len(await stage.rows("transfer", where=f"kind = {TransferKind.APPEAL_PAY}")) == 1
    assert (await stage.books()).findings == []


async def test_a_rejected_appeal_moves_nothing(stage: Stage, appealed):
    _, worker_id, task_id = appealed
    assert await decide(stage, task_id, False, "no") == AppealDecided(task_id, worker_id, False, 0)
    assert await payable(stage, worker_id) == 0


@pytest.mark.parametrize("accepted", [True, False])
async def test_the_same_decision_again_changes_nothing_and_another_is_refused(stage: Stage, appealed, accepted):
    _, _, task_id = appealed
    outcome = await decide(stage, task_id, accepted, "first")
    before = await stage.everything()
    assert await decide(stage, task_id, accepted, "second") == outcome
    assert (await decide(stage, task_id, not accepted)).reason is Reason.ALREADY_DECIDED
    assert await stage.everything() == before


async def test_two_of_one_batch_pay_once(stage: Stage, appealed):
    _, worker_id, task_id = appealed
    commands = [DecideAppeal(stage.cell, task_id, accepted) for accepted in (True, True, False)]
    outcomes = await stage.act(decide_appeals, *commands)
    assert outcomes[0] == outcomes[1]
    assert outcomes[2].reason is Reason.ALREADY_DECIDED
    assert await payable(stage, worker_id) == PAY


async def test_where_there_is_no_appeal(stage: Stage):
    assert (await decide(stage, 987_654, True)).reason is Reason.UNKNOWN_REPORT


async def test_one_who_had_lost_nothing_is_told_so_and_paid_nothing(stage: Stage, appealed):
    _, worker_id, task_id = appealed
    await stage.change("UPDATE appeal SET pay_micros = 0 WHERE cell = $1")
    assert await decide(stage, task_id, True) == AppealDecided(task_id, worker_id, True, 0)
    assert await payable(stage, worker_id) == 0
