"""What waits rests while its job is paused, waits again after, and ends free of charge when the job is cancelled."""

from datetime import timedelta

import pytest

from manyeyes.actions import settle_jobs as settling
from manyeyes.dispatch.rules import WorkState
from manyeyes.jobs.rules import JobState, JobVerb
from manyeyes.tasks.rules import Ending
from support.action_stage import LIFE_SECONDS, PRICE, Stage
from support.job_lives import change, draft, feed, find, running, settle, told

HOOK = "https://customer.example/jobs"


async def states(stage: Stage) -> list[WorkState]:
    return sorted(WorkState(row["state"]) for row in await stage.rows("work", "state"))


async def open_job(stage: Stage, items: int = 4, micros: int = 100_000, **terms: object) -> int:
    """Return a job all of whose lines entered."""
    job_id = await running(stage, await stage.account(micros), items, callback_url=HOOK, **terms)
    await feed(stage, job_id)
    return job_id


async def test_a_paused_jobs_tasks_rest_and_the_one_in_hand_is_finished(stage: Stage):
    job_id = await open_job(stage)
    worker = await stage.worker()
    await stage.hand_out()
    assert await states(stage) == [0, 0, 0, WorkState.LEASED]
    await change(stage, job_id, verb=JobVerb.PAUSE)
    await settle(stage, job_id)
    assert await states(stage) == [WorkState.LEASED, 3, 3, 3]
    assert await stage.answer(worker, await stage.lease(worker))
    assert await stage.hand_out() == ()
    assert await states(stage) == [3, 3, 3]
    job = await find(stage, job_id)
    assert (job.solved, job.open, job.state) == (1, 3, JobState.PAUSED)


async def test_what_nobody_has_seen_comes_back_from_desks(stage: Stage):
    job_id = await open_job(stage)
    await stage.come_silently(77)
    await stage.match()
    assert WorkState.QUEUED in await states(stage)
    await change(stage, job_id, verb=JobVerb.PAUSE)
    await settle(stage, job_id)
    assert await states(stage) == [3, 3, 3, 3]
    assert await stage.rows("session", "worker_id, held") == [{"worker_id": 77, "held": 0}]


async def test_what_rested_waits_again_for_its_whole_life(stage: Stage):
    job_id = await open_job(stage)
    await change(stage, job_id, verb=JobVerb.PAUSE)
    await settle(stage, job_id)
    stage.later(10 * LIFE_SECONDS)
    await change(stage, job_id, verb=JobVerb.START)
    await settle(stage, job_id)
    rows = await stage.rows("work", "state, expires_at")
    assert rows == [{"state": 0, "expires_at": stage.now + timedelta(seconds=LIFE_SECONDS)}] * 4
    worker = await stage.worker()
    await stage.hand_out()
    assert len(await stage.desk(worker)) >= 1


async def test_a_cancelled_job_gives_all_back_but_what_is_done(stage: Stage):
    job_id = await running(stage, await stage.account(100_000), 9, callback_url=HOOK)
    account_id = (await find(stage, job_id)).account_id
    await feed(stage, job_id, 4)
    worker = await stage.worker()
    await stage.hand_out()
    assert await stage.answer(worker, await stage.lease(worker))
    await stage.hand_out()
    await change(stage, job_id, verb=JobVerb.CANCEL)
    await settle(stage, job_id)
    job = await find(stage, job_id)
    assert (job.state, job.ended_at, job.open, job.cancelled, job.solved) == (JobState.CANCELLED, None, 1, 7, 1)
    assert await told(stage) == []
    assert await stage.answer(worker, await stage.lease(worker))
    job = await find(stage, job_id)
    assert (job.state, job.ended_at, job.solved, job.held_micros) == (JobState.CANCELLED, stage.now, 2, 0)
    assert job.charged_micros == 2 * PRICE
    assert await stage.available(account_id) == 100_000 - 2 * PRICE
    assert await told(stage) == [("job.finished", job_id)]
    assert (await stage.books()).findings == []


async def test_a_task_that_comes_back_to_a_cancelled_job_ends_there(stage: Stage):
    job_id = await open_job(stage, 1)
    worker = await stage.worker()
    await stage.hand_out()
    await change(stage, job_id, verb=JobVerb.CANCEL)
    await settle(stage, job_id)
    assert (await find(stage, job_id)).open == 1
    await stage.skip(worker, await stage.lease(worker))
    await settle(stage, job_id)
    job = await find(stage, job_id)
    assert (job.cancelled, job.ended_at) == (1, stage.now)


async def test_a_cancelled_drafts_items_end_without_money(stage: Stage):
    job_id = await draft(stage, await stage.account(), 3)
    await change(stage, job_id, verb=JobVerb.CANCEL)
    await settle(stage, job_id)
    job = await find(stage, job_id)
    assert (job.cancelled, job.ended_at) == (3, stage.now)
    assert {row["ending"] for row in await stage.rows("result")} == {Ending.CANCELLED}
    assert (await stage.books()).findings == []


async def test_lines_of_a_half_sent_file_are_no_items_to_end(stage: Stage):
    job_id = await draft(stage, await stage.account(), 3)
    await stage.change("UPDATE job SET items = 2 WHERE cell = $1")
    await stage.change(
        "INSERT INTO job_upload (cell, job_id, upload_key, first_line, lines, items, complete, digest, created_at, "
        "changed_at) VALUES ($1, $2, 'half.csv', 3, 1, 1, false, '', now(), now())",
        job_id,
    )
    await change(stage, job_id, verb=JobVerb.CANCEL)
    await settle(stage, job_id)
    job = await find(stage, job_id)
    assert (job.cancelled, job.ended_at) == (2, stage.now)


@pytest.mark.parametrize("verb", [None, JobVerb.PAUSE])
async def test_at_its_deadline_what_waits_ends_unanswered(stage: Stage, verb: JobVerb | None):
    deadline = stage.now + timedelta(seconds=50)
    job_id = await running(stage, await stage.account(100_000), 5, deadline=deadline, callback_url=HOOK)
    account_id = (await find(stage, job_id)).account_id
    await feed(stage, job_id, 2)
    await change(stage, job_id, verb=verb)
    await settle(stage, job_id)
    assert (await find(stage, job_id)).open == 2
    stage.later(50)
    await settle(stage, job_id)
    job = await find(stage, job_id)
    assert (job.state, job.unanswered, job.ended_at) == (JobState.FINISHED, 5, stage.now)
    assert {row["ending"] for row in await stage.rows("result")} == {Ending.UNANSWERED}
    assert await stage.available(account_id) == 100_000
    assert await told(stage) == [("job.finished", job_id)]
    assert (await stage.books()).findings == []


async def test_many_lines_end_in_portions(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settling, "LARGEST_LINES", 4)
    monkeypatch.setattr(settling, "LARGEST_PORTION", 2)
    job_id = await running(stage, await stage.account(100_000), 15)
    await feed(stage, job_id, 5)
    await change(stage, job_id, verb=JobVerb.CANCEL)
    await settle(stage, job_id)
    job = await find(stage, job_id)
    assert (job.cancelled, job.ended_at, job.entered) == (15, stage.now, 15)
    assert len(await stage.rows("result")) == 15


async def test_settling_again_does_nothing_twice(stage: Stage):
    job_id = await open_job(stage)
    await change(stage, job_id, verb=JobVerb.CANCEL)
    await settle(stage, job_id, job_id)
    before = await stage.everything()
    await settle(stage, job_id)
    assert await stage.everything() == before
