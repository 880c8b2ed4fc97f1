"""send_on_breaks: two hours of work end in a break, which lasts five minutes at the least."""

from manyeyes.actions.go_online import GoOnline, go_online
from manyeyes.actions.send_on_breaks import SendOnBreaks, send_on_breaks
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage

TWO_HOURS, BREAK = 7_200, 300


async def coming(stage: Stage, worker_id: int) -> Refusal | None:
    """Let somebody come online; return why they may not."""
    (refused,) = await stage.act(go_online, GoOnline(stage.cell, worker_id, 1, (1,), ("en",)))
    return refused


async def test_after_two_hours_nothing_new_comes_until_they_have_rested(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    stage.later(TWO_HOURS - 1)
    (sent,) = await stage.act(send_on_breaks, SendOnBreaks(stage.cell))
    assert sent.worker_ids == ()
    stage.later(1)
    (sent,) = await stage.act(send_on_breaks, SendOnBreaks(stage.cell))
    assert sent.worker_ids == (worker_id,)
    await stage.submit(account_id)
    assert await stage.match() == ()
    stage.later(BREAK - 1)
    refused = await coming(stage, worker_id)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.BREAK_DUE
    stage.later(1)
    assert await coming(stage, worker_id) is None
    assert await stage.match() == (worker_id,)
    (sent,) = await stage.act(send_on_breaks, SendOnBreaks(stage.cell))
    assert sent.worker_ids == (), "two hours begin anew"


async def test_what_they_look_at_they_may_answer_and_what_is_unseen_goes_back(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    stage.later(TWO_HOURS)
    first, second = await stage.submit(account_id), await stage.submit(account_id)
    await stage.hand_out()
    await stage.match()
    (sent,) = await stage.act(send_on_breaks, SendOnBreaks(stage.cell))
    assert (sent.worker_ids, sent.queue_ids) == ((worker_id,), (1,))
    assert [work.task_id for work in await stage.desk(worker_id)] == [first]
    answered = await stage.answer(worker_id, await stage.lease(worker_id))
    assert (answered.task_id, answered.next_work) == (first, None)
    await stage.ask(worker_id)
    assert await stage.match() == (), f"{second} waits for others"
    await stage.act(send_on_breaks, SendOnBreaks(stage.cell))
    assert [row["queues"] for row in await stage.rows("session", "queues")] == [[]]


async def test_a_pause_of_five_minutes_is_a_break_however_it_came_about(stage: Stage):
    worker_id = await stage.worker()
    stage.later(TWO_HOURS - 10)
    await stage.go(worker_id)
    stage.later(BREAK)
    await stage.come(worker_id)
    stage.later(TWO_HOURS - 1)
    (sent,) = await stage.act(send_on_breaks, SendOnBreaks(stage.cell))
    assert sent.worker_ids == ()


async def test_a_short_absence_is_no_break(stage: Stage):
    worker_id = await stage.worker()
    stage.later(TWO_HOURS - 10)
    await stage.go(worker_id)
    stage.later(5)
    await stage.come(worker_id)
    stage.later(5)
    (sent,) = await stage.act(send_on_breaks, SendOnBreaks(stage.cell))
    assert sent.worker_ids == (worker_id,)
