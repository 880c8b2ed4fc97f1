"""settle_aside: what was not taken back is what it would have been at once: paid, counted, passed on, ended."""

from manyeyes.actions.leave import Leave, leave
from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import Work
from manyeyes.tasks.rules import Ending
from manyeyes.workers.rules import SkipReason
from support.action_stage import PAY, PRICE, Stage
from support.laid_aside import UNDO_SECONDS, back, lay, settle


async def test_an_answer_is_paid_and_charged_when_its_time_is_over_and_not_before(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    await stage.hand_out()
    await lay(stage, worker_id, await stage.lease(worker_id))
    stage.later(UNDO_SECONDS - 0.001)
    before = await stage.everything()
    assert (await settle(stage)).task_ids == ()
    assert await stage.everything() == before
    stage.later(0.001)
    settled = await settle(stage)
    assert (settled.queue_ids, settled.task_ids) == ((1,), (task_id,))
    (result,) = await stage.rows("result")
    assert (result["ending"], result["worker_id"], result["charged_micros"]) == (Ending.SOLVED, worker_id, PRICE)
    (session,) = await stage.rows("session")
    assert (session["held"], session["answered"], session["earned_micros"]) == (0, 1, PAY)
    assert not await stage.rows("work")
    assert (await stage.books()).difference_micros == 0
    assert (await settle(stage)).task_ids == ()


async def test_a_skip_goes_to_others_and_the_fifth_ends_the_task(stage: Stage):
    account_id = await stage.account()
    task_id = await stage.submit(account_id)
    for n in range(5):
        worker_id = await stage.worker()
        await stage.hand_out()
        await lay(stage, worker_id, await stage.lease(worker_id), None)
        stage.later(UNDO_SECONDS)
        await settle(stage)
        rows = await stage.rows("work", "state, failures, tried")
        assert rows == ([{"state": WorkState.WAITING, "failures": n + 1, "tried": rows[0]["tried"]}] if n < 4 else [])
        await stage.change("UPDATE session SET present = false WHERE cell = $1")
    (result,) = await stage.rows("result")
    assert (result["task_id"], result["ending"]) == (task_id, Ending.UNSOLVABLE)
    assert (await stage.books()).difference_micros == 0


async def test_somebody_who_has_gone_is_paid_all_the_same(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    await lay(stage, worker_id, await stage.lease(worker_id))
    await stage.act(leave, Leave(stage.cell, worker_id, offline=True))
    stage.later(UNDO_SECONDS)
    await settle(stage)
    assert [row["worker_id"] for row in await stage.rows("result", "worker_id")] == [worker_id]
    assert (await stage.books()).difference_micros == 0


async def test_a_skip_counts_when_it_is_settled_once_and_one_taken_back_never(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    await lay(stage, worker_id, lease, None, SkipReason.UPSETTING)
    assert isinstance(await back(stage, worker_id, lease), Work)
    stage.later(UNDO_SECONDS)
    await settle(stage)
    assert not await stage.rows("skip_day")
    await lay(stage, worker_id, await stage.lease(worker_id), None, SkipReason.WRONG_LANGUAGE)
    assert not await stage.rows("skip_day")
    stage.later(UNDO_SECONDS)
    for _ in range(2):
        await settle(stage)
        rows = await stage.rows("skip_day", "worker_id, queue_id, reason, skips")
        assert [tuple(row.values()) for row in rows] == [(worker_id, 1, "wrong_language", 1)]


async def test_who_goes_on_has_their_skip_counted_with_the_next_look(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(2):
        await stage.submit(account_id)
    for reason in (SkipReason.OTHER, SkipReason.UNREADABLE):
        await stage.hand_out()
        await lay(stage, worker_id, await stage.lease(worker_id), None, reason)
    await settle(stage)
    assert [(row["reason"], row["skips"]) for row in await stage.rows("skip_day")] == [("other", 1)]
