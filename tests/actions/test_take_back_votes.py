"""take_back_votes: a vote of which nothing followed is none, and the complaint lies before its reviewer again."""

from datetime import timedelta

import pytest

from manyeyes.actions.lay_slots_ahead import LaySlotAhead, lay_slots_ahead
from manyeyes.actions.take_back_votes import TakeBackVote, take_back_votes
from manyeyes.reports.rules import SLOT_SECONDS, Slot, SlotState
from manyeyes.values.lease_time import LEASES_IN_ALL
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.settled_reviews import settle_votes
from support.slot_moves import slot_of

UNDO = 10


@pytest.fixture
async def slot(stage: Stage) -> Slot:
    """Let a reviewer vote on the older of three complaints; return their slot."""
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(3):
        task_id = await stage.solve(account_id, worker_id)
        await stage.complain(account_id, task_id)
        stage.later(1)
    found = await stage.take(stage.number())
    assert found is not None
    await stage.vote(found, undo_seconds=UNDO)
    return found


async def back(stage: Stage, slot: Slot) -> Slot | Refusal:
    (outcome,) = await stage.act(take_back_votes, TakeBackVote(stage.cell, slot.reviewer_id, slot_of(stage, slot)))
    return outcome


async def test_it_lies_before_them_again_under_the_same_lease_and_is_not_paid(stage: Stage, slot: Slot):
    stage.later(5)
    again = await back(stage, slot)
    assert isinstance(again, Slot)
    assert (again.task_id, again.lease, again.vote) == (slot.task_id, slot.lease, None)
    assert again.lease_until == stage.now + timedelta(seconds=SLOT_SECONDS)
    assert await stage.take(slot.reviewer_id) == again
    assert await back(stage, slot) == again, "the same again gives the same"
    stage.later(UNDO)
    assert await settle_votes(stage) == 0
    assert await stage.rows("wallet") == []
    await stage.vote(again, "reject")
    assert len(await stage.rows("wallet")) == 1
    assert (await stage.books()).findings == []


async def test_what_was_looked_at_meanwhile_lies_behind_it_and_what_lay_behind_that_goes_to_others(
    stage: Stage, slot: Slot
):
    looked = await stage.take(slot.reviewer_id)
    (ahead,) = await stage.act(lay_slots_ahead, LaySlotAhead(stage.cell, slot.reviewer_id, (1,)))
    assert looked
    assert ahead
    assert isinstance(await back(stage, slot), Slot)
    found = {r["task_id"]: r["state"] for r in await stage.rows("vote_slot", where=f"reviewer_id = {slot.reviewer_id}")}
    assert found == {slot.task_id: SlotState.LEASED, looked.task_id: SlotState.AHEAD}
    await stage.vote(slot)
    following = await stage.take(slot.reviewer_id)
    assert following
    assert (following.task_id, following.lease, following.shown_at) == (looked.task_id, looked.lease, looked.shown_at)


async def test_two_who_agree_no_more_let_a_third_be_asked(stage: Stage, slot: Slot):
    other = await stage.take(stage.number())
    assert other
    assert other.task_id == slot.task_id
    await stage.vote(other, undo_seconds=UNDO)
    of_it = f"task_id = {slot.task_id}"
    assert [r["state"] for r in await stage.rows("vote_slot", where=of_it)] == [4, 4, SlotState.CLOSED]
    await back(stage, other)
    assert [r["state"] for r in await stage.rows("vote_slot", where=of_it)] == [4, 1, SlotState.OPEN]


@pytest.mark.parametrize("seconds", [UNDO, UNDO + 1])
async def test_it_is_too_late_when_its_time_is_over(stage: Stage, slot: Slot, seconds: float):
    stage.later(seconds)
    before = await stage.everything()
    refused = await back(stage, slot)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.TOO_LATE
    assert await stage.everything() == before


async def test_nobody_has_it_for_longer_than_three_leases(stage: Stage, slot: Slot):
    leases = f"interval '{LEASES_IN_ALL * SLOT_SECONDS} s'"
    await stage.change(f"UPDATE vote_slot SET shown_at = settles_at - {leases} WHERE cell = $1 AND state = 4")
    stage.later(UNDO - 1)
    refused = await back(stage, slot)
    assert not isinstance(refused, Refusal)
    assert refused.ends_at == stage.now + timedelta(seconds=1)


async def test_it_is_nobody_elses_to_take_back(stage: Stage, slot: Slot):
    command = TakeBackVote(stage.cell, stage.number(), slot_of(stage, slot))
    (refused,) = await stage.act(take_back_votes, command)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.SLOT_LOST
