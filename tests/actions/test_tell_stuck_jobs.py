"""A customer hears once of a job on which nobody works, and again when it went on and stopped again."""

from manyeyes.actions.tell_stuck_jobs import TellStuckJobs, tell_stuck_jobs
from support.action_stage import Stage
from support.job_lives import feed, running, told


async def test_an_hour_without_an_answer_is_told_once(stage: Stage):
    job_id = await running(
        stage, await stage.account(), 3, callback_url="https://customer.example/", life_seconds=90_000
    )
    await feed(stage, job_id)
    stage.later(3_599)
    assert await stage.act(tell_stuck_jobs, TellStuckJobs(stage.cell)) == [0]
    stage.later(1)
    assert await stage.act(tell_stuck_jobs, TellStuckJobs(stage.cell)) == [1]
    assert await stage.act(tell_stuck_jobs, TellStuckJobs(stage.cell)) == [0]
    worker = await stage.worker()
    await stage.hand_out()
    await stage.answer(worker, await stage.lease(worker))
    stage.later(3_600)
    assert await stage.act(tell_stuck_jobs, TellStuckJobs(stage.cell)) == [1]
    assert await told(stage) == [("job.stuck", job_id)] * 2


async def test_a_job_without_open_tasks_is_not_stuck(stage: Stage):
    await running(stage, await stage.account(), 3, callback_url="https://customer.example/")
    stage.later(10_000)
    assert await stage.act(tell_stuck_jobs, TellStuckJobs(stage.cell)) == [0]
