"""renew_judgements: a reviewer who looks for longer keeps the result, up to three leases in all."""

from datetime import timedelta

from manyeyes.actions.decide_judgements import DecideJudgement, decide_judgements
from manyeyes.actions.renew_judgements import RenewJudgement, renew_judgements
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.certainty.rules import JUDGEMENT_SECONDS
from manyeyes.values.lease_time import Renewed
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.judged_results import asked, taken


async def renew(stage: Stage, lease: JudgementId, reviewer_id: int) -> Renewed | Refusal:
    (outcome,) = await stage.act(renew_judgements, RenewJudgement(stage.cell, reviewer_id, lease))
    return outcome


async def test_up_to_three_leases_in_all(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    lease = JudgementId(stage.cell, judgement.task_id, judgement.lease)
    latest = stage.now + timedelta(seconds=3 * JUDGEMENT_SECONDS)
    for step in (100, 170, 170):
        stage.later(step)
        until = min(stage.now + timedelta(seconds=JUDGEMENT_SECONDS), latest)
        assert await renew(stage, lease, judgement.reviewer_id) == Renewed(until, latest)
    stage.later(100)
    assert (await renew(stage, lease, judgement.reviewer_id)).reason is Reason.SLOT_LOST


async def test_a_decision_that_was_made_and_a_strangers(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    lease = JudgementId(stage.cell, judgement.task_id, judgement.lease)
    assert (await renew(stage, lease, stage.number())).reason is Reason.SLOT_LOST
    reviewer_id = judgement.reviewer_id
    await stage.act(decide_judgements, DecideJudgement(stage.cell, reviewer_id, lease, "12345"))
    assert (await renew(stage, lease, reviewer_id)).reason is Reason.ALREADY_ANSWERED
    (other,) = await stage.act(decide_judgements, DecideJudgement(stage.cell, reviewer_id, lease, "99"))
    assert isinstance(other, Refusal)
    assert other.reason is Reason.ALREADY_ANSWERED
