"""lay_slots_ahead: the next complaint lies behind the one that is looked at, and is shown to nobody yet."""

from datetime import timedelta

import pytest

from manyeyes.actions.lay_slots_ahead import LaySlotAhead, lay_slots_ahead
from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots, return_lapsed_slots
from manyeyes.reports.rules import SLOT_SECONDS, SPARE_SLOTS, Slot, SlotState
from support.action_stage import Stage


@pytest.fixture
async def slot(stage: Stage) -> Slot:
    """Make two complaints and give a reviewer one of them."""
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(2):
        await stage.complain(account_id, await stage.solve(account_id, worker_id))
        stage.later(1)
    found = await stage.take(stage.number())
    assert found is not None
    return found


async def ahead(stage: Stage, reviewer_id: int, *queues: int) -> Slot | None:
    (found,) = await stage.act(lay_slots_ahead, LaySlotAhead(stage.cell, reviewer_id, queues or (1,)))
    return found


async def test_it_is_the_next_one_under_the_same_lease_and_its_time_begins_when_it_is_shown(stage: Stage, slot: Slot):
    found = await ahead(stage, slot.reviewer_id)
    assert found
    assert (found.state, found.shown_at) == (SlotState.AHEAD, None)
    assert await ahead(stage, slot.reviewer_id) == found, "there is one, not more"
    assert await stage.take(slot.reviewer_id) == slot
    stage.later(20)
    await stage.vote(slot)
    following = await stage.take(slot.reviewer_id)
    assert following
    assert (following.task_id, following.n, following.lease) == (found.task_id, found.n, found.lease)
    assert (following.shown_at, following.ends_at) == (stage.now, stage.now + timedelta(seconds=SLOT_SECONDS))


async def test_who_looks_at_nothing_gets_nothing(stage: Stage, slot: Slot):
    assert await ahead(stage, stage.number()) is None
    assert await ahead(stage, slot.reviewer_id, 2) is None, "nor what is none of theirs"


@pytest.mark.parametrize("leaves", [True, False])
async def test_it_goes_to_others_when_its_reviewer_leaves_or_takes_too_long(stage: Stage, slot: Slot, leaves: bool):
    found = await ahead(stage, slot.reviewer_id)
    assert found
    stage.later(0 if leaves else SLOT_SECONDS)
    command = ReturnLapsedSlots(stage.cell, slot.reviewer_id if leaves else 0)
    assert await stage.act(return_lapsed_slots, command) == [2]
    assert {row["reviewer_id"] for row in await stage.rows("vote_slot")} == {0}


async def test_what_fits_further_down_is_found_behind_many_that_they_judged(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    reviewer_id = stage.number()
    for _ in range(SPARE_SLOTS):
        await stage.complain(account_id, await stage.solve(account_id, worker_id))
        judged = await stage.take(reviewer_id)
        assert judged
        await stage.vote(judged)
    for _ in range(2):
        await stage.complain(account_id, await stage.solve(account_id, worker_id))
    held, found = await stage.take(reviewer_id), await ahead(stage, reviewer_id)
    assert held
    assert found
    assert held.task_id < found.task_id
