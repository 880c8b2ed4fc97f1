"""return_lapsed_judgements: what nobody decides any more is open for others."""

from manyeyes.actions.decide_judgements import JudgementTaken
from manyeyes.actions.return_lapsed_judgements import ReturnLapsedJudgements, return_lapsed_judgements
from manyeyes.certainty.rules import JUDGEMENT_SECONDS
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage
from support.judged_results import asked, taken


async def test_a_lapsed_lease_decides_nothing(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    stage.later(JUDGEMENT_SECONDS)
    refused = await stage.decide(judgement, "99")
    assert isinstance(refused, Refusal)
    assert await stage.act(return_lapsed_judgements, ReturnLapsedJudgements(stage.cell)) == [1]
    again = await stage.take_judgement(judgement.reviewer_id)
    assert again.lease == judgement.lease + 1
    assert isinstance(await stage.decide(judgement, "99"), Refusal)
    assert isinstance(await stage.decide(again, "99"), JudgementTaken)


async def test_who_goes_gives_it_back_at_once(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    assert await stage.take_judgement(stage.number()) is None
    await stage.act(return_lapsed_judgements, ReturnLapsedJudgements(stage.cell, judgement.reviewer_id))
    assert (await taken(stage)).task_id == judgement.task_id
