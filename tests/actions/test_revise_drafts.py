"""A draft becomes what its customer wants, its items too; what was said of one of them stays with it."""

from datetime import timedelta

import msgspec
import pytest

from manyeyes.actions.add_items import add_items
from manyeyes.actions.revise_drafts import ReviseDraft, revise_drafts
from manyeyes.jobs.rules import Job, JobState, JobVerb
from manyeyes.jobs.store import NewJob
from manyeyes.tasks.questions import NUMBER
from manyeyes.values.refusals import Reason, Refusal
from support import job_lives
from support.action_stage import Stage
from support.item_uploads import add, adding, new_items

NUMBER_JSON = '{"kind":"number","words":"How much?","unit":"EUR"}'


def revising(stage: Stage, account_id: int, job_id: int, *, options: str = NUMBER_JSON, **terms: object) -> ReviseDraft:
    """Return the command that makes a draft ask for a number."""
    job = NewJob(job_id=job_id, account_id=account_id, name="meters", queue_id=1, question_id=0)
    kind = NUMBER if options.startswith('{"kind"') else "image_to_text"
    question = job_lives.question(stage, account_id, kind=kind, options=options)
    return ReviseDraft(cell=stage.cell, job=msgspec.structs.replace(job, **terms), question=question)


async def revise(stage: Stage, command: ReviseDraft) -> Job | Refusal:
    (outcome,) = await stage.act(revise_drafts, command)
    return outcome


async def asked_of(stage: Stage, job_id: int) -> list[tuple[str, str, int]]:
    """Return (kind, words, question) of a job's items, by line."""
    rows = await stage.rows("task", "kind, options, question_id, line", f"job_id = {job_id}")
    read = [(row["line"], row["kind"], msgspec.json.decode(row["options"]), row["question_id"]) for row in rows]
    return [
        (kind, options.get("words", options.get("comment")), question) for _, kind, options, question in sorted(read)
    ]


@pytest.fixture
async def account(stage: Stage) -> int:
    return await stage.account()


async def test_a_draft_and_its_items_ask_something_else(stage: Stage, account: int):
    job_id = await job_lives.draft(stage, account, items=2)
    deadline = stage.now + timedelta(hours=2)
    outcome = await revise(
        stage, revising(stage, account, job_id, budget_micros=900, deadline=deadline, life_seconds=3600)
    )
    assert outcome == await job_lives.find(stage, job_id)
    assert isinstance(outcome, Job)
    assert (outcome.name, outcome.budget_micros, outcome.deadline, outcome.life_seconds) == (
        "meters",
        900,
        deadline,
        3600,
    )
    assert await asked_of(stage, job_id) == [(NUMBER, "How much?", outcome.question_id)] * 2
    assert await revise(stage, revising(stage, account, job_id)) == await job_lives.find(stage, job_id)


async def test_words_about_one_item_stay_with_it(stage: Stage, account: int):
    job_id = await job_lives.draft(stage, account, items=0)
    said = new_items([(stage.number(), "a")], comment="the left one\nnot the right one")
    await revise(stage, revising(stage, account, job_id, options='{"comment":"What is it?"}'))
    await add(stage, adding(stage, account, job_id, ["a"], items=said, is_complete=True))
    for options, words in ((NUMBER_JSON, "How much?\n"), ('{"comment":""}', ""), ('{"comment":"Ünd?"}', "Ünd?\n")):
        outcome = await revise(stage, revising(stage, account, job_id, options=options))
        assert isinstance(outcome, Job)
        assert [words for _, words, _ in await asked_of(stage, job_id)] == [f"{words}the left one\nnot the right one"]


async def test_right_answers_keep_the_question_but_for_its_words(stage: Stage, account: int):
    job_id = await job_lives.draft(stage, account, items=0)
    known = new_items([(stage.number(), "a")], truth="12")
    await add(stage, adding(stage, account, job_id, ["a"], items=known, is_complete=True))
    refused = await revise(stage, revising(stage, account, job_id))
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.TASK_PROPERTIES
    assert isinstance(await revise(stage, revising(stage, account, job_id, options='{"comment":"Else?"}')), Job)


async def test_only_its_customer_and_only_while_it_is_a_draft(stage: Stage, account: int):
    job_id = await job_lives.draft(stage, account)
    stranger = await stage.account()
    before = await stage.everything()
    late = revising(stage, account, job_id, deadline=stage.now)
    for command, reason in (
        (revising(stage, stranger, job_id), Reason.UNKNOWN_JOB),
        (revising(stage, account, 999), Reason.UNKNOWN_JOB),
        (late, Reason.TASK_PROPERTIES),
    ):
        assert (await revise(stage, command)).reason is reason
    assert await stage.everything() == before
    await job_lives.change(stage, job_id, verb=JobVerb.START)
    assert (await revise(stage, revising(stage, account, job_id))).reason is Reason.JOB_NOT_DRAFT
    assert (await job_lives.find(stage, job_id)).state is JobState.RUNNING


async def test_a_file_on_its_way_and_a_new_question_keep_each_other_off(stage: Stage, account: int):
    job_id = await job_lives.draft(stage, account, items=0)
    asked = (await job_lives.find(stage, job_id)).question_id
    await revise(stage, revising(stage, account, job_id))
    (late,) = await stage.act(add_items, adding(stage, account, job_id, ["a"], question_id=asked))
    assert isinstance(late, Refusal)
    assert late.reason is Reason.UPLOAD_OPEN
    await add(stage, adding(stage, account, job_id, ["a"]))
    assert (await revise(stage, revising(stage, account, job_id))).reason is Reason.UPLOAD_OPEN
