"""Parts of a file follow each other, its lines are items when it is complete, and nothing is there twice."""

import msgspec
import pytest

from manyeyes.actions.add_items import FileKnown, ItemsAdded, ItemsKnown, add_items
from manyeyes.actions.change_jobs import change_jobs
from manyeyes.jobs.rules import JobVerb
from manyeyes.values.refusals import Reason, Refusal
from support import job_lives
from support.action_stage import PICTURE, Stage
from support.item_uploads import add, adding, drop, file_of, new_items


@pytest.fixture
async def account(stage: Stage) -> int:
    return await stage.account()


@pytest.fixture
async def job_id(stage: Stage, account: int) -> int:
    return await job_lives.draft(stage, account, items=2)


def refused(outcome: object) -> Reason:
    assert isinstance(outcome, Refusal), outcome
    return outcome.reason


async def test_parts_become_items_with_the_last_one(stage: Stage, account: int, job_id: int):
    first = await add(stage, adding(stage, account, job_id, ["a", "b"]))
    assert isinstance(first, ItemsAdded)
    assert (first.upload.lines, first.upload.items, first.upload.complete, first.job_items) == (2, 2, False, 2)
    assert (await job_lives.find(stage, job_id)).items == 2
    last = adding(stage, account, job_id, ["c"], after=2, before=["a", "b"], line=7, is_complete=True)
    done = await add(stage, last)
    assert isinstance(done, ItemsAdded)
    assert (done.upload.lines, done.upload.items, done.upload.complete, done.job_items) == (7, 3, True, 5)
    assert done.upload.first_line == 3
    rows = await stage.rows("task", "line, external_id, question_id, kind, media", f"job_id = {job_id} AND line > 2")
    assert sorted((row["line"], row["external_id"]) for row in rows) == [(3, "a"), (4, "b"), (5, "c")]
    assert len(await stage.rows("blob")) == 5
    assert await stage.rows("work") == []


async def test_own_words_and_the_truth_are_kept(stage: Stage, account: int, job_id: int):
    given = new_items([(stage.number(), "a")], comment="the left one", truth="12", picture=None, picture_url="s3://b/a")
    await add(stage, adding(stage, account, job_id, ["a"], items=given))
    (row,) = await stage.rows("task", "options, picture_url, media", "external_id = 'a'")
    assert (msgspec.json.decode(row["options"])["comment"], row["picture_url"], row["media"]) == (
        "What is it?\nthe left one",
        "s3://b/a",
        "",
    )
    assert [row["answer"] for row in await stage.rows("truth")] == ["12"]


async def test_a_part_that_is_sent_again_adds_nothing(stage: Stage, account: int, job_id: int):
    command = adding(stage, account, job_id, ["a", "b"])
    first = await add(stage, command)
    before = await stage.everything()
    assert await add(stage, msgspec.structs.replace(command, retried=True)) == first
    end = adding(stage, account, job_id, [], after=2, before=["a", "b"], is_complete=True)
    done = await add(stage, end)
    assert await add(stage, msgspec.structs.replace(end, retried=True)) == done
    assert await stage.everything() == before


async def test_of_two_bodies_one_wins(stage: Stage, account: int, job_id: int):
    one, other = (adding(stage, account, job_id, ["a", "b"]) for _ in range(2))
    first, second = await stage.act(add_items, one, other)
    assert isinstance(first, ItemsAdded)
    assert refused(second) is Reason.UPLOAD_OPEN
    assert refused(await add(stage, adding(stage, account, job_id, ["x"], upload_key="other"))) is Reason.UPLOAD_OPEN


async def test_names_are_there_once_in_a_job(stage: Stage, account: int, job_id: int):
    known = await add(stage, adding(stage, account, job_id, ["a", "item 1", "item 2"]))
    assert known == ItemsKnown(frozenset({"item 1", "item 2"}))
    assert await file_of(stage, job_id) is None
    assert isinstance(await add(stage, adding(stage, account, job_id, ["", ""])), ItemsAdded)  # none is no name


async def test_the_same_items_are_not_completed_twice(stage: Stage, account: int, job_id: int):
    nameless = new_items([(stage.number(), "")])
    done = await add(stage, adding(stage, account, job_id, [""], items=nameless, is_complete=True))
    assert isinstance(done, ItemsAdded)
    again = adding(stage, account, job_id, [""], upload_key="again", items=new_items([(stage.number(), "")]))
    assert isinstance(await add(stage, again), ItemsAdded)
    end = adding(stage, account, job_id, [], after=1, before=[""], upload_key="again", is_complete=True)
    assert await add(stage, end) == FileKnown(done.upload, done.job_items)
    assert refused(await add(stage, adding(stage, account, job_id, ["b"]))) is Reason.KEY_REUSED


async def test_only_drafts_of_the_account_take_items(stage: Stage, account: int, job_id: int):
    stranger = await stage.account()
    assert refused(await add(stage, adding(stage, stranger, job_id, ["a"]))) is Reason.UNKNOWN_JOB
    assert refused(await add(stage, adding(stage, account, job_id, [], is_complete=True))) is Reason.BAD_ITEMS
    await stage.act(change_jobs, job_lives.changing(stage, account, job_id, verb=JobVerb.START))
    assert refused(await add(stage, adding(stage, account, job_id, ["a"]))) is Reason.JOB_NOT_DRAFT
    assert await file_of(stage, job_id) is None


async def test_a_job_has_so_many_files(stage: Stage, account: int, job_id: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("manyeyes.actions.add_items.MOST_FILES", 2)
    for name in ("a", "b"):
        added = await add(stage, adding(stage, account, job_id, [name], upload_key=name, is_complete=True))
        assert isinstance(added, ItemsAdded)
    assert refused(await add(stage, adding(stage, account, job_id, ["c"], upload_key="c"))) is Reason.BAD_ITEMS
    await drop(stage, account, job_id, "b")
    assert isinstance(await add(stage, adding(stage, account, job_id, ["c"], upload_key="c")), ItemsAdded)
    assert isinstance(
        await add(stage, adding(stage, account, job_id, ["d"], upload_key="c", after=1, before=["c"])), ItemsAdded
    )


async def test_a_file_has_so_many_items(stage: Stage, account: int, job_id: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("manyeyes.actions.add_items.MOST_ITEMS", 2)
    assert isinstance(await add(stage, adding(stage, account, job_id, ["a", "b"])), ItemsAdded)
    more = adding(stage, account, job_id, ["c"], after=2, before=["a", "b"])
    assert refused(await add(stage, more)) is Reason.BAD_ITEMS
    assert PICTURE.data  # three items came with it
    assert len(await stage.rows("blob")) == 4
