"""mark_works: what lies on desks unseen gets its queue's new marks, and is not shown to who did not agree."""

from manyeyes.actions.mark_works import MarkWork, mark_works
from manyeyes.dispatch.rules import WorkState
from manyeyes.values.marks import ContentMark
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
