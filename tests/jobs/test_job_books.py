"""The books prove jobs: each figure that is put wrong is found, with the job's number."""

import pytest

from manyeyes.jobs.rules import JobVerb
from support.action_stage import PRICE, Stage
from support.job_lives import change, feed, find, running, settle
from support.sealed_months import TRUSTED, go_to, months_ago, seal

FIGURES = ("items", "open", "solved", "unsolvable", "unanswered", "failed", "cancelled")
SUMS = ("held", "charged", "refunded")


async def job_at_work(stage: Stage, *, is_judged: bool = True) -> int:
    """Return a job with lines in the queue, behind it, solved, and refunded where the complaint ``is_judged``."""
    account_id = await stage.account()
    job_id = await running(stage, account_id, 6)
    await feed(stage, job_id, 4)
    worker = await stage.worker()
    for _ in range(2):
        await stage.hand_out()
        assert await stage.answer(worker, await stage.lease(worker))
    solved = (await stage.rows("result", "task_id"))[0]["task_id"]
    await stage.complain(account_id, solved)
    if is_judged:
        await stage.judge("confirm", "confirm")
    return job_id


async def test_a_refund_counts_in_its_job(stage: Stage):
    job = await find(stage, await job_at_work(stage))
    assert (job.charged_micros, job.refunded_micros, job.held_micros) == (2 * PRICE, PRICE, 2 * PRICE)
    assert (await stage.books()).difference_micros == 0


async def test_a_refund_of_a_job_that_ended_before_the_seal_is_proven(stage: Stage):
    now = stage.now
    await go_to(stage, months_ago(stage, 1))
    job_id = await job_at_work(stage, is_judged=False)
    await change(stage, job_id, verb=JobVerb.CANCEL)
    await settle(stage, job_id)
    await go_to(stage, now)
    assert await seal(stage)
    await stage.judge("confirm", "confirm")
    assert (await stage.books(trusted=TRUSTED)).findings == []
    await stage.change("UPDATE job SET refunded_micros = refunded_micros + 3 WHERE cell = $1")
    assert (await stage.books(trusted=TRUSTED)).findings == [f"refunded of job {job_id} is off by 3"]


async def test_a_refund_makes_room_in_the_budget(stage: Stage):
    job_id = await job_at_work(stage)
    await change(stage, job_id, budget_micros=4 * PRICE)
    assert (await feed(stage, job_id)).entered == 1
    assert (await find(stage, job_id)).spent_micros == 4 * PRICE


@pytest.mark.parametrize("column", [*FIGURES, *(f"{name}_micros" for name in SUMS)])
async def test_a_figure_that_is_wrong_is_found(stage: Stage, column: str):
    job_id = await job_at_work(stage)
    await stage.change(f"UPDATE job SET {column} = {column} + 3 WHERE cell = $1")
    audit = await stage.books()
    assert audit.difference_micros >= 3
    assert f"{column.removesuffix('_micros')} of job {job_id} is off by 3" in audit.findings


async def test_a_job_that_should_have_ended_is_found(stage: Stage):
    job_id = await job_at_work(stage)
    await change(stage, job_id, verb=JobVerb.CANCEL)
    await settle(stage, job_id)
    assert (await stage.books()).findings == []
    await stage.change("UPDATE job SET ended_at = NULL WHERE cell = $1")
    assert (await stage.books()).findings == [f"job {job_id} is cancelled and has not ended"]


async def test_tasks_of_no_job_and_answers_without_a_hold_are_found(stage: Stage):
    job_id = await job_at_work(stage)
    await stage.change("DELETE FROM job WHERE cell = $1")
    assert f"there is no job {job_id}, but it has tasks" in (await stage.books()).findings
    await stage.change("DELETE FROM transfer WHERE cell = $1 AND kind = 2")
    assert any("without a hold" in finding for finding in (await stage.books()).findings)
