"""mark_works: what lies on desks unseen gets its queue's new marks, and is not shown to who did not agree."""

import asyncio

from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.mark_works import MarkWork, mark_works
from manyeyes.actions.skip_tasks import Skipped, SkipTask, skip_tasks
from manyeyes.dispatch.rules import WorkState
from manyeyes.runtime.context import Context
from manyeyes.runtime.mark_sweep import mark_what_lies_unseen
from manyeyes.values.marks import ContentMark
from manyeyes.workers.rules import SkipReason
from support.action_stage import Stage


async def test_what_is_unseen_is_marked_and_goes_back(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    seen, unseen = await stage.submit(account_id), await stage.submit(account_id)
    await stage.hand_out()
    await stage.match()
    await stage.act(mark_works, MarkWork(stage.cell, 1, ContentMark.GORE), MarkWork(stage.cell, 77, ContentMark.HATE))
    rows = {row["task_id"]: row["marks"] for row in await stage.rows("work", "task_id, marks")}
    assert rows == {seen: 0, unseen: ContentMark.GORE}
    answered = await stage.answer(worker_id, await stage.lease(worker_id))
    assert answered.next_work is None
    assert [row["state"] for row in await stage.rows("work", "state")] == [WorkState.WAITING]


async def test_a_run_of_the_matcher_that_began_before_is_waited_for(stage: Stage):
    await stage.submit(await stage.account())
    await stage.worker()
    async with stage.transaction() as matcher:
        await hand_out(matcher, stage.now, [HandOut(stage.cell, 1)])  # it has seen no marks
        await stage.set_queue(marks=ContentMark.GORE)
        marking = asyncio.create_task(stage.act(mark_works, MarkWork(stage.cell, 1, ContentMark.GORE)))
        await asyncio.wait([marking], timeout=0.3)
    await marking
    assert await stage.rows("work", "state, marks") == [{"state": WorkState.QUEUED, "marks": ContentMark.GORE}]


async def test_whoever_locks_what_lies_in_two_queues_is_waited_for_and_holds_up_nobody(stage: Stage):
    account_id, _ = await stage.account(), await stage.worker()
    first, second = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    moved = "UPDATE work SET queue_id = CASE task_id WHEN $2 THEN 77 ELSE 1 END, state = 2 WHERE cell = $1"
    await stage.change(moved, first)
    marks = [MarkWork(stage.cell, queue_id, ContentMark.GORE) for queue_id in (1, 77)]
    lock = "SELECT FROM work WHERE cell = $1 AND task_id = $2 FOR UPDATE"
    async with stage.transaction() as other:
        await other.execute(lock, stage.cell, first)
        marking = asyncio.create_task(stage.act(mark_works, *marks))
        await asyncio.wait([marking], timeout=0.3)
        await other.execute(lock, stage.cell, second)
    await marking
    assert {row["marks"] for row in await stage.rows("work", "marks")} == {ContentMark.GORE}


async def test_what_is_marked_and_was_not_shown_is_not_told_in_a_reply(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    command = SkipTask(stage.cell, worker_id, await stage.lease(worker_id), SkipReason.OTHER)
    assert isinstance((await stage.act(skip_tasks, command))[0], Skipped)
    await stage.submit(account_id)
    await stage.match()
    assert (await stage.act(skip_tasks, command))[0].next_work
    await stage.act(mark_works, MarkWork(stage.cell, 1, ContentMark.GORE))
    (again,) = await stage.act(skip_tasks, command)
    assert isinstance(again, Skipped)
    assert again.next_work is None, "its look is not counted"


async def test_marks_that_a_kill_kept_from_what_lies_unseen_come_by_the_sweep(context: Context, stage: Stage):
    await stage.submit(await stage.account())
    await stage.worker()
    await stage.match()
    await stage.set_queue(marks=ContentMark.GORE)
    await mark_what_lies_unseen(context, stage.cell)
    assert [row["marks"] for row in await stage.rows("work", "marks")] == [ContentMark.GORE]
