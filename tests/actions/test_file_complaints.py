"""file_complaints: who may complain about what, how long, how often; what is kept of those who may not."""

from typing import Any

import msgspec
import pytest

from manyeyes.actions.file_complaints import Filed, file_complaints
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.ledger.rules import PENDING_SECONDS
from manyeyes.reports.rules import UNKNOWN_TASKS_KEPT, WHY_IGNORED, ReportState
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PAY, Stage


@pytest.fixture
async def solved(stage: Stage) -> tuple[int, int, int]:
    """An account, a worker, and a task of theirs that was just solved."""
    account_id, worker_id = await stage.account(), await stage.worker()
    return account_id, worker_id, await stage.solve(account_id, worker_id)


async def reasons(stage: Stage) -> dict[Any, Any]:
    return {row["reason"]: row["times"] for row in await stage.rows("refused_report", "reason, times")}


async def test_an_accepted_complaint_asks_three_reviewers_and_holds_the_pay(stage: Stage, solved):
    account_id, worker_id, task_id = solved
    stage.later(5)
    assert await stage.complain(account_id, task_id) == Filed(task_id, ReportState.OPEN)
    [report] = await stage.rows("report")
    assert (report["account_id"], report["worker_id"], report["queue_id"]) == (account_id, worker_id, 1)
    assert (report["kind"], report["state"], report["why"], report["decided_at"]) == (0, 0, "", None)
    assert (report["filed_at"] - report["ended_at"]).total_seconds() == 5
    slots = await stage.rows("vote_slot", "n, state, author_id, queue_id, pay_micros")
    assert slots == [{"n": n, "state": 0, "author_id": worker_id, "queue_id": 1, "pay_micros": 100} for n in range(3)]
    stage.later(PENDING_SECONDS * 1000)
    assert await stage.act(vest_pay, VestPay(stage.cell)) == [0], "pay waits for the verdict"
    assert [row["amount_micros"] for row in await stage.rows("pending_pay")] == [PAY]
    assert (await stage.books()).findings == []


async def test_votes_earn_what_the_queue_pays_when_the_complaint_comes(stage: Stage, solved):
    account_id, _, task_id = solved
    await stage.set_queue(vote_micros=250)
    await stage.complain(account_id, task_id)
    await stage.set_queue(vote_micros=300)
    assert {row["pay_micros"] for row in await stage.rows("vote_slot", "pay_micros")} == {250}


@pytest.mark.parametrize(("seconds", "reason"), [(59.9, None), (59.999999, None), (60, "late"), (60.1, "late")])
async def test_sixty_seconds_by_the_databases_clock(stage: Stage, solved, seconds, reason):
    account_id, _, task_id = solved
    stage.later(seconds)
    outcome = await stage.complain(account_id, task_id)
    if reason is None:
        assert isinstance(outcome, Filed)
    else:
        assert outcome.reason is Reason.REPORT_LATE
        assert await reasons(stage) == {"report_late": 1}
        assert await stage.rows("report") == []


async def test_once_per_task(stage: Stage, solved):
    account_id, _, task_id = solved
    await stage.complain(account_id, task_id)
    before = await stage.rows("vote_slot")
    for times in (1, 2):
        assert (await stage.complain(account_id, task_id)).reason is Reason.REPORT_REPEATED
        assert await reasons(stage) == {"report_repeated": times}
    assert await stage.rows("vote_slot") == before


async def test_a_report_by_another_method_counts_as_the_one_report(stage: Stage, solved):
    account_id, worker_id, task_id = solved
    await stage.change(
        "INSERT INTO report (cell, task_id, account_id, queue_id, worker_id, kind, state, ended_at, filed_at) "
        "VALUES ($1, $2, $3, 1, $4, 1, 4, now(), now())",
        *(task_id, account_id, worker_id),
    )
    assert (await stage.complain(account_id, task_id)).reason is Reason.REPORT_REPEATED


async def test_two_of_one_batch_one_wins(stage: Stage, solved):
    account_id, _, task_id = solved
    first, second = await stage.act(file_complaints, *[stage.complaining(account_id, task_id)] * 2)
    assert isinstance(first, Filed)
    assert second.reason is Reason.REPORT_REPEATED


async def test_a_complaint_tried_again_after_a_lost_connection_knows_its_own_success(stage: Stage, solved):
    account_id, _, task_id = solved
    assert isinstance(await stage.complain(account_id, task_id), Filed)
    stage.later(70)
    again = [stage.complaining(account_id, task_id, retried=True)] * 2
    first, second = await stage.act(file_complaints, *again)
    assert first == Filed(task_id, ReportState.OPEN)
    assert isinstance(second, Refusal), "only one of the two can have been it"
    assert len(await stage.rows("report")) == 1


async def test_a_foreign_task_and_one_that_never_was_are_refused_alike(stage: Stage, solved):
    _, _, task_id = solved
    stranger = await stage.account()
    foreign, unknown = await stage.complain(stranger, task_id), await stage.complain(stranger, 987_654)
    assert foreign == unknown == Refusal(Reason.UNKNOWN_TASK, foreign.detail)
    kept = await stage.rows("refused_report", "account_id, task_id, reason")
    assert kept == [{"account_id": stranger, "task_id": t, "reason": "unknown_task"} for t in (task_id, 987_654)]
    assert await stage.rows("report") == []


async def test_a_task_under_way(stage: Stage):
    account_id = await stage.account()
    task_id = await stage.submit(account_id)
    assert (await stage.complain(account_id, task_id)).reason is Reason.TASK_UNFINISHED


async def test_a_task_that_failed(stage: Stage):
    account_id = await stage.account()
    task_id = await stage.submit(account_id)
    for worker_id in [await stage.worker() for _ in range(5)]:
        await stage.hand_out()
        await stage.skip(worker_id, await stage.lease(worker_id))
        await stage.go(worker_id)
    assert (await stage.complain(account_id, task_id)).reason is Reason.TASK_FAILED


async def test_a_task_that_is_no_picture(stage: Stage, solved):
    account_id, _, task_id = solved
    await stage.change("UPDATE task SET kind = 'hcaptcha' WHERE cell = $1")
    assert (await stage.complain(account_id, task_id)).reason is Reason.REPORT_WRONG_KIND


@pytest.mark.parametrize("queue_id", [1, 2])
async def test_a_queue_says_whether_complaints_are_accepted(stage: Stage, queue_id: int):
    """Its language does not: the Russian one is seeded with no, and any may be changed."""
    account_id, worker_id = await stage.account(), await stage.worker(queue_id)
    terms = stage.queues[queue_id]
    assert terms.accepts_complaints is (queue_id == 1)
    for accepts in (False, True):
        task_id = await stage.solve(account_id, worker_id, queue_id=queue_id)
        stage.queues = {queue_id: msgspec.structs.replace(terms, accepts_complaints=accepts)}
        outcome = await stage.complain(account_id, task_id)
        assert isinstance(outcome, Filed) is accepts
        assert accepts or outcome.reason is Reason.REPORT_NOT_ACCEPTED
        stage.queues = {queue_id: terms}


@pytest.mark.parametrize(
    "sizes", [(UNKNOWN_TASKS_KEPT,) * 2, (UNKNOWN_TASKS_KEPT * 2,), (1, UNKNOWN_TASKS_KEPT * 2 - 1)]
)
async def test_tasks_that_never_were_are_counted_and_not_all_kept(stage: Stage, sizes):
    account_id = await stage.account()
    for start, size in enumerate(sizes, 1):
        commands = [stage.complaining(account_id, start * 1_000_000 + n) for n in range(size)]
        await stage.act(file_complaints, *commands)
    kept = {row["task_id"]: row["times"] for row in await stage.rows("refused_report", "task_id, times")}
    assert len(kept) == UNKNOWN_TASKS_KEPT + 1
    assert kept[0] == UNKNOWN_TASKS_KEPT


@pytest.mark.parametrize(
    ("judged", "confirmed", "state"), [(9, 0, "OPEN"), (10, 5, "OPEN"), (10, 4, "IGNORED"), (11, 5, "IGNORED")]
)
async def test_who_is_confirmed_too_seldom_is_ignored(stage: Stage, solved, judged, confirmed, state):
    account_id, _, task_id = solved
    await stage.change("INSERT INTO reporter VALUES ($1, $2, $3, $4)", account_id, judged, confirmed)
    outcome = await stage.complain(account_id, task_id)
    assert outcome == Filed(task_id, ReportState[state])
    [report] = await stage.rows("report", "why, decided_at")
    assert report["why"] == (WHY_IGNORED if state == "IGNORED" else "")
    assert len(await stage.rows("vote_slot")) == (3 if state == "OPEN" else 0)
    stage.later(PENDING_SECONDS)
    vested = await stage.act(vest_pay, VestPay(stage.cell))
    assert vested == [0 if state == "OPEN" else 1], "an ignored complaint holds nobody's pay"


async def test_pay_that_vested_already_is_not_held(stage: Stage, solved):
    """The sweep came just before: its transaction began at 60 s, the report's a moment earlier."""
    account_id, _, task_id = solved
    last_moment = stage.now
    stage.later(PENDING_SECONDS)
    assert await stage.act(vest_pay, VestPay(stage.cell)) == [1]
    stage.now = last_moment
    assert isinstance(await stage.complain(account_id, task_id), Filed)
    assert await stage.rows("pending_pay") == []
