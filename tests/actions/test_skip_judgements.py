"""skip_judgements: what a reviewer passes on goes to others, and never to them again."""

from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.actions.skip_judgements import JudgementSkipped, SkipJudgement, skip_judgements
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage
from support.judged_results import asked, take_judgement, taken


async def test_who_answered_never_judges_it_nor_who_passed_on_it(stage: Stage):
    _, people = await asked(stage, "12345", "99")
    assert [await take_judgement(stage, worker_id) for worker_id in people] == [None, None]
    judgement = await taken(stage)
    passing = SkipJudgement(
        stage.cell, judgement.reviewer_id, JudgementId(stage.cell, judgement.task_id, judgement.lease)
    )
    assert await stage.act(skip_judgements, passing) == [JudgementSkipped(judgement.task_id)]
    (again,) = await stage.act(skip_judgements, passing)
    assert isinstance(again, Refusal)
    assert await take_judgement(stage, judgement.reviewer_id) is None
    assert (await taken(stage)).task_id == judgement.task_id
