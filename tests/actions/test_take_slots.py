"""take_slots: who gets which complaint to judge, for how long, and that nobody gets one twice."""

import pytest

from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.reports.rules import REVIEWERS, SLOT_SECONDS, SPARE_SLOTS
from support.action_stage import Stage


@pytest.fixture
async def filed(stage: Stage) -> tuple[int, int]:
    """Complain about an answer; return (author, task)."""
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    await stage.complain(account_id, task_id)
    return worker_id, task_id


async def test_a_reviewer_gets_a_lease_of_a_minute_and_the_same_one_again(stage: Stage, filed):
    reviewer = stage.number()
    slot = await stage.take(reviewer)
    assert (slot.task_id, slot.n, slot.lease, slot.reviewer_id) == (filed[1], 0, 1, reviewer)
    assert (slot.lease_until - stage.now).total_seconds() == SLOT_SECONDS == 60
    stage.later(SLOT_SECONDS - 1)
    assert await stage.take(reviewer) == slot


async def test_three_reviewers_get_one_each_and_a_fourth_none(stage: Stage, filed):
    commands = [TakeSlot(stage.cell, stage.number(), (1,)) for _ in range(REVIEWERS + 1)]
    slots = await stage.act(take_slots, *commands)
    assert sorted(slot.n for slot in slots if slot) == [0, 1, 2]
    assert slots.count(None) == 1


async def test_the_author_never_judges_their_own_answer(stage: Stage, filed):
    assert await stage.take(filed[0]) is None
    assert await stage.take(stage.number()) is not None


async def test_nobody_gets_two_slots_of_one_complaint(stage: Stage, filed):
    reviewer = stage.number()
    await stage.vote(await stage.take(reviewer))
    assert await stage.take(reviewer) is None


async def test_until_it_is_swept_a_lapsed_slot_keeps_its_reviewer_from_the_others_of_its_complaint(stage: Stage, filed):
    reviewer = stage.number()
    await stage.take(reviewer)
    stage.later(SLOT_SECONDS)
    assert await stage.take(reviewer) is None, "it is not swept yet, and they have a slot of this complaint"


async def test_only_queues_that_the_reviewer_may_judge(stage: Stage, filed):
    assert await stage.take(stage.number(), 2) is None
    assert await stage.take(stage.number(), 2, 1) is not None


async def test_the_oldest_complaint_comes_first(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_ids = []
    for _ in range(3):
        task_ids.append(await stage.solve(account_id, worker_id))
        await stage.complain(account_id, task_ids[-1])
        stage.later(1)
    reviewer = stage.number()
    for task_id in task_ids:
        slot = await stage.take(reviewer)
        assert slot.task_id == task_id
        await stage.vote(slot)


async def test_one_who_judged_all_of_the_first_is_given_what_lies_behind_them(stage: Stage):
    """The head of the list is full of what this reviewer may not have; their own lies beyond where the look ends."""
    account_id, worker_id = await stage.account(), await stage.worker()
    reviewer = stage.number()
    for _ in range(SPARE_SLOTS):
        await stage.complain(account_id, await stage.solve(account_id, worker_id))
        await stage.vote(await stage.take(reviewer))
        stage.later(1)
    assert len(await stage.rows("vote_slot", where="state = 0")) == 2 * SPARE_SLOTS > REVIEWERS + SPARE_SLOTS
    last = await stage.solve(account_id, worker_id)
    await stage.complain(account_id, last)
    assert (await stage.take(reviewer)).task_id == last


async def test_one_who_asks_twice_in_a_batch_gets_one_slot(stage: Stage, filed):
    reviewer = stage.number()
    first, second = await stage.act(take_slots, *[TakeSlot(stage.cell, reviewer, (1,))] * 2)
    assert first == second
    assert len(await stage.rows("vote_slot", where="state = 1")) == 1
