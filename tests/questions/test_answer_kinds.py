"""Numbers, labels and fields from the question to the result; questions that are kept once."""

import asyncio
from typing import Any

import pytest

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.file_complaints import Filed
from manyeyes.actions.shared.asked_questions import NewExample, NewQuestion, hold_questions
from manyeyes.tasks import history, question_store
from manyeyes.tasks import store as tasks
from manyeyes.tasks.options import PictureOptions, kind_of
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, NumberOptions
from manyeyes.tasks.store import TaskOutcome
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.action_stage import PAY, Stage
from support.given_answers import RECEIPT

RECEIPT_JSON = '{"shop":null,"total":12.50,"currency":"USD","paid by":["cash","card"]}'
LIVES: list[tuple[PictureOptions, str, str, str, str]] = [
    (NumberOptions(decimals=2), " 12,50", "12.50", "12.50", "12.50"),
    (ChoiceOptions(labels=("black dog", "cat")), "black\u00a0dog", "black dog", "black dog", "black dog"),
    (ChoicesOptions(labels=("a", "b", "c")), '[ "c", "a", "c" ]', '["a","c"]', "a, c", "a, c"),
    (ChoicesOptions(labels=("a",)), "[]", "[]", "–", "–"),
    (
        RECEIPT,
        '{"currency":"USD", "total":"12,50", "paid by":["card","cash"]}',
        RECEIPT_JSON,
        "shop: –; total: 12.50; currency: USD; paid by: cash, card",
        RECEIPT_JSON,
    ),
]


async def asked(stage: Stage, options: PictureOptions) -> tuple[int, int, int]:
    """Return (account, worker, task) of a task of this kind that lies before the worker."""
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id, options=options, kind=kind_of(options))
    await stage.hand_out()
    return account_id, worker_id, task_id


@pytest.mark.parametrize(("options", "typed", "kept", "shown", "told"), LIVES, ids=[kind_of(o[0]) for o in LIVES])
async def test_an_answer_is_kept_in_its_one_form_and_read_by_people(
    stage: Stage, options: PictureOptions, typed: str, kept: str, shown: str, told: str
):
    account_id, worker_id, task_id = await asked(stage, options)
    lease = await stage.lease(worker_id)
    refusal = await stage.answer(worker_id, lease, "{")
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.ANSWER_UNFIT
    assert await stage.answer(worker_id, lease, typed) == Answered(task_id, 1, PAY)
    for again in (typed, kept):  # its reply was lost
        assert await stage.answer(worker_id, lease, again) == Answered(task_id, 0, PAY)
    solved = (await stage.read(tasks.answered_leases, stage.cell, [task_id]))[task_id]
    assert (solved.text, solved.shown) == (kept, shown)
    assert (await stage.read(history.answers, stage.cell, [task_id]))[task_id] == shown
    (outcome,) = await stage.read(tasks.progress, stage.cell, [(account_id, task_id)])
    assert isinstance(outcome, TaskOutcome)
    assert outcome.text == told


@pytest.mark.parametrize("options", [options for options, *_ in LIVES], ids=[kind_of(o[0]) for o in LIVES])
async def test_an_answer_of_every_kind_can_be_complained_about(stage: Stage, options: PictureOptions):
    account_id, worker_id, task_id = await asked(stage, options)
    typed = next(life[1] for life in LIVES if life[0] == options)
    await stage.answer(worker_id, await stage.lease(worker_id), typed)
    outcome = await stage.complain(account_id, task_id)
    assert isinstance(outcome, Filed), outcome


def question(stage: Stage, account_id: int, **given: Any) -> NewQuestion:
    values: dict[str, Any] = {"kind": "number", "options_json": '{"kind":"number"}', "instructions": "Look well"}
    return NewQuestion(question_id=stage.number(), account_id=account_id, **{**values, **given})


async def test_a_question_is_kept_once_for_its_account(stage: Stage):
    mine, theirs = await stage.account(), await stage.account()
    example = NewExample("3", "the red digit does not count", factories.picture("3"))
    first, twin = (question(stage, mine, examples=(example, NewExample("4"))) for _ in range(2))
    plain, foreign = question(stage, mine), question(stage, theirs)
    async with stage.transaction() as tx:
        held = await hold_questions(tx, stage.now, stage.cell, [first, twin, plain, foreign])
    assert held[first.question_id] == held[twin.question_id]
    assert len(set(held.values())) == 3
    async with stage.transaction() as tx:
        again = await hold_questions(tx, stage.now, stage.cell, [twin, question(stage, mine)])
    assert [*again.values()] == [held[first.question_id], held[plain.question_id]]
    found = await stage.read(question_store.question, stage.cell, held[first.question_id])
    assert (found.kind, found.instructions, found.is_explained) == ("number", "Look well", True)
    assert [(e.answer, e.words, e.picture) for e in found.examples] == [("3", example.words, True), ("4", "", False)]
    shown = await stage.read(question_store.picture, stage.cell, found.question_id, 0)
    assert shown == (example.picture.media, example.picture.data)
    assert await stage.read(question_store.picture, stage.cell, found.question_id, 1) is None
    assert len(await stage.rows("question")) == 3
    assert len(await stage.rows("question_picture")) == 1


async def test_the_same_question_asked_at_once_is_stored_once(stage: Stage):
    account_id = await stage.account()
    twins = [question(stage, account_id) for _ in range(6)]

    async def ask(one: NewQuestion) -> int:
        async with stage.transaction() as tx:
            return (await hold_questions(tx, stage.now, stage.cell, [one]))[one.question_id]

    assert len(set(await asyncio.gather(*map(ask, twins)))) == 1
    assert len(await stage.rows("question")) == 1


async def test_what_was_read_before_the_first_task_is_not_shown_again(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    told, silent = question(stage, account_id), question(stage, account_id, instructions="")
    async with stage.transaction() as tx:
        held = await hold_questions(tx, stage.now, stage.cell, [told, silent])
    keys = [(worker_id, held[told.question_id]), (worker_id, held[silent.question_id])]
    assert await stage.read(question_store.explained, stage.cell, keys) == {keys[0]: False}
    for _ in range(2):
        async with stage.transaction() as tx:
            await question_store.note_seen(tx, stage.now, stage.cell, keys[:1])
    assert await stage.read(question_store.explained, stage.cell, keys) == {keys[0]: True}
