"""close_overdue_judgements: what nobody decides in time ends with the best there is, called uncertain."""

from manyeyes.actions.close_overdue_judgements import CloseOverdueJudgements, close_overdue_judgements
from manyeyes.tasks.rules import Assurance
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage
from support.judged_results import asked, decide, taken, the_result


async def test_what_nobody_decides_in_time_ends_with_the_best_there_is(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    stage.later(24 * 3_600 - 1)
    closing = CloseOverdueJudgements(stage.cell, 24)
    assert await stage.act(close_overdue_judgements, closing) == [0]
    stage.later(1)
    assert await stage.act(close_overdue_judgements, closing) == [1]
    result = await the_result(stage)
    assert (result["answer"], result["assurance"]) == (judgement.proposal, Assurance.UNCERTAIN)
    assert await stage.act(close_overdue_judgements, closing) == [0]
    assert isinstance(await decide(stage, judgement, "99"), Refusal)
    assert (await stage.books()).findings == []
