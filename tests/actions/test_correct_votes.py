"""correct_votes: what somebody said of a complaint can be changed until it is decided, and is paid once."""

import pytest

from manyeyes.actions.correct_votes import CorrectVote, correct_votes
from manyeyes.actions.shared.ballots import Voted
from manyeyes.reports.rules import ReportState, Slot, Vote
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.settled_reviews import settle_votes
from support.slot_moves import slot_of

VOTE = 100


@pytest.fixture
async def slots(stage: Stage) -> list[Slot]:
    """Give three reviewers a complaint."""
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    await stage.complain(account_id, task_id)
    found = [await stage.take(stage.number()) for _ in range(3)]
    return [slot for slot in found if slot]


async def correct(stage: Stage, slot: Slot, vote: str, reviewer_id: int = 0) -> Voted | Refusal:
    command = CorrectVote(
        cell=stage.cell,
        reviewer_id=reviewer_id or slot.reviewer_id,
        slot=slot_of(stage, slot),
        vote=Vote(vote),
        reason="looked again",
    )
    (outcome,) = await stage.act(correct_votes, command)
    return outcome


async def test_the_corrected_vote_counts_and_is_paid_once(stage: Stage, slots: list[Slot]):
    await stage.vote(slots[0], "confirm")
    assert await correct(stage, slots[0], "reject") == Voted(slots[0].task_id, VOTE, ReportState.OPEN)
    assert [row["payable_micros"] for row in await stage.rows("wallet")] == [VOTE]
    await stage.vote(slots[1], "reject")
    [report] = await stage.rows("report")
    assert report["state"] == ReportState.REJECTED
    records = await stage.rows("reviewer_record", "votes, against", "votes > 0")
    assert records == [{"votes": 1, "against": 0}] * 2
    assert (await stage.books()).findings == []


async def test_a_correction_that_agrees_with_another_vote_decides_at_once(stage: Stage, slots: list[Slot]):
    await stage.vote(slots[0], "confirm")
    await stage.vote(slots[1], "reject")
    corrected = await correct(stage, slots[1], "confirm")
    assert isinstance(corrected, Voted)
    assert corrected.state is ReportState.CONFIRMED
    assert len(await stage.rows("refund")) == 1
    assert (await stage.books()).findings == []


async def test_after_the_verdict_nothing_is_changed(stage: Stage, slots: list[Slot]):
    await stage.vote(slots[0], "confirm")
    await stage.vote(slots[1], "confirm")
    before = await stage.everything()
    refused = await correct(stage, slots[0], "reject")
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.ALREADY_DECIDED
    assert await stage.everything() == before


async def test_a_vote_that_can_be_taken_back_is_corrected_too(stage: Stage, slots: list[Slot]):
    await stage.vote(slots[0], "confirm", undo_seconds=10)
    await stage.vote(slots[1], "confirm", undo_seconds=10)
    assert isinstance(await correct(stage, slots[0], "reject"), Voted)
    stage.later(10)
    assert await settle_votes(stage) == 2
    assert [row["state"] for row in await stage.rows("report")] == [ReportState.OPEN]


@pytest.mark.parametrize("is_other", [True, False])
async def test_what_is_no_vote_of_theirs_is_not_corrected(stage: Stage, slots: list[Slot], is_other: bool):
    if is_other:
        await stage.vote(slots[0], "confirm")
    refused = await correct(stage, slots[0], "reject", stage.number() if is_other else 0)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.SLOT_LOST
