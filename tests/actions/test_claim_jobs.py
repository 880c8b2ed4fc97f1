"""A job is one process's at a time, and free again when its claim is over."""

from manyeyes.actions.claim_jobs import ClaimJob, claim_jobs
from support.action_stage import Stage
from support.job_lives import claim, feed, find, running


async def test_of_two_who_ask_one_has_it(stage: Stage):
    job_id = await running(stage, await stage.account(), 3)
    first, second = await stage.act(claim_jobs, ClaimJob(stage.cell, job_id, 2), ClaimJob(stage.cell, job_id, 2))
    assert [line.line for line in first.lines] == [1, 2]
    assert second is None
    assert await claim(stage, 999) is None


async def test_a_claim_that_is_over_is_free_under_the_next_number(stage: Stage):
    job_id = await running(stage, await stage.account(), 3)
    before = (await claim(stage, job_id)).job.claim
    stage.later(30)
    assert (await claim(stage, job_id)).job.claim == before + 1


async def test_it_goes_on_behind_what_has_entered(stage: Stage):
    job_id = await running(stage, await stage.account(), 3)
    await feed(stage, job_id, 2)
    assert [line.line for line in (await claim(stage, job_id)).lines] == [3]
    stage.later(30)
    await feed(stage, job_id)
    assert await claim(stage, job_id) is None
    assert (await find(stage, job_id)).held_back == 0
