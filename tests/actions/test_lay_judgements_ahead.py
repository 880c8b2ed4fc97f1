"""lay_judgements_ahead: the next result lies behind the one that is looked at, and is shown to nobody yet."""

from datetime import timedelta

from manyeyes.actions.lay_judgements_ahead import LayJudgementAhead, lay_judgements_ahead
from manyeyes.actions.return_lapsed_judgements import ReturnLapsedJudgements, return_lapsed_judgements
from manyeyes.certainty.rules import JUDGEMENT_SECONDS, Judgement, JudgementState
from support.action_stage import Stage
from support.judged_results import asked, decide, take_judgement, taken


async def ahead(stage: Stage, reviewer_id: int) -> Judgement | None:
    (found,) = await stage.act(lay_judgements_ahead, LayJudgementAhead(stage.cell, reviewer_id, (1,)))
    return found


async def test_it_is_the_next_one_under_the_same_lease_and_its_time_begins_when_it_is_shown(stage: Stage):
    for _ in range(2):
        await asked(stage, "12345", "99")
    judgement = await taken(stage)
    found = await ahead(stage, judgement.reviewer_id)
    assert found
    assert (found.state, found.shown_at) == (JudgementState.AHEAD, None)
    assert await ahead(stage, judgement.reviewer_id) == found
    assert await take_judgement(stage, judgement.reviewer_id) == judgement
    stage.later(60)
    await decide(stage, judgement, "12345")
    following = await take_judgement(stage, judgement.reviewer_id)
    assert following
    assert (following.task_id, following.lease, following.shown_at) == (found.task_id, found.lease, stage.now)
    assert following.ends_at == stage.now + timedelta(seconds=JUDGEMENT_SECONDS)


async def test_nobody_gets_what_they_answered_or_anything_while_they_look_at_nothing(stage: Stage):
    for _ in range(2):
        _, people = await asked(stage, "12345", "99")
    assert await ahead(stage, stage.number()) is None
    judgement = await take_judgement(stage, people[0])
    assert judgement
    assert await ahead(stage, people[0]) is None


async def test_it_goes_to_others_when_its_reviewer_leaves(stage: Stage):
    for _ in range(2):
        await asked(stage, "12345", "99")
    judgement = await taken(stage)
    await ahead(stage, judgement.reviewer_id)
    assert await stage.act(return_lapsed_judgements, ReturnLapsedJudgements(stage.cell, judgement.reviewer_id)) == [2]
    assert {row["reviewer_id"] for row in await stage.rows("judgement")} == {0}
