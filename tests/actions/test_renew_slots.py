"""renew_slots: a reviewer who looks for longer keeps the complaint, up to three leases in all."""

from datetime import timedelta

import pytest

from manyeyes.actions.renew_slots import RenewSlot, renew_slots
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.reports.rules import SLOT_SECONDS, Slot, Vote
from manyeyes.values.lease_time import Renewed
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage


@pytest.fixture
async def slot(stage: Stage) -> Slot:
    """A slot that lies before a reviewer."""
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.complain(account_id, await stage.solve(account_id, worker_id))
    found = await stage.take(stage.number())
    assert found
    return found


async def renew(stage: Stage, slot: Slot, reviewer_id: int = 0) -> Renewed | Refusal:
    lease = SlotId(stage.cell, slot.task_id, slot.n, slot.lease)
    (outcome,) = await stage.act(renew_slots, RenewSlot(stage.cell, reviewer_id or slot.reviewer_id, lease))
    return outcome


async def test_up_to_three_leases_and_then_it_goes_to_others(stage: Stage, slot: Slot):
    latest = stage.now + timedelta(seconds=3 * SLOT_SECONDS)
    for seconds in (40, 80, 100, 140, 180):
        stage.later(40 if seconds != 100 else 20)
        if stage.now < latest:
            until = min(stage.now + timedelta(seconds=SLOT_SECONDS), latest)
            assert await renew(stage, slot) == Renewed(until, latest)
            assert (await stage.take(slot.reviewer_id)).lease_until == until
    assert (await renew(stage, slot)).reason is Reason.SLOT_LOST
    assert (await stage.vote(slot)).reason is Reason.SLOT_LOST


async def test_a_vote_that_was_cast_and_a_strangers_slot(stage: Stage, slot: Slot):
    assert (await renew(stage, slot, stage.number())).reason is Reason.SLOT_LOST
    await stage.vote(slot)
    before = await stage.everything()
    assert (await renew(stage, slot)).reason is Reason.ALREADY_ANSWERED
    assert (await stage.vote(slot, Vote.REJECT)).reason is Reason.ALREADY_ANSWERED
    assert await stage.everything() == before


async def test_a_slot_that_was_leased_before_this_was_kept_lasts_as_it_is(stage: Stage, slot: Slot):
    await stage.change("UPDATE vote_slot SET shown_at = NULL WHERE cell = $1")
    stage.later(30)
    assert await renew(stage, slot) == Renewed(slot.ends_at, slot.ends_at)
