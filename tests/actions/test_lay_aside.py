"""lay_aside: the next picture is there at once, and nobody is told of an answer, or a skip, that can be taken back."""

from datetime import timedelta

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.cancel_tasks import CancelTask, cancel_tasks
from manyeyes.actions.lay_aside import LaidAside
from manyeyes.actions.skip_tasks import Skipped
from manyeyes.dispatch.rules import WorkState
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import SkipReason
from support.action_stage import PAY, Stage
from support.laid_aside import UNDO_SECONDS, lay, settle


async def test_the_next_picture_is_current_and_nothing_is_booked(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    first, second = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.match()
    lease, ledger = await stage.lease(worker_id), await stage.rows("transfer")
    stage.later(3)
    laid = await lay(stage, worker_id, lease, " abc\n")
    assert isinstance(laid, LaidAside)
    assert (laid.task_id, laid.queue_id, laid.earned_micros) == (first, 1, PAY)
    assert laid.until == stage.now + timedelta(seconds=UNDO_SECONDS)
    assert laid.next_work is not None
    assert (laid.next_work.task_id, laid.next_work.state) == (second, WorkState.LEASED)
    (row,) = await stage.rows("work", "task_id, state, aside_text, aside_ms, lease_until", f"task_id = {first}")
    assert (row["state"], row["aside_text"], row["aside_ms"]) == (WorkState.ASIDE, "abc", 3_000)
    assert (await stage.rows("transfer"), await stage.rows("result")) == (ledger, [])
    (session,) = await stage.rows("session")
    assert (session["held"], session["answered"], session["took_ms"]) == (1, 0, 3_000)
    assert (await stage.books()).difference_micros == 0


async def test_who_goes_on_can_take_back_the_last_one_alone(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(2):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.match()
    await lay(stage, worker_id, await stage.lease(worker_id))
    await lay(stage, worker_id, await stage.lease(worker_id), "abd")
    settled = await settle(stage)
    assert len(settled.task_ids) == 1
    assert [row["aside_text"] for row in await stage.rows("work", "aside_text")] == ["abd"]


async def test_the_same_again_is_the_same_and_something_else_is_refused(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    first = await lay(stage, worker_id, lease)
    before = await stage.everything()
    again = await lay(stage, worker_id, lease)
    assert isinstance(first, LaidAside)
    assert isinstance(again, LaidAside)
    assert (again.until, again.earned_micros, again.queue_id) == (first.until, PAY, 0)
    for text in ("abd", None):
        other = await lay(stage, worker_id, lease, text)
        assert isinstance(other, Refusal)
        assert other.reason is Reason.ALREADY_ANSWERED
    assert (await stage.answer(worker_id, lease, "abd")).reason is Reason.ALREADY_ANSWERED
    assert await stage.answer(worker_id, lease, " abc") == Answered(first.task_id, 0, PAY)
    assert (await stage.skip(worker_id, lease)).reason is Reason.ALREADY_ANSWERED
    assert await stage.everything() == before


async def test_a_skip_that_is_aside_is_the_same_without_undo_and_no_answer(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    await lay(stage, worker_id, lease, None)
    before = await stage.everything()
    assert await stage.skip(worker_id, lease) == Skipped(task_id, 0)
    assert (await stage.answer(worker_id, lease)).reason is Reason.ALREADY_PASSED_ON
    assert (await stage.skip(stage.number(), lease)).reason is Reason.LEASE_LOST
    assert await stage.everything() == before


async def test_what_was_answered_unseen_was_not_looked_at(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.match()
    lease = await stage.lease(worker_id)
    stage.later(5)
    await lay(stage, worker_id, lease)
    assert await stage.rows("work", "aside_ms, desk_since") == [{"aside_ms": 1, "desk_since": stage.now}]


async def test_what_does_not_fit_stays_and_a_lost_lease_is_for_the_plain_call(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    before = await stage.everything()
    unfit = await lay(stage, worker_id, lease, "  ")
    assert isinstance(unfit, Refusal)
    assert unfit.reason is Reason.ANSWER_UNFIT
    assert await lay(stage, stage.number(), lease) is None
    assert await stage.everything() == before


async def test_a_customer_cannot_cancel_it_and_nobody_else_is_handed_it(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    await stage.hand_out()
    await lay(stage, worker_id, await stage.lease(worker_id), None, SkipReason.OTHER)
    await stage.worker()
    assert await stage.match() == ()
    (refused,) = await stage.act(cancel_tasks, CancelTask(stage.cell, account_id, task_id))
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.NOT_CANCELLABLE
    stage.later(100_000)
    await stage.return_lapsed()
    assert [row["state"] for row in await stage.rows("work", "state")] == [WorkState.ASIDE]
