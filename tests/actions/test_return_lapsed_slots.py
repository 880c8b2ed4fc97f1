"""return_lapsed_slots: complaints that lie before nobody return to their places."""

import pytest

from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots, return_lapsed_slots
from manyeyes.reports.rules import SLOT_SECONDS, Slot
from manyeyes.values.refusals import Reason
from support.action_stage import Stage


@pytest.fixture
async def slot(stage: Stage) -> Slot | None:
    """A slot that lies before a reviewer."""
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.complain(account_id, await stage.solve(account_id, worker_id))
    return await stage.take(stage.number())


async def sweep(stage: Stage, reviewer_id=0) -> int:
    (count,) = await stage.act(return_lapsed_slots, ReturnLapsedSlots(stage.cell, reviewer_id))
    return count


async def test_a_slot_returns_when_its_time_is_over_and_not_before(stage: Stage, slot: Slot | None):
    stage.later(SLOT_SECONDS - 0.1)
    assert await sweep(stage) == 0
    stage.later(0.1)
    assert await sweep(stage) == 1
    assert (await stage.vote(slot)).reason is Reason.SLOT_LOST
    assert await sweep(stage) == 0


async def test_another_reviewer_gets_it_with_another_number_and_the_first_one_may_too(stage: Stage, slot: Slot | None):
    stage.later(SLOT_SECONDS)
    await sweep(stage)
    assert (await stage.take(slot.reviewer_id)).lease == slot.lease + 1
    stage.later(SLOT_SECONDS)
    await sweep(stage)
    other = await stage.take(stage.number())
    assert (other.task_id, other.n, other.lease) == (slot.task_id, slot.n, slot.lease + 2)
    assert (await stage.vote(slot)).reason is Reason.SLOT_LOST, "the number fences them off"


async def test_a_reviewer_who_goes_gives_theirs_back_at_once(stage: Stage, slot: Slot | None):
    other = await stage.take(stage.number())
    assert await sweep(stage, slot.reviewer_id) == 1
    assert (await stage.vote(slot)).reason is Reason.SLOT_LOST
    assert await stage.take(other.reviewer_id) == other


async def test_votes_and_closed_slots_stay(stage: Stage, slot: Slot | None):
    await stage.vote(slot)
    await stage.judge("confirm")
    stage.later(SLOT_SECONDS * 10)
    before = await stage.everything()
    assert await sweep(stage, slot.reviewer_id) == 0
    assert await stage.everything() == before
