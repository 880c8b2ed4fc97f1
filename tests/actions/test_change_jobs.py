"""Changing a job: each verb from each state, bounds, and who may."""

from datetime import timedelta

import pytest

from manyeyes.actions.cancel_tasks import CancelTask, cancel_tasks
from manyeyes.actions.change_jobs import change_jobs
from manyeyes.jobs.rules import Job, JobState, JobVerb
from manyeyes.values.refusals import Reason
from support.action_stage import PRICE, Stage
from support.job_lives import change, changing, draft, find, running


async def test_a_job_runs_rests_and_goes_on(stage: Stage):
    job_id = await draft(stage, await stage.account())
    for verb, state in (
        (JobVerb.START, JobState.RUNNING),
        (JobVerb.PAUSE, JobState.PAUSED),
        (JobVerb.START, JobState.RUNNING),
    ):
        assert (await change(stage, job_id, verb=verb)).state is state
        assert (await change(stage, job_id, verb=verb)).state is state, "what is so already stays so"
    assert (await find(stage, job_id)).started_at == stage.now


async def test_started_twice_in_one_batch_is_started_once(stage: Stage):
    account_id = await stage.account()
    job_id = await draft(stage, account_id)
    command = changing(stage, account_id, job_id, verb=JobVerb.START)
    first, second = await stage.act(change_jobs, command, command)
    assert first == second
    assert first.state is JobState.RUNNING


@pytest.mark.parametrize(
    ("items", "terms", "price", "reason"),
    [(0, {}, PRICE, Reason.JOB_EMPTY), (1, {"price_at_most_micros": PRICE}, PRICE + 1, Reason.PRICE_TOO_HIGH)],
)
async def test_what_may_not_start_stays_a_draft(
    stage: Stage, items: int, terms: dict[str, int], price: int, reason: Reason
):
    job_id = await draft(stage, await stage.account(), items, **terms)
    assert (await change(stage, job_id, verb=JobVerb.START, price_micros=price)).reason is reason
    assert (await find(stage, job_id)).state is JobState.DRAFT


async def test_at_the_very_price_that_is_allowed_it_starts(stage: Stage):
    job_id = await draft(stage, await stage.account(), 1, price_at_most_micros=PRICE)
    assert (await change(stage, job_id, verb=JobVerb.START)).state is JobState.RUNNING


async def test_a_half_sent_file_keeps_a_draft_from_starting(stage: Stage):
    job_id = await draft(stage, await stage.account())
    await stage.change(
        "INSERT INTO job_upload (cell, job_id, upload_key, first_line, lines, items, complete, digest, created_at, "
        "changed_at) VALUES ($1, $2, 'half.csv', 4, 2, 2, false, '', now(), now())",
        job_id,
    )
    assert (await change(stage, job_id, verb=JobVerb.START)).reason is Reason.UPLOAD_OPEN


async def test_a_cancelled_job_takes_nothing_but_a_name(stage: Stage):
    job_id = await running(stage, await stage.account())
    assert (await change(stage, job_id, verb=JobVerb.CANCEL)).state is JobState.CANCELLED
    for given in ({"verb": JobVerb.START}, {"verb": JobVerb.PAUSE}, {"budget_micros": 5}, {"deadline": None}):
        assert (await change(stage, job_id, **given)).reason is Reason.JOB_ENDED
    assert (await change(stage, job_id, name="old")).name == "old"
    assert (await change(stage, job_id, verb=JobVerb.CANCEL)).state is JobState.CANCELLED


async def test_a_draft_without_items_is_cancelled_at_once(stage: Stage):
    job_id = await draft(stage, await stage.account(), 0)
    assert (await change(stage, job_id, verb=JobVerb.CANCEL)).ended_at == stage.now


async def test_what_ends_by_being_cancelled_or_started_is_told(stage: Stage):
    account_id = await stage.account()
    empty = await draft(stage, account_id, 0, callback_url="https://example.org/empty")
    await change(stage, empty, verb=JobVerb.CANCEL)
    await change(stage, empty, verb=JobVerb.CANCEL)
    picked = await draft(stage, account_id, 2, callback_url="https://example.org/picked")
    items = [row["task_id"] for row in await stage.rows("task", "task_id", f"job_id = {picked}")]
    await stage.act(cancel_tasks, *(CancelTask(stage.cell, account_id, task_id) for task_id in items))
    assert (await find(stage, picked)).state is JobState.DRAFT  # more may come
    started = await change(stage, picked, verb=JobVerb.START)
    assert (started.state, started.ended_at, started.cancelled) == (JobState.FINISHED, stage.now, 2)
    told = [(row["event"], row["subject_id"]) for row in await stage.rows("delivery")]
    assert sorted(told) == [("job.finished", empty), ("job.finished", picked)]
    assert (await stage.books()).difference_micros == 0


async def test_a_draft_whose_deadline_is_over_is_not_given_away(stage: Stage):
    job_id = await draft(stage, await stage.account(), deadline=stage.now + timedelta(seconds=60))
    stage.later(60)
    assert (await change(stage, job_id, verb=JobVerb.START)).reason is Reason.TASK_PROPERTIES
    later = {"deadline": stage.now + timedelta(seconds=60), "verb": JobVerb.START}
    assert (await change(stage, job_id, **later)).state is JobState.RUNNING
    stage.later(60)
    assert (await change(stage, job_id, verb=JobVerb.PAUSE)).state is JobState.PAUSED


async def test_bounds_are_set_and_taken_away(stage: Stage):
    job_id = await draft(stage, await stage.account())
    deadline = stage.now + timedelta(hours=1)
    changed = await change(stage, job_id, budget_micros=9, deadline=deadline)
    assert (changed.budget_micros, changed.deadline) == (9, deadline)
    changed = await change(stage, job_id, budget_micros=None, deadline=None)
    assert (changed.budget_micros, changed.deadline) == (None, None)
    assert (await change(stage, job_id, deadline=stage.now)).reason is Reason.TASK_PROPERTIES


async def test_somebody_elses_job_is_unknown(stage: Stage):
    job_id = await draft(stage, await stage.account())
    stranger = await stage.account()
    outcomes = await stage.act(
        change_jobs, changing(stage, stranger, job_id, name="mine"), changing(stage, stranger, 999, name="mine")
    )
    assert [o.reason for o in outcomes] == [Reason.UNKNOWN_JOB, Reason.UNKNOWN_JOB]


async def test_pausing_a_draft_is_refused(stage: Stage):
    job_id = await draft(stage, await stage.account())
    assert (await change(stage, job_id, verb=JobVerb.PAUSE)).reason is Reason.JOB_NOT_STARTED
    assert isinstance(await change(stage, job_id, name="still a draft"), Job)
