"""Decisions on results that can be taken back: nothing follows from them until they are settled, and then all, once."""

from datetime import timedelta

from manyeyes.actions.close_overdue_judgements import CloseOverdueJudgements, close_overdue_judgements
from manyeyes.actions.decide_judgements import JudgementTaken
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.judged_results import VOTE_PAY, asked, decide, taken, the_result
from support.settled_reviews import settle_decisions

UNDO = 10


async def settle(stage: Stage, seconds: float) -> int:
    stage.later(seconds)
    return await settle_decisions(stage)


async def test_nothing_follows_until_it_is_settled_and_then_all_of_it_once(stage: Stage):
    task_id, _ = await asked(stage, "12345", "99")
    judgement = await taken(stage)
    decided = await decide(stage, judgement, "12345", UNDO)
    assert decided == JudgementTaken(task_id, VOTE_PAY, stage.now + timedelta(seconds=UNDO))
    assert await decide(stage, judgement, "12345", UNDO) == decided, "the same again gives the same"
    other = await decide(stage, judgement, "99", UNDO)
    assert isinstance(other, Refusal)
    assert other.reason is Reason.ALREADY_ANSWERED
    assert await settle(stage, UNDO - 1) == 0
    assert (await stage.rows("result"), await stage.rows("wallet")) == ([], [])
    assert (await settle(stage, 1), await settle(stage, 1)) == (1, 0)
    assert (await the_result(stage))["answer"] == "12345"
    wallets = {row["worker_id"]: row["payable_micros"] for row in await stage.rows("wallet")}
    assert wallets[judgement.reviewer_id] == VOTE_PAY
    assert await decide(stage, judgement, "12345") == JudgementTaken(task_id, VOTE_PAY)
    assert (await stage.books()).findings == []


async def test_what_was_decided_is_not_closed_by_the_clock(stage: Stage):
    await asked(stage, "12345", "99")
    await decide(stage, await taken(stage), "12345", UNDO)
    assert await stage.act(close_overdue_judgements, CloseOverdueJudgements(stage.cell, 0)) == [0]
    await settle(stage, UNDO)
    assert (await the_result(stage))["answer"] == "12345"
