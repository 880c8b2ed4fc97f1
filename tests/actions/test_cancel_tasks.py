"""cancel_tasks: what nobody has is given back whole, and nothing else."""

import pytest

from manyeyes.actions.cancel_tasks import CancelTask, TaskCancelled, cancel_tasks
from manyeyes.consensus.terms import PeopleTerms, Uncertain
from manyeyes.jobs.rules import JobState
from manyeyes.tasks.rules import Assurance, Ending
from manyeyes.values.refusals import Reason, Refusal
from support import job_lives
from support.action_stage import PRICE, Stage
from support.judged_results import REVIEWED, asked, decide, taken, the_result


def cancelling(stage: Stage, account_id: int, task_id: int) -> CancelTask:
    return CancelTask(stage.cell, account_id, task_id)


async def test_a_task_that_waits_ends_and_its_hold_and_turn_come_back(stage: Stage):
    account_id = await stage.account(10_000)
    turns = await stage.rows("account_turn")
    task_id = await stage.submit(account_id, callback_url="https://example.org/told")
    assert await stage.act(cancel_tasks, cancelling(stage, account_id, task_id)) == [TaskCancelled(task_id, 1)]
    assert (await stage.available(account_id), await stage.rows("work")) == (10_000, [])
    (result,) = await stage.rows("result")
    assert (result["ending"], result["charged_micros"], result["answer"]) == (Ending.CANCELLED, 0, None)
    assert len(await stage.rows("delivery")) == 1
    assert turns == []
    (turn,) = await stage.rows("account_turn")
    assert turn["next_turn"] == 0
    assert (await stage.books()).difference_micros == 0


async def test_it_is_cancelled_once_however_often_that_is_said(stage: Stage):
    account_id = await stage.account(10_000)
    task_id = await stage.submit(account_id)
    command = cancelling(stage, account_id, task_id)
    assert await stage.act(cancel_tasks, command, command) == [TaskCancelled(task_id, 1)] * 2
    assert await stage.act(cancel_tasks, command) == [TaskCancelled(task_id, 1)]
    assert (await stage.available(account_id), len(await stage.rows("result"))) == (10_000, 1)


async def test_what_lies_on_a_desk_or_has_ended_is_not(stage: Stage):
    account_id, worker_id = await stage.account(10_000), await stage.worker()
    task_ids = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.hand_out()
    commands = [cancelling(stage, account_id, task_id) for task_id in task_ids]
    outcomes = await stage.act(cancel_tasks, *commands)
    assert [o.reason for o in outcomes if isinstance(o, Refusal)] == [Reason.NOT_CANCELLABLE] * 2
    await stage.answer(worker_id, await stage.lease(worker_id))
    outcomes = await stage.act(cancel_tasks, *commands)
    assert [o.reason for o in outcomes if isinstance(o, Refusal)] == [Reason.NOT_CANCELLABLE] * 2
    assert await stage.available(account_id) == 10_000 - 2 * PRICE


async def test_what_a_reviewer_is_to_decide_is_theirs_and_the_refusal_says_so(stage: Stage):
    account_id = await stage.account()
    task_id, _ = await asked(stage, "12345", "99", terms=REVIEWED, account_id=account_id)
    (outcome,) = await stage.act(cancel_tasks, cancelling(stage, account_id, task_id))
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.NOT_CANCELLABLE
    assert "a reviewer is asked to decide" in outcome.detail
    await decide(stage, await taken(stage), "99")
    assert (await the_result(stage))["answer"] == "99"


@pytest.mark.parametrize("wrong_at_most", [None, 0.05])
async def test_what_is_taken_back_asks_no_reviewer(stage: Stage, wrong_at_most: float | None):
    account_id = await stage.account()
    terms = PeopleTerms(answers=3, answers_at_most=3, wrong_at_most=wrong_at_most, uncertain=Uncertain.REVIEW)
    task_id = await stage.submit(account_id, terms=terms)
    for text in ("12345", "99"):
        worker_id = stage.number()
        await stage.come(worker_id)
        await stage.hand_out()
        await stage.answer(worker_id, await stage.lease(worker_id), text)
        await stage.go(worker_id)
    assert await stage.act(cancel_tasks, cancelling(stage, account_id, task_id)) == [TaskCancelled(task_id, 1)]
    result = await the_result(stage)
    assert (result["ending"], result["assurance"]) == (Ending.SOLVED, Assurance.UNCERTAIN)
    assert result["charged_micros"] == 2 * PRICE
    assert await stage.rows("judgement") == []
    assert (await stage.books()).findings == []


async def test_nobody_cancels_what_is_not_theirs(stage: Stage):
    account_id, other = await stage.account(10_000), await stage.account(10_000)
    task_id = await stage.submit(account_id)
    outcomes = await stage.act(cancel_tasks, cancelling(stage, other, task_id), cancelling(stage, account_id, 999_999))
    assert [o.reason for o in outcomes if isinstance(o, Refusal)] == [Reason.UNKNOWN_TASK] * 2
    assert len(await stage.rows("work")) == 1


async def test_a_worker_who_is_handed_it_at_the_same_moment_or_the_customer_has_it(stage: Stage):
    """Whoever locks the row first: the other one finds it changed or gone."""
    account_id, worker_id = await stage.account(100_000), await stage.worker()
    for _ in range(5):
        task_id = await stage.submit(account_id)
        async with stage.pool.acquire() as first:
            transaction = first.transaction()
            await transaction.start()
            assert await cancel_tasks(first, stage.now, [cancelling(stage, account_id, task_id)])
            assert worker_id not in await stage.match()  # the row is locked: the matcher passes it over
            await transaction.commit()
    assert await stage.match() == ()
    assert (await stage.books()).difference_micros == 0


async def test_an_item_that_never_entered_ends_without_a_hold_and_its_job_counts_it(stage: Stage):
    account_id = await stage.account(10_000)
    job_id = await job_lives.running(stage, account_id, items=2)
    first, second = [row["task_id"] for row in await stage.rows("task", "task_id", f"job_id = {job_id}")]
    command = cancelling(stage, account_id, first)
    assert await stage.act(cancel_tasks, command, command) == [TaskCancelled(first, 1)] * 2
    assert ((await job_lives.find(stage, job_id)).cancelled, await stage.available(account_id)) == (1, 10_000)
    await job_lives.feed(stage, job_id)
    assert [row["task_id"] for row in await stage.rows("work")] == [second]
    assert await stage.act(cancel_tasks, cancelling(stage, account_id, second)) == [TaskCancelled(second, 1)]
    job = await job_lives.find(stage, job_id)
    assert (job.state, job.cancelled, job.open) == (JobState.FINISHED, 2, 0)
    assert (await stage.books()).difference_micros == 0


async def test_the_last_items_of_a_job_end_it_whether_they_wait_or_never_entered(stage: Stage):
    account_id = await stage.account(10_000)
    job_id = await job_lives.running(stage, account_id, items=1)
    (task,) = await stage.rows("task", "task_id", f"job_id = {job_id}")
    await stage.act(cancel_tasks, cancelling(stage, account_id, task["task_id"]))
    assert (await job_lives.find(stage, job_id)).state is JobState.FINISHED
