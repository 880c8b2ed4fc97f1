"""Complaints about results of several people: who judges them, whose pay they take, and what is given back."""

import pytest

from manyeyes.actions.decide_appeals import AppealDecided, DecideAppeal, decide_appeals
from manyeyes.actions.file_appeals import Appealed, FileAppeal, file_appeals
from manyeyes.actions.file_complaints import Filed
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.ledger.rules import PENDING_SECONDS
from manyeyes.reports import store as reports
from manyeyes.reports.rules import ReportState
from manyeyes.roles.reported_tasks import look_up
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PAY, PRICE, Stage
from support.panel_tables import answer_all, team

THREE = PeopleTerms(answers=3, answers_at_most=4)


async def complained(stage: Stage, *texts: str) -> tuple[int, list[int], int]:
    """Let people answer a task and its customer complain; return (account, people, task)."""
    account_id, people = await stage.account(10_000), await team(stage, len(texts))
    task_id = await stage.submit(account_id, terms=THREE)
    await answer_all(stage, people, *texts)
    filed = await stage.complain(account_id, task_id)
    assert isinstance(filed, Filed), filed
    return account_id, people, task_id


async def wallets(stage: Stage, people: list[int]) -> list[int]:
    """Vest what is due; return what each of the people may be paid out."""
    await stage.act(vest_pay, VestPay(stage.cell))
    paid = {row["worker_id"]: row["payable_micros"] for row in await stage.rows("wallet")}
    return [paid.get(worker_id, 0) for worker_id in people]


async def test_who_said_the_same_loses_their_pay_and_the_customer_gets_all_back(stage: Stage):
    account_id, people, _ = await complained(stage, "12345", "99", " 12345 ")
    assert await wallets(stage, people) == [0, 0, 0]
    stage.later(PENDING_SECONDS)
    assert await wallets(stage, people) == [0, 0, 0], "all of it is held"
    await stage.judge("confirm", "confirm")
    assert await stage.available(account_id) == 10_000
    assert await wallets(stage, people) == [0, PAY, 0]
    (report,) = await stage.rows("report")
    assert (report["worker_id"], report["refunded_micros"], report["cancelled_micros"]) == (0, 3 * PRICE, 2 * PAY)
    told = {row["worker_id"]: (row["is_right"], row["refuted_at"]) for row in await stage.rows("answer")}
    assert [told[worker_id] for worker_id in people] == [(False, stage.now), (None, None), (False, stage.now)]
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("votes", [("reject", "reject"), ("confirm",)], ids=["rejected", "undecided"])
async def test_what_reviewers_did_not_refuse_costs_nobody_their_pay(stage: Stage, votes: tuple[str, ...]):
    account_id, people, _ = await complained(stage, "12345", "99", "12345")
    await stage.judge(*votes)
    if len(votes) == 1:
        await stage.act(settle_overdue_reports, SettleOverdueReports(stage.cell, 0))
    assert await wallets(stage, people) == [PAY] * 3
    assert await stage.available(account_id) == 10_000 - (0 if len(votes) == 1 else 3 * PRICE)
    assert [row["refuted_at"] for row in await stage.rows("answer")] == [None] * 3
    assert (await stage.books()).findings == []


async def test_nobody_who_answered_judges_nor_who_decided_among_them(stage: Stage):
    _, people, task_id = await complained(stage, "12345", "99", "12345")
    judge = stage.number()
    await stage.change(
        "INSERT INTO judgement (cell, task_id, purpose, account_id, queue_id, question_id, state, filed_at, "
        "reviewer_id, proposal, score, pay_micros) VALUES ($1, $2, 1, 1, 1, 0, 2, now(), $3, '12345', 1, 0)",
        task_id,
        judge,
    )
    for worker_id in [*people, judge]:
        assert await stage.take(worker_id) is None
    slot = await stage.take(stage.number())
    assert slot is not None
    assert slot.author_id == 0


async def test_those_behind_many_complaints_of_their_own_get_one_that_fits(stage: Stage):
    """The first slots are all about what one reviewer answered: theirs is found by its key."""
    account_id, people = await stage.account(100_000), await team(stage, 3)
    for _ in range(4):
        task_id = await stage.submit(account_id, terms=THREE)
        await answer_all(stage, people, "12345", "12345", "12345")
        assert isinstance(await stage.complain(account_id, task_id), Filed)
        stage.later(1)
    assert await stage.take(people[0]) is None
    others = await team(stage, 3)
    for worker_id in people:
        await stage.go(worker_id)
    last = await stage.submit(account_id, terms=THREE)
    await answer_all(stage, others, "12345", "12345", "12345")
    assert isinstance(await stage.complain(account_id, last), Filed)
    slot = await stage.take(people[0])
    assert slot is not None
    assert slot.task_id == last


async def test_each_of_those_refused_has_an_appeal_of_their_own(stage: Stage):
    account_id, people, task_id = await complained(stage, "12345", "99", "12345")
    first, other, second = people

    async def appeal(worker_id: int, words: str = "it is right", **given: bool) -> Appealed | Refusal:
        (outcome,) = await stage.act(file_appeals, FileAppeal(stage.cell, worker_id, task_id, words, **given))
        return outcome

    assert (await appeal(first)).reason is Reason.NOT_REFUSED, "reviewers have not decided"
    await stage.judge("confirm", "confirm")
    assert await appeal(first) == Appealed(task_id, PAY)
    assert await appeal(first, retried=True) == Appealed(task_id, PAY)
    assert (await appeal(first, "again")).reason is Reason.ALREADY_APPEALED
    assert (await appeal(other)).reason is Reason.NOT_REFUSED, "they kept their pay"
    assert (await appeal(stage.number())).reason is Reason.UNKNOWN_REPORT
    assert await appeal(second, "mine too") == Appealed(task_id, PAY)
    seats = {row["worker_id"]: row["answer_id"] for row in await stage.rows("answer")}
    assert {(row["task_id"], row["worker_id"]) for row in await stage.rows("appeal")} == {
        (seats[first], first),
        (seats[second], second),
    }
    (decided,) = await stage.act(decide_appeals, DecideAppeal(stage.cell, seats[first], True))
    assert decided == AppealDecided(seats[first], first, True, PAY)
    assert await wallets(stage, people) == [PAY, PAY, 0]
    assert await stage.available(account_id) == 10_000, "the customer keeps the refund"
    assert (await stage.books()).findings == []


async def test_what_workers_are_told_of_complaints(stage: Stage):
    _, people, task_id = await complained(stage, "12345", "99", "12345")
    for worker_id, text in zip(people, ("12345", "99", "12345"), strict=True):
        (told,) = await stage.read(reports.reports_against, stage.cell, worker_id, 10)
        assert (told.task_id, told.state, told.cancelled_micros) == (task_id, ReportState.OPEN, 0)
        beside = await stage.read(look_up, stage.cell, [told], worker_id)
        assert beside.answers == {task_id: text}
    assert await stage.read(reports.reports_against, stage.cell, stage.number(), 10) == []
    await stage.judge("confirm", "confirm")
    told_of = [await stage.read(reports.reports_against, stage.cell, worker_id, 10) for worker_id in people]
    assert [[told.cancelled_micros for told in found] for found in told_of] == [[PAY], [], [PAY]]
    await stage.act(file_appeals, FileAppeal(stage.cell, people[0], task_id, "words"))
    beside = await stage.read(look_up, stage.cell, told_of[0], people[0])
    assert beside.appeals[task_id].words == "words"
    assert (await stage.read(look_up, stage.cell, told_of[2], people[2])).appeals == {}
