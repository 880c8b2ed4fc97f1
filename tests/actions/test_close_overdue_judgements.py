"""close_overdue_judgements: what nobody decides in time ends with the best there is, called uncertain."""

from datetime import timedelta

from manyeyes.actions.close_overdue_judgements import CloseOverdueJudgements, close_overdue_judgements
from manyeyes.certainty.judgements import NewJudgement, insert_judgements
from manyeyes.certainty.rules import JudgementPurpose, JudgementState
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


async def test_what_is_asked_about_the_same_task_later_has_its_own_time(stage: Stage):
    task_id, _ = await asked(stage, "12345", "99")
    (row,) = await stage.rows("judgement", "account_id, queue_id, question_id, filed_at")
    stage.later(12 * 3_600)
    audit = NewJudgement(
        task_id=task_id,
        purpose=JudgementPurpose.AUDIT,
        account_id=row["account_id"],
        queue_id=row["queue_id"],
        question_id=row["question_id"],
        proposal="99",
        score=0.5,
        pay_micros=0,
    )
    async with stage.transaction() as tx:
        await insert_judgements(tx, row["filed_at"] + timedelta(hours=12), stage.cell, [audit])
    stage.later(12 * 3_600)
    assert await stage.act(close_overdue_judgements, CloseOverdueJudgements(stage.cell, 24)) == [1]
    states = {each["purpose"]: each["state"] for each in await stage.rows("judgement", "purpose, state")}
    assert states == {
        JudgementPurpose.ADJUDICATION: JudgementState.CLOSED,
        JudgementPurpose.AUDIT: JudgementState.OPEN,
    }
    stage.later(12 * 3_600)
    assert await stage.act(close_overdue_judgements, CloseOverdueJudgements(stage.cell, 24)) == [1]
    assert {each["state"] for each in await stage.rows("judgement", "state")} == {JudgementState.CLOSED}
    assert (await stage.books()).findings == []
