"""Small crowds, people who go, and replies that were lost: what becomes of the seats of a task."""

import pytest

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.skip_tasks import Skipped, SkipTask, skip_tasks
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.tasks.rules import Assurance, Ending
from manyeyes.values.refusals import Reason
from manyeyes.workers.rules import SkipReason
from support.action_stage import LEASE_SECONDS, LIFE_SECONDS, PRICE, Stage
from support.panel_tables import answer_all, seated, team

THREE = PeopleTerms(answers=3, answers_at_most=5)
LARGE = PeopleTerms(answers=10, answers_at_most=10)
SURE = PeopleTerms(answers=2, answers_at_most=7, wrong_at_most=0.01)


async def overdue(stage: Stage) -> None:
    stage.later(LIFE_SECONDS + 1)
    await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))


@pytest.mark.parametrize(("terms", "count"), [(THREE, 1), (LARGE, 2), (SURE, 1)])
async def test_terms_larger_than_the_crowd_wait_for_the_tasks_life(stage: Stage, terms: PeopleTerms, count: int):
    account_id, people = await stage.account(10_000), await team(stage, count)
    await stage.submit(account_id, terms=terms)
    await answer_all(stage, people, *["12345"] * count)
    assert await seated(stage, people) == [], "nobody is asked twice"
    stage.later(LIFE_SECONDS - 1)
    assert await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell)) == [0]
    stage.later(2)
    await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))
    (result,) = await stage.rows("result")
    assert (result["ending"], result["answers"], result["charged_micros"]) == (Ending.SOLVED, count, count * PRICE)
    assert (result["assurance"] == Assurance.UNCERTAIN) == (terms is SURE), "of a number of people the most are enough"
    assert await stage.rows("work") == []
    assert (await stage.books()).findings == []


async def test_everybody_leaves_in_the_middle_and_others_come(stage: Stage):
    account_id, people = await stage.account(10_000), await team(stage, 3)
    await stage.submit(account_id, terms=THREE)
    assert await seated(stage, people) == people
    assert isinstance(await stage.answer(people[0], await stage.lease(people[0]), "12345"), Answered)
    for worker_id in people:
        await stage.go(worker_id)
    assert [row["state"] for row in await stage.rows("work", "state")] == [0, 0], "their seats wait again"
    assert (await stage.books()).findings == []
    others = await team(stage, 2)
    await answer_all(stage, others, "12345", "12345")
    (result,) = await stage.rows("result")
    assert (result["answers"], result["assurance"]) == (3, Assurance.ACCEPTED)
    assert (await stage.books()).findings == []


async def test_everybody_leaves_and_nobody_comes(stage: Stage):
    account_id, people = await stage.account(10_000), await team(stage, 3)
    await stage.submit(account_id, terms=THREE)
    await seated(stage, people)
    for worker_id in people:
        await stage.go(worker_id)
    await overdue(stage)
    (result,) = await stage.rows("result")
    assert (result["ending"], result["charged_micros"], result["answers"]) == (Ending.UNANSWERED, 0, 0)
    assert await stage.available(account_id) == 10_000
    assert (await stage.books()).findings == []


async def test_who_left_their_seat_may_have_one_again_and_one_only(stage: Stage):
    account_id, people = await stage.account(10_000), await team(stage, 1)
    await stage.submit(account_id, terms=THREE)
    await seated(stage, people)
    await stage.go(people[0])
    await stage.come(people[0])
    assert await seated(stage, people) == people
    assert len(await stage.desk(people[0])) == 1


async def test_a_lease_that_lapses_gives_the_seat_back(stage: Stage):
    account_id, people = await stage.account(10_000), await team(stage, 2)
    await stage.submit(account_id, terms=PeopleTerms(answers=2, answers_at_most=2))
    assert await seated(stage, people) == people
    stage.later(LEASE_SECONDS + 1)
    await stage.return_lapsed()
    assert (await stage.books()).findings == []
    for worker_id in people:
        await stage.ask(worker_id)
    await answer_all(stage, people, "12345", "12345")
    assert len(await stage.rows("result")) == 1


async def test_an_answer_whose_reply_was_lost_is_answered_again_and_paid_once(stage: Stage):
    account_id, people = await stage.account(10_000), await team(stage, 3)
    task_id = await stage.submit(account_id, terms=THREE)
    assert await seated(stage, people) == people
    leases = {worker_id: await stage.lease(worker_id) for worker_id in people}
    for worker_id in people:
        first = await stage.answer(worker_id, leases[worker_id], "12345")
        before = await stage.everything()
        again = await stage.answer(worker_id, leases[worker_id], "12345")
        assert isinstance(first, Answered)
        assert again == Answered(task_id, 0, first.earned_micros)
        assert (await stage.answer(worker_id, leases[worker_id], "99")).reason is Reason.ALREADY_ANSWERED
        assert (await stage.skip(worker_id, leases[worker_id])).reason is Reason.ALREADY_ANSWERED
        assert await stage.everything() == before
    stranger = await stage.answer(await stage.worker(), leases[people[0]], "12345")
    assert stranger.reason is Reason.LEASE_LOST


async def test_a_skip_whose_reply_was_lost_is_recognised_even_when_it_closed_the_seat(stage: Stage):
    account_id, people = await stage.account(10_000), await team(stage, 6)
    await stage.submit(account_id, terms=PeopleTerms(answers=2, answers_at_most=2))
    answerer, *others = people
    assert answerer in await seated(stage, [answerer])
    for worker_id in others:
        await stage.come(worker_id)
    assert isinstance(await stage.answer(answerer, await stage.lease(answerer), "12345"), Answered)
    held: dict[int, LeaseId] = {}
    while not await stage.rows("result"):
        (sitting,) = await seated(stage, others)
        held[sitting] = await stage.lease(sitting)
        assert isinstance(await stage.skip(sitting, held[sitting], SkipReason.UNREADABLE), Skipped)
        before = await stage.everything()
        again = await stage.skip(sitting, held[sitting], SkipReason.UNREADABLE)
        assert isinstance(again, Skipped)
        assert again.queue_id == 0
        assert await stage.everything() == before
    assert len(held) == 5
    (result,) = await stage.rows("result")
    assert (result["ending"], result["answers"], result["charged_micros"]) == (Ending.SOLVED, 1, PRICE)
    for worker_id, lease in held.items():
        assert isinstance(await stage.skip(worker_id, lease), Skipped), "each of them, and after its end too"
    stranger = await stage.worker()
    assert (await stage.skip(stranger, held[others[0]])).reason is Reason.LEASE_LOST
    assert (await stage.books()).findings == []


async def test_a_skip_that_comes_twice_in_the_batch_that_closes_the_seat(stage: Stage):
    account_id, people = await stage.account(10_000), await team(stage, 5)
    await stage.submit(account_id, terms=PeopleTerms(answers=2, answers_at_most=2))
    for _ in range(4):
        for worker_id in (await seated(stage, people))[:1]:
            await stage.skip(worker_id, await stage.lease(worker_id))
    last = max(await stage.rows("work", "task_id, failures"), key=lambda row: row["failures"])
    await stage.change("UPDATE work SET failures = 4 WHERE cell = $1 AND task_id = $2", last["task_id"])
    for worker_id in people:
        await stage.come(worker_id)
    (sitting, *_) = [w for w in await seated(stage, people) if (await stage.desk(w))[0].task_id == last["task_id"]]
    lease = await stage.lease(sitting)
    command = SkipTask(stage.cell, sitting, lease, SkipReason.UNREADABLE)
    first, second = await stage.act(skip_tasks, command, command)
    assert isinstance(first, Skipped)
    assert isinstance(second, Skipped)
    assert second.queue_id == 0
