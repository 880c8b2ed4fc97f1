"""take_back_decisions: a decision of which nothing followed is none, and the result lies before its reviewer again."""

from datetime import timedelta

import pytest

from manyeyes.actions.lay_judgements_ahead import LayJudgementAhead, lay_judgements_ahead
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.actions.take_back_decisions import TakeBackDecision, take_back_decisions
from manyeyes.certainty.rules import JUDGEMENT_SECONDS, Judgement, JudgementState
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.judged_results import asked, decide, take_judgement, taken, the_result
from support.settled_reviews import settle_decisions

UNDO = 10


async def back(stage: Stage, judgement: Judgement, reviewer_id: int = 0) -> Judgement | Refusal:
    lease = JudgementId(stage.cell, judgement.task_id, judgement.lease)
    command = TakeBackDecision(stage.cell, reviewer_id or judgement.reviewer_id, lease)
    (outcome,) = await stage.act(take_back_decisions, command)
    return outcome


async def test_it_lies_before_them_again_and_what_they_say_then_counts(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    await decide(stage, judgement, "99", UNDO)
    stage.later(UNDO - 1)
    again = await back(stage, judgement)
    assert isinstance(again, Judgement)
    assert (again.value, again.lease, again.ends_at) == (
        None,
        judgement.lease,
        stage.now + timedelta(seconds=JUDGEMENT_SECONDS),
    )
    assert await back(stage, judgement) == again
    assert await take_judgement(stage, judgement.reviewer_id) == again
    stage.later(UNDO)
    assert await settle_decisions(stage) == 0
    await decide(stage, again, "12345")
    assert (await the_result(stage))["answer"] == "12345"
    assert (await stage.books()).findings == []


async def test_what_was_looked_at_meanwhile_lies_behind_it_and_what_lay_behind_that_goes_to_others(stage: Stage):
    for _ in range(3):
        await asked(stage, "12345", "99")
    judgement = await taken(stage)
    await decide(stage, judgement, "99", UNDO)
    looked = await take_judgement(stage, judgement.reviewer_id)
    (ahead,) = await stage.act(lay_judgements_ahead, LayJudgementAhead(stage.cell, judgement.reviewer_id, (1,)))
    assert looked
    assert ahead
    assert isinstance(await back(stage, judgement), Judgement)
    found = {row["task_id"]: (row["state"], row["reviewer_id"]) for row in await stage.rows("judgement")}
    assert found == {
        judgement.task_id: (JudgementState.LEASED, judgement.reviewer_id),
        looked.task_id: (JudgementState.AHEAD, judgement.reviewer_id),
        ahead.task_id: (JudgementState.OPEN, 0),
    }


@pytest.mark.parametrize(("seconds", "is_theirs", "reason"), [(UNDO, True, "too_late"), (0, False, "slot_lost")])
async def test_it_is_too_late_or_nobody_elses(stage: Stage, seconds: float, is_theirs: bool, reason: str):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    await decide(stage, judgement, "99", UNDO)
    stage.later(seconds)
    before = await stage.everything()
    refused = await back(stage, judgement, 0 if is_theirs else stage.number())
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason(reason)
    assert await stage.everything() == before
