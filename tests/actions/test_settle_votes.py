"""Votes that can be taken back: nothing follows from them until they are settled, and then all of it, once."""

from datetime import timedelta

import pytest

from manyeyes.actions.cast_votes import cast_votes
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.shared.ballots import Voted
from manyeyes.reports.rules import ReportState, Slot, SlotState
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.settled_reviews import settle_votes

VOTE, UNDO = 100, 10


@pytest.fixture
async def slots(stage: Stage) -> list[Slot]:
    """Complain about an answer, and give three reviewers its slots; the third is still open."""
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    await stage.complain(account_id, task_id)
    found = [await stage.take(stage.number()) for _ in range(2)]
    assert all(found)
    return [slot for slot in found if slot]


async def settle(stage: Stage, seconds: float = UNDO) -> int:
    stage.later(seconds)
    return await settle_votes(stage)


async def states(stage: Stage) -> list[int]:
    return [row["state"] for row in await stage.rows("vote_slot", "n, state")]


async def test_nothing_follows_until_it_is_settled_and_then_all_of_it_once(stage: Stage, slots: list[Slot]):
    for slot in slots:
        assert await stage.vote(slot, undo_seconds=UNDO) == Voted(
            slot.task_id, VOTE, ReportState.OPEN, stage.now + timedelta(seconds=UNDO)
        )
    assert await states(stage) == [SlotState.ASIDE, SlotState.ASIDE, SlotState.CLOSED], "no third is asked meanwhile"
    assert await settle(stage, UNDO - 1) == 0
    assert (await stage.rows("wallet"), await stage.rows("refund")) == ([], [])
    assert (await settle(stage, 1), await settle(stage)) == (2, 0)
    assert [row["payable_micros"] for row in await stage.rows("wallet")] == [VOTE, VOTE]
    assert len(await stage.rows("refund")) == 1
    assert [(r["votes"], r["against"]) for r in await stage.rows("reviewer_record")] == [(1, 0), (1, 0)]
    assert (await stage.books()).findings == []


async def test_the_same_vote_again_is_answered_again_and_another_one_is_refused(stage: Stage, slots: list[Slot]):
    first = await stage.vote(slots[0], undo_seconds=UNDO)
    stage.later(5)
    assert await stage.vote(slots[0], undo_seconds=UNDO) == first
    other = await stage.vote(slots[0], "reject", undo_seconds=UNDO)
    assert isinstance(other, Refusal)
    assert other.reason is Reason.ALREADY_ANSWERED
    assert await settle(stage, 5) == 1
    assert await stage.vote(slots[0]) == Voted(slots[0].task_id, VOTE, ReportState.OPEN)
    assert [row["payable_micros"] for row in await stage.rows("wallet")] == [VOTE]


async def test_a_vote_at_once_waits_for_the_one_that_can_be_taken_back(stage: Stage, slots: list[Slot]):
    await stage.vote(slots[0], undo_seconds=UNDO)
    voted = await stage.vote(slots[1])
    assert isinstance(voted, Voted)
    assert voted.state is ReportState.OPEN
    assert await settle(stage) == 1
    assert [row["state"] for row in await stage.rows("report")] == [ReportState.CONFIRMED]


async def test_a_vote_that_is_settled_after_the_verdict_is_paid_and_counted_and_changes_nothing(stage: Stage, slots):
    third = await stage.take(stage.number())
    assert third is not None
    await stage.act(
        cast_votes,
        stage.voting(slots[0], undo_seconds=UNDO),
        stage.voting(slots[1], "reject"),
        stage.voting(third, "reject"),
    )
    assert [row["state"] for row in await stage.rows("report")] == [ReportState.REJECTED]
    assert await settle(stage) == 1
    assert [row["payable_micros"] for row in await stage.rows("wallet") if row["worker_id"] != slots[0].author_id] == [
        VOTE
    ] * 3
    records = {r["reviewer_id"]: (r["votes"], r["against"]) for r in await stage.rows("reviewer_record")}
    assert records == {slots[0].reviewer_id: (1, 1), slots[1].reviewer_id: (1, 0), third.reviewer_id: (1, 0)}
    assert await stage.rows("refund") == []
    assert (await stage.books()).findings == []


async def test_a_third_vote_that_is_settled_with_the_verdict_counts_once(stage: Stage, slots: list[Slot]):
    third = await stage.take(stage.number())
    assert third
    for slot in (*slots, third):
        await stage.vote(slot, undo_seconds=UNDO)
        stage.later(1)
    assert await settle(stage) == 3
    assert [row["state"] for row in await stage.rows("report")] == [ReportState.CONFIRMED]
    records = {r["reviewer_id"]: (r["votes"], r["against"]) for r in await stage.rows("reviewer_record")}
    assert records == {slot.reviewer_id: (1, 0) for slot in (*slots, third)}
    assert (await stage.books()).findings == []


async def test_a_complaint_on_which_two_agree_is_not_settled_by_the_clock(stage: Stage, slots: list[Slot]):
    for slot in slots:
        await stage.vote(slot, "reject", undo_seconds=UNDO)
    stage.later(1)
    overdue = SettleOverdueReports(stage.cell, 0)
    assert await stage.act(settle_overdue_reports, overdue) == [0]
    await settle(stage)
    assert [row["state"] for row in await stage.rows("report")] == [ReportState.REJECTED]
