"""return_lapsed_judgements: what nobody decides any more is open for others."""

from manyeyes.actions.decide_judgements import JudgementTaken
from manyeyes.actions.return_lapsed_judgements import ReturnLapsedJudgements, return_lapsed_judgements
from manyeyes.certainty.rules import JUDGEMENT_SECONDS
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage
from support.judged_results import asked, decide, take_judgement, taken


async def test_a_lapsed_lease_decides_nothing(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    stage.later(JUDGEMENT_SECONDS)
    refused = await decide(stage, judgement, "99")
    assert isinstance(refused, Refusal)
    assert await stage.act(return_lapsed_judgements, ReturnLapsedJudgements(stage.cell)) == [1]
    again = await take_judgement(stage, judgement.reviewer_id)
    assert again.lease == judgement.lease + 1
    assert isinstance(await decide(stage, judgement, "99"), Refusal)
    assert isinstance(await decide(stage, again, "99"), JudgementTaken)


async def test_who_goes_gives_it_back_at_once(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    assert await take_judgement(stage, stage.number()) is None
    await stage.act(return_lapsed_judgements, ReturnLapsedJudgements(stage.cell, judgement.reviewer_id))
    assert (await taken(stage)).task_id == judgement.task_id
