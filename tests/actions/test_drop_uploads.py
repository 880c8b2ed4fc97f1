"""A file is dropped a part at a time, its last lines first, and nobody goes on with it meanwhile."""

import pytest

from manyeyes.actions.add_items import ItemsAdded
from manyeyes.actions.cancel_tasks import CancelTask, cancel_tasks
from manyeyes.actions.change_jobs import change_jobs
from manyeyes.jobs import uploads
from manyeyes.jobs.rules import JobVerb
from manyeyes.values.refusals import Reason, Refusal
from support import job_lives
from support.action_stage import Stage
from support.item_uploads import add, adding, drop, file_of, new_items


@pytest.fixture
async def account(stage: Stage) -> int:
    return await stage.account()


@pytest.fixture
async def job_id(stage: Stage, account: int) -> int:
    return await job_lives.draft(stage, account, items=1)


@pytest.fixture(autouse=True)
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("manyeyes.actions.drop_uploads.DROPPED_AT_ONCE", 2)


def refused(outcome: object) -> Reason:
    assert isinstance(outcome, Refusal), outcome
    return outcome.reason


async def test_nothing_of_a_file_is_left(stage: Stage, account: int, job_id: int):
    before = await stage.everything()
    items = new_items([(stage.number(), name) for name in "abc"], truth="12")
    await add(stage, adding(stage, account, job_id, ["a", "b", "c"], items=items))
    assert await drop(stage, account, job_id) == 1
    assert len(await stage.rows("task", where="line > 1")) == 1
    rest = adding(stage, account, job_id, ["d"], after=1)
    assert refused(await add(stage, rest)) is Reason.UPLOAD_OPEN  # it does not go on
    assert await drop(stage, account, job_id) == 0
    assert await stage.everything() == before
    assert await stage.rows("truth") == []
    assert await file_of(stage, job_id) is None
    assert refused(await drop(stage, account, job_id)) is Reason.UNKNOWN_UPLOAD
    assert await drop(stage, account, job_id, retried=True) == 0


async def test_a_complete_file_takes_its_items_with_it_unless_others_follow(stage: Stage, account: int, job_id: int):
    for key, names in (("one", ["a", "b", "c"]), ("two", ["d"])):
        done = await add(stage, adding(stage, account, job_id, names, upload_key=key, is_complete=True))
        assert isinstance(done, ItemsAdded)
    assert refused(await drop(stage, account, job_id, "one")) is Reason.UPLOAD_OPEN
    assert await drop(stage, account, job_id, "two") == 0
    assert await drop(stage, account, job_id, "one") == 1
    assert (await job_lives.find(stage, job_id)).items == 1  # from the first part on they are none
    assert await drop(stage, account, job_id, "one") == 0
    assert isinstance(await add(stage, adding(stage, account, job_id, ["a"], is_complete=True)), ItemsAdded)


async def test_items_that_were_cancelled_go_with_their_file_and_are_counted_no_more(
    stage: Stage, account: int, job_id: int
):
    for key, names in (("one", ["a", "b", "c"]), ("two", ["d"])):
        await add(stage, adding(stage, account, job_id, names, upload_key=key, is_complete=True))
    rows = await stage.rows("task", "task_id, external_id", f"job_id = {job_id}")
    items = {row["external_id"]: row["task_id"] for row in rows}
    picked = [CancelTask(stage.cell, account, items[name]) for name in ("item 1", "a", "c", "d")]
    await stage.act(cancel_tasks, *picked)
    for left, counts in ((0, (4, 3)), (1, (1, 1)), (0, (1, 1))):
        assert await drop(stage, account, job_id, "two" if counts == (4, 3) else "one") == left
        job = await job_lives.find(stage, job_id)
        assert (job.items, job.cancelled, job.held_back) == (*counts, counts[0] - counts[1])
        assert len(await stage.rows("result")) == counts[1]
    assert (await stage.books()).difference_micros == 0


async def test_a_file_that_another_body_completed_stays(stage: Stage, account: int, job_id: int):
    await add(stage, adding(stage, account, job_id, ["a"], is_complete=True))
    assert refused(await drop(stage, account, job_id, only_half=True)) is Reason.UNKNOWN_UPLOAD
    assert (await job_lives.find(stage, job_id)).items == 2


async def test_a_job_that_was_started_keeps_its_files(stage: Stage, account: int, job_id: int):
    await add(stage, adding(stage, account, job_id, ["a"], is_complete=True))
    stranger = await stage.account()
    assert refused(await drop(stage, stranger, job_id)) is Reason.UNKNOWN_JOB
    await stage.act(change_jobs, job_lives.changing(stage, account, job_id, verb=JobVerb.START))
    assert refused(await drop(stage, account, job_id)) is Reason.JOB_NOT_DRAFT


async def test_a_file_that_moves_is_not_stale(stage: Stage, account: int, job_id: int):
    await add(stage, adding(stage, account, job_id, ["a", "b", "c"]))
    stage.later(59)
    assert refused(await drop(stage, account, job_id, idle_seconds=60)) is Reason.UNKNOWN_UPLOAD
    assert await stage.read(uploads.stale_uploads, stage.cell, 86_400, 10) == []
    await stage.change("UPDATE job_upload SET changed_at = now() - interval '1 d' - interval '1 s' WHERE cell = $1")
    (stale,) = await stage.read(uploads.stale_uploads, stage.cell, 86_400, 10)
    assert (stale.job_id, stale.account_id, stale.upload_key, stale.idle_seconds) == (job_id, account, "file", 86_400)
    stage.later(1)
    assert await drop(stage, account, job_id, idle_seconds=60) == 1
    await stage.change("UPDATE job_upload SET changed_at = now() - interval '61 s' WHERE cell = $1")
    (half,) = await stage.read(uploads.stale_uploads, stage.cell, 86_400, 10)
    assert half.idle_seconds == 60
