"""forget_tasks of tasks that take several answers: each person's words go with the result, the figures stay."""

import pytest

from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from manyeyes.actions.decide_appeals import DecideAppeal, decide_appeals
from manyeyes.actions.file_appeals import Appealed, FileAppeal, file_appeals
from manyeyes.actions.forget_tasks import LOOK_AGAIN, ForgetTasks, forget_tasks
from manyeyes.consensus.terms import PeopleTerms
from support.action_stage import Stage
from support.panel_tables import answer_all, team

TWO = PeopleTerms(answers=2, answers_at_most=3)
SECRET = "a very private word"


async def sweep(stage: Stage) -> None:
    while (await stage.act(forget_tasks, ForgetTasks(stage.cell)))[0]:
        pass


@pytest.fixture
async def answered(stage: Stage) -> tuple[int, list[int], int]:
    """Have a task answered by two people, of a customer who keeps nothing; return (account, people, task)."""
    account_id, people = await stage.account(), await team(stage, 2)
    await stage.act(change_account_terms, ChangeAccountTerms(cell=stage.cell, account_id=account_id, keep_days=0))
    task_id = await stage.submit(account_id, terms=TWO)
    await answer_all(stage, people, SECRET, SECRET)
    for purpose in (0, 1):
        await stage.change(
            "INSERT INTO judgement (cell, task_id, purpose, account_id, queue_id, question_id, state, filed_at, "
            "proposal, score, value, pay_micros, is_right, stops) "
            "VALUES ($1, $2, $3::int, $4, 1, 0, 2 + $3::int, now(), $5, 1, $5, 0, true, "
            "CASE $3::int WHEN 0 THEN '[[0.5, false]]'::jsonb ELSE '[[0.5, \"a very private word\"]]' END)",
            *(task_id, purpose, account_id, SECRET),
        )
    await stage.change(
        "INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at) "
        "VALUES ($1, $2, $3, 1, 0, $4, 0, now())",
        *(task_id, account_id, SECRET),
    )
    return account_id, people, task_id


async def test_what_each_of_them_gave_goes_and_all_figures_stay(stage: Stage, answered: tuple[int, list[int], int]):
    before = await stage.everything()
    assert str(before).count(SECRET) == 1 + 2 + 2 + 2 + 1 + 1, "result, answers, judgements, gold"
    stage.later(361)
    await sweep(stage)
    after = await stage.everything()
    assert SECRET not in str(after)
    assert [row["answer"] for row in after["answer"]] == [None, None]
    hidden = {"answer"}
    figures = [{k: v for k, v in row.items() if k not in hidden} for row in before["answer"]]
    assert [{k: v for k, v in row.items() if k not in hidden} for row in after["answer"]] == figures
    assert [row["stops"] for row in after["judgement"] if row["state"] == 2] == ["[[0.5, false]]"]
    assert [row["is_right"] for row in after["judgement"]] == [True, True]
    assert (after["gold"], after["blob"]) == ([], [])
    assert after["transfer"] == before["transfer"]
    assert (await stage.books()).findings == []


async def test_what_reviewers_are_still_to_decide_is_kept(stage: Stage, answered: tuple[int, list[int], int]):
    await stage.change("UPDATE judgement SET state = 0 WHERE cell = $1 AND purpose = 1")
    stage.later(361)
    await sweep(stage)
    assert SECRET in str(await stage.rows("answer"))
    await stage.change("UPDATE judgement SET state = 2 WHERE cell = $1 AND purpose = 1")
    stage.later(LOOK_AGAIN.total_seconds())
    await sweep(stage)
    assert SECRET not in str(await stage.rows("answer"))


async def test_what_is_complained_about_or_appealed_against_is_kept(stage: Stage, answered: tuple[int, list[int], int]):
    account_id, people, task_id = answered
    await stage.complain(account_id, task_id)
    stage.later(361)
    await sweep(stage)
    assert SECRET in str(await stage.rows("answer")), "reviewers have not decided"
    await stage.judge("confirm", "confirm")
    (appealed,) = await stage.act(file_appeals, FileAppeal(stage.cell, people[0], task_id, "words"))
    assert isinstance(appealed, Appealed)
    stage.later(LOOK_AGAIN.total_seconds())
    await sweep(stage)
    assert SECRET in str(await stage.rows("answer")), "the operator has not decided"
    (appeal,) = await stage.rows("appeal")
    await stage.act(decide_appeals, DecideAppeal(stage.cell, appeal["task_id"], True))
    stage.later(LOOK_AGAIN.total_seconds())
    await sweep(stage)
    assert SECRET not in str(await stage.rows("answer"))
    assert (await stage.books()).findings == []
