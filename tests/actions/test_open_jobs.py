"""Opening a draft: its terms and question are kept, it costs nothing, and a repeated command makes nothing twice."""

from datetime import timedelta

import msgspec

from manyeyes.actions.open_jobs import OpenedJob, open_jobs
from manyeyes.jobs.rules import JobState
from manyeyes.values.refusals import Reason
from support.action_stage import Stage
from support.job_lives import find, opening


async def test_a_draft_is_what_was_asked_for_and_costs_nothing(stage: Stage):
    account_id = await stage.account(1_000)
    deadline = stage.now + timedelta(days=2)
    command = opening(stage, account_id, name="receipts", budget_micros=500, deadline=deadline, life_seconds=90)
    assert await stage.act(open_jobs, command) == [OpenedJob(command.job.job_id)]
    job = await find(stage, command.job.job_id)
    assert (job.name, job.state, job.budget_micros, job.deadline) == ("receipts", JobState.DRAFT, 500, deadline)
    assert (job.life_seconds, job.items, job.held_back, job.created_at) == (90, 0, 0, stage.now)
    assert await stage.available(account_id) == 1_000
    assert await stage.rows("work") == []


async def test_the_same_question_is_stored_once(stage: Stage):
    account_id = await stage.account()
    first, second = opening(stage, account_id), opening(stage, account_id)
    await stage.act(open_jobs, first)
    await stage.act(open_jobs, second)
    assert (await find(stage, second.job.job_id)).question_id == first.question.question_id
    assert len(await stage.rows("question")) == 1


async def test_a_command_that_is_tried_again_opens_nothing_twice(stage: Stage):
    command = opening(stage, await stage.account(), deadline=stage.now + timedelta(seconds=30))
    await stage.act(open_jobs, command)
    stage.later(60)
    again = await stage.act(open_jobs, msgspec.structs.replace(command, retried=True))
    assert again == [OpenedJob(command.job.job_id)]
    assert len(await stage.rows("job")) == 1


async def test_who_may_not_work_opens_nothing(stage: Stage):
    account_id = await stage.account()
    await stage.change("UPDATE account SET suspended = true WHERE cell = $1 AND account_id = $2", account_id)
    late = opening(stage, await stage.account(), deadline=stage.now)
    outcomes = await stage.act(open_jobs, opening(stage, account_id), opening(stage, 999), late)
    assert [o.reason for o in outcomes] == [Reason.ACCOUNT_SUSPENDED, Reason.UNKNOWN_ACCOUNT, Reason.TASK_PROPERTIES]
    assert await stage.rows("job") == []
