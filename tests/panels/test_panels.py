"""Tasks that take several answers: different people, one decision, exact books (docs/decisions/0055)."""

import pytest

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.cancel_tasks import CancelTask, TaskCancelled, cancel_tasks
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.tasks.rules import Assurance, Ending
from manyeyes.workers.rules import SkipReason
from support.action_stage import LIFE_SECONDS, PAY, PRICE, Stage
from support.job_lives import feed, find, running
from support.panel_tables import answer_all, seated, team

THREE = PeopleTerms(answers=3, answers_at_most=4)
SURE = PeopleTerms(answers=2, answers_at_most=5, wrong_at_most=0.05)


async def test_three_people_give_one_result_and_each_is_paid(stage: Stage):
    account_id = await stage.account(10_000)
    people = await team(stage, 3)
    task_id = await stage.submit(account_id, terms=THREE)
    assert await stage.available(account_id) == 10_000 - 4 * PRICE
    assert (await stage.books()).findings == []
    sitting = await seated(stage, people)
    assert sitting == people, "nobody sits on two seats"
    for worker_id, text in zip(people, ("12345", "12345", "99"), strict=True):
        assert await stage.rows("result") == []
        outcome = await stage.answer(worker_id, await stage.lease(worker_id), text)
        assert isinstance(outcome, Answered)
        assert (outcome.task_id, outcome.earned_micros) == (task_id, PAY)
        assert (await stage.books()).findings == []
    (result,) = await stage.rows("result")
    assert (result["task_id"], result["ending"], result["answers"], result["solve_count"]) == (task_id, 0, 3, 3)
    assert (result["charged_micros"], result["worker_id"]) == (3 * PRICE, 0)
    assert result["assurance"] == Assurance.ACCEPTED
    assert await stage.available(account_id) == 10_000 - 3 * PRICE
    assert await stage.rows("work") == []
    assert len(await stage.rows("pending_pay")) == 3


async def test_a_tie_asks_one_more(stage: Stage):
    account_id = await stage.account()
    people = await team(stage, 4)
    await stage.submit(account_id, terms=PeopleTerms(answers=2, answers_at_most=3))
    await answer_all(stage, people, "12345", "99")
    assert await stage.rows("result") == []
    await answer_all(stage, people, "99")
    (result,) = await stage.rows("result")
    assert (result["answers"], result["charged_micros"]) == (3, 3 * PRICE)
    answers = await stage.rows("answer", "worker_id")
    assert len({row["worker_id"] for row in answers}) == 3, "nobody is asked twice"
    assert (await stage.books()).findings == []


async def test_who_passed_on_a_seat_gets_none_of_its_task(stage: Stage):
    account_id = await stage.account()
    people = await team(stage, 1)
    await stage.submit(account_id, terms=PeopleTerms(answers=2, answers_at_most=2))
    await seated(stage, people)
    await stage.skip(people[0], await stage.lease(people[0]), SkipReason.UNREADABLE)
    assert await seated(stage, people) == []
    assert (await stage.books()).findings == []


async def test_what_is_overdue_is_decided_by_what_was_given(stage: Stage):
    account_id = await stage.account(10_000)
    people = await team(stage, 1)
    await stage.submit(account_id, terms=THREE)
    await answer_all(stage, people, "12345")
    stage.later(LIFE_SECONDS + 1)
    assert await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell)) == [2]
    (result,) = await stage.rows("result")
    assert (result["ending"], result["answers"], result["charged_micros"]) == (Ending.SOLVED, 1, PRICE)
    assert await stage.available(account_id) == 10_000 - PRICE
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("given", [0, 1])
async def test_a_cancelled_task_costs_what_was_given(stage: Stage, given: int):
    account_id = await stage.account(10_000)
    people = await team(stage, given)
    task_id = await stage.submit(account_id, terms=SURE)
    if given:
        await answer_all(stage, people, "12345")
    (outcome,) = await stage.act(cancel_tasks, CancelTask(stage.cell, account_id, task_id))
    assert isinstance(outcome, TaskCancelled), outcome
    (result,) = await stage.rows("result")
    assert result["ending"] == (Ending.SOLVED if given else Ending.CANCELLED)
    assert await stage.available(account_id) == 10_000 - given * PRICE
    assert (await stage.books()).findings == []


async def test_five_failures_without_an_answer_end_it_charged_once(stage: Stage):
    account_id = await stage.account(10_000)
    people = await team(stage, 10)
    await stage.submit(account_id, terms=PeopleTerms(answers=2, answers_at_most=2))
    for _ in range(5):
        for worker_id in await seated(stage, people):
            await stage.skip(worker_id, await stage.lease(worker_id), SkipReason.UNREADABLE)
    (result,) = await stage.rows("result")
    assert (result["ending"], result["charged_micros"]) == (Ending.UNSOLVABLE, PRICE)
    assert await stage.available(account_id) == 10_000 - PRICE
    assert (await stage.books()).findings == []


async def test_lines_of_a_job_hold_the_most_they_may_cost_and_settle_what_they_did(stage: Stage):
    account_id = await stage.account(10_000)
    people = await team(stage, 3)
    job_id = await running(stage, account_id, 2, terms=THREE, price_at_most_micros=4 * PRICE, budget_micros=7 * PRICE)
    assert await feed(stage, job_id)
    job = await find(stage, job_id)
    assert (job.open, job.held_micros, job.held_back, job.waits_for) == (1, 4 * PRICE, 1, "budget")
    await answer_all(stage, people, "12345", "12345", "99")
    assert (await stage.books()).findings == []
    job = await find(stage, job_id)
    assert (job.solved, job.held_micros, job.charged_micros) == (1, 0, 3 * PRICE)
    await feed(stage, job_id)
    assert (await find(stage, job_id)).held_micros == 4 * PRICE
    await answer_all(stage, people, "12345", "12345", "12345")
    job = await find(stage, job_id)
    assert (job.solved, job.charged_micros, job.is_over) == (2, 6 * PRICE, True)
    assert await stage.available(account_id) == 10_000 - 6 * PRICE
    assert (await stage.books()).findings == []
