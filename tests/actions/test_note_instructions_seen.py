"""note_instructions_seen: kept once; the lease of what is looked at begins anew, and only that one, and only once."""

from datetime import timedelta

from manyeyes.actions.note_instructions_seen import NoteInstructionsSeen, note_instructions_seen
from manyeyes.actions.shared.asked_questions import NewQuestion, hold_questions
from support.action_stage import LEASE_SECONDS, Stage


async def question(stage: Stage, account_id: int, words: str) -> int:
    new = NewQuestion(
        question_id=stage.number(), account_id=account_id, kind="number", options_json="{}", instructions=words
    )
    async with stage.transaction() as tx:
        return (await hold_questions(tx, stage.now, stage.cell, [new]))[new.question_id]


async def test_the_time_begins_anew_once_for_what_they_look_at(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    asked = await question(stage, account_id, "Look well")
    for _ in range(2):
        await stage.submit(account_id, question_id=asked)
    await stage.hand_out()
    await stage.match()
    current, upcoming = await stage.desk(worker_id)
    stage.later(40)
    await stage.act(note_instructions_seen, *[NoteInstructionsSeen(stage.cell, worker_id, asked)] * 2)
    renewed, behind = await stage.desk(worker_id)
    assert renewed.lease_until == stage.now + timedelta(seconds=LEASE_SECONDS)
    assert (renewed.lease, behind.lease_until) == (current.lease, upcoming.lease_until)
    assert [row["worker_id"] for row in await stage.rows("question_seen")] == [worker_id]
    stage.later(40)
    await stage.act(note_instructions_seen, NoteInstructionsSeen(stage.cell, worker_id, asked))
    assert (await stage.desk(worker_id))[0].lease_until == renewed.lease_until


async def test_other_questions_and_other_workers_change_nothing(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    asked, other = await question(stage, account_id, "Look well"), await question(stage, account_id, "")
    await stage.submit(account_id, question_id=asked)
    await stage.hand_out()
    before = await stage.desk(worker_id)
    stage.later(5)
    strangers = [(worker_id, other), (stage.number(), asked), (worker_id, 999)]
    await stage.act(note_instructions_seen, *[NoteInstructionsSeen(stage.cell, *pair) for pair in strangers])
    assert await stage.desk(worker_id) == before
    assert len(await stage.rows("question_seen")) == 1, "the stranger's, who has read it"


async def test_a_lease_that_is_over_stays_over(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    asked = await question(stage, account_id, "Look well")
    await stage.submit(account_id, question_id=asked)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    stage.later(LEASE_SECONDS)
    await stage.act(note_instructions_seen, NoteInstructionsSeen(stage.cell, worker_id, asked))
    assert (await stage.answer(worker_id, lease)).reason == "lease_lost"
