"""skip_slots: a complaint that a reviewer passes on goes to others, and never to them again."""

from manyeyes.actions.skip_slots import SkipSlot, SlotSkipped, skip_slots
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.slot_moves import slot_of


async def test_what_is_passed_on_goes_to_others_and_earns_nothing(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    await stage.complain(account_id, task_id)
    slot = await stage.take(stage.number())
    assert slot is not None
    passing = SkipSlot(stage.cell, slot.reviewer_id, slot_of(stage, slot))
    assert await stage.act(skip_slots, passing) == [SlotSkipped(task_id)]
    (again,) = await stage.act(skip_slots, passing)
    assert isinstance(again, Refusal)
    assert again.reason is Reason.SLOT_LOST
    assert await stage.take(slot.reviewer_id) is None, "no other slot of that complaint either"
    others = [await stage.take(stage.number()) for _ in range(3)]
    assert [other.task_id for other in others if other] == [task_id] * 3
    assert await stage.rows("wallet") == []


async def test_a_vote_is_not_passed_on(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.complain(account_id, await stage.solve(account_id, worker_id))
    slot = await stage.take(stage.number())
    assert slot is not None
    await stage.vote(slot)
    (refused,) = await stage.act(skip_slots, SkipSlot(stage.cell, slot.reviewer_id, slot_of(stage, slot)))
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.ALREADY_ANSWERED
