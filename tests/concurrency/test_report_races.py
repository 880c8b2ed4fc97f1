"""Reports, votes, verdicts and pay at once over real connections: one wins, once, and nobody waits for ever."""

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from manyeyes.actions.answer_tasks import answer_tasks
from manyeyes.actions.cast_votes import cast_votes
from manyeyes.actions.correct_votes import CorrectVote, correct_votes
from manyeyes.actions.decide_appeals import DecideAppeal, decide_appeals
from manyeyes.actions.file_appeals import Appealed, FileAppeal, file_appeals
from manyeyes.actions.file_complaints import Filed, file_complaints
from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots, return_lapsed_slots
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.settle_votes import settle_votes
from manyeyes.actions.shared.ballots import Voted
from manyeyes.actions.submit_tasks import submit_tasks
from manyeyes.actions.take_back_votes import TakeBackVote, take_back_votes
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.ledger.rules import PENDING_SECONDS, TransferKind
from manyeyes.reports.rules import SLOT_SECONDS, ReportState, Slot, SlotState, Vote
from manyeyes.values.refusals import Reason
from support.action_stage import PAY, PRICE, Stage
from support.races import race
from support.settled_reviews import settling_votes
from support.slot_moves import slot_of

ROUNDS = range(5)


@pytest.fixture
async def solved(stage: Stage) -> tuple[int, int, int]:
    """An account, a worker, and a task of theirs that was just solved."""
    account_id, worker_id = await stage.account(), await stage.worker()
    return account_id, worker_id, await stage.solve(account_id, worker_id)


@pytest.fixture
async def slots(stage: Stage, solved) -> list[Any]:
    """The three slots of a complaint, each before a reviewer."""
    await stage.complain(solved[0], solved[2])
    return [await stage.take(stage.number()) for _ in range(3)]


async def booked(stage: Stage, kind) -> int:
    return len(await stage.rows("transfer", "cause_id, n", f"kind = {kind}"))


def at(instant, action):
    """Return the action as its batch would run that began at another instant."""

    async def then(tx: asyncpg.Connection, now, commands):
        return await action(tx, instant, commands)

    return then


@pytest.mark.parametrize("_", ROUNDS)
async def test_two_reports_on_one_task_one_wins(stage: Stage, solved, _):
    account_id, _, task_id = solved
    batches = [(file_complaints, [stage.complaining(account_id, task_id)]) for _ in range(3)]
    outcomes = [outcome for (outcome,) in await race(stage, *batches)]
    assert sum(isinstance(outcome, Filed) for outcome in outcomes) == 1
    assert {o.reason for o in outcomes if not isinstance(o, Filed)} == {Reason.REPORT_REPEATED}
    assert (len(await stage.rows("report")), len(await stage.rows("vote_slot"))) == (1, 3)
    assert [row["times"] for row in await stage.rows("refused_report", "times")] == [2]


@pytest.mark.parametrize("_", ROUNDS)
async def test_reports_of_many_tasks_in_opposite_orders_never_dead_lock(stage: Stage, _):
    account_id, worker_id = await stage.account(), await stage.worker()
    commands = [stage.complaining(account_id, await stage.solve(account_id, worker_id)) for _ in range(6)]
    both = await race(stage, (file_complaints, commands), (file_complaints, commands[::-1]))
    assert sum(isinstance(outcome, Filed) for outcomes in both for outcome in outcomes) == 6
    assert len(await stage.rows("vote_slot")) == 18


@pytest.mark.parametrize("_", ROUNDS)
async def test_two_last_votes_that_agree_give_one_verdict_and_one_refund(stage: Stage, solved, slots: list[Any], _):
    before = await stage.available(solved[0])
    assert isinstance(await stage.vote(slots[0]), Voted)
    outcomes = [o for (o,) in await race(stage, *[(cast_votes, [stage.voting(slot)]) for slot in slots[1:]])]
    assert sum(isinstance(outcome, Voted) for outcome in outcomes) == 1
    assert {o.reason for o in outcomes if not isinstance(o, Voted)} == {Reason.SLOT_LOST}
    assert await stage.available(solved[0]) == before + PRICE
    counts = [
        await booked(stage, kind) for kind in (TransferKind.REFUND, TransferKind.CANCEL_PAY, TransferKind.VOTE_PAY)
    ]
    assert counts == [1, 1, 2]
    assert [row["judged"] for row in await stage.rows("reporter")] == [1]
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_two_last_votes_that_disagree_give_one_verdict(stage: Stage, slots: list[Any], _):
    await stage.vote(slots[0], "confirm")
    batches = [(cast_votes, [stage.voting(slots[1], "confirm")]), (cast_votes, [stage.voting(slots[2], "reject")])]
    (confirm,), (reject,) = await race(stage, *batches)
    assert isinstance(confirm, Voted)
    assert isinstance(reject, Voted) or reject.reason is Reason.SLOT_LOST
    assert await booked(stage, TransferKind.REFUND) == 1
    assert await booked(stage, TransferKind.VOTE_PAY) == 2 + isinstance(reject, Voted)
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_the_same_vote_at_once_is_paid_once(stage: Stage, slots: list[Any], _):
    outcomes = await race(stage, *[(cast_votes, [stage.voting(slots[0])]) for _ in range(3)])
    assert len({outcome for (outcome,) in outcomes}) == 1
    assert await booked(stage, TransferKind.VOTE_PAY) == 1


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_report_while_the_pay_is_just_being_vested(stage: Stage, solved, _):
    """The report's batch began a moment before the sixtieth second, the sweep's after it: no pay is doubled or lost."""
    account_id, worker_id, task_id = solved
    stage.later(PENDING_SECONDS - 0.1)
    report = at(stage.now, file_complaints)
    stage.later(0.1)
    (filed,), (vested,) = await race(
        stage, (report, [stage.complaining(account_id, task_id)]), (vest_pay, [VestPay(stage.cell)])
    )
    assert isinstance(filed, Filed)
    assert len(await stage.rows("pending_pay")) == 1 - vested
    await stage.judge("confirm", "confirm")
    wallets = {row["worker_id"]: row["payable_micros"] for row in await stage.rows("wallet")}
    assert wallets.get(worker_id, 0) == PAY * vested
    assert await booked(stage, TransferKind.CANCEL_PAY) == 1 - vested
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_verdict_while_pay_is_being_vested(stage: Stage, slots: list[Any], _):
    await stage.vote(slots[0], "reject")
    stage.later(30)
    await race(stage, (cast_votes, [stage.voting(slots[1], "reject")]), (vest_pay, [VestPay(stage.cell)]))
    await stage.act(vest_pay, VestPay(stage.cell))
    assert await booked(stage, TransferKind.VEST) == 1
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_vote_against_the_lapse_of_its_slot(stage: Stage, slots: list[Any], _):
    vote = at(stage.now, cast_votes)
    stage.later(SLOT_SECONDS)
    (outcome,), _ = await race(
        stage, (vote, [stage.voting(slots[0])]), (return_lapsed_slots, [ReturnLapsedSlots(stage.cell)])
    )
    states = [row["state"] for row in await stage.rows("vote_slot", "n, state")]
    assert states[0] == (2 if isinstance(outcome, Voted) else 0)
    assert await booked(stage, TransferKind.VOTE_PAY) == isinstance(outcome, Voted)


@pytest.mark.parametrize("_", ROUNDS)
async def test_the_last_vote_against_the_end_of_patience(stage: Stage, slots: list[Any], _):
    await stage.vote(slots[0], "reject")
    last = at(stage.now, cast_votes)
    stage.later(3600)
    (outcome,), (settled,) = await race(
        stage,
        (last, [stage.voting(slots[1], "reject")]),
        (settle_overdue_reports, [SettleOverdueReports(stage.cell, 1)]),
    )
    assert isinstance(outcome, Voted) != bool(settled)
    assert await booked(stage, TransferKind.REFUND) == settled
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_reviewer_who_asks_in_two_processes_gets_one_slot(stage: Stage, _):
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(3):
        await stage.complain(account_id, await stage.solve(account_id, worker_id))
    reviewers = [stage.number() for _ in range(4)]
    commands = [TakeSlot(stage.cell, reviewer, (1,)) for reviewer in reviewers]
    both = await race(stage, (take_slots, commands), (take_slots, commands[::-1]), (take_slots, commands[:2]))
    held = await stage.rows("vote_slot", "reviewer_id, task_id, n", "state = 1")
    assert len({row["reviewer_id"] for row in held}) == len(held)
    given = {slot.reviewer_id: (slot.task_id, slot.n) for outcomes in both for slot in outcomes if slot}
    assert given == {row["reviewer_id"]: (row["task_id"], row["n"]) for row in held}


@pytest.mark.parametrize("_", ROUNDS)
async def test_appeals_and_decisions_at_once_pay_once(stage: Stage, _):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.dispute(account_id, worker_id, "confirm", "confirm")
    filing = [(file_appeals, [FileAppeal(stage.cell, worker_id, task_id, words)]) for words in ("one", "two")]
    outcomes = [outcome for (outcome,) in await race(stage, *filing)]
    assert sum(isinstance(outcome, Appealed) for outcome in outcomes) == 1
    await race(stage, *[(decide_appeals, [DecideAppeal(stage.cell, task_id, True)]) for _ in range(3)])
    assert await booked(stage, TransferKind.APPEAL_PAY) == 1
    assert (await stage.books()).findings == []


async def test_a_crowd_of_customers_workers_and_reviewers_keeps_the_books(stage: Stage):
    """Everything at once, without one dead-lock, lost micro or complaint that was judged twice."""
    accounts, worker_id = [await stage.account() for _ in range(3)], await stage.worker()
    filed = asyncio.Event()
    left = itertools.count()

    async def customers() -> None:
        for _ in range(12):
            commands = [stage.submitting(account_id) for account_id in accounts]
            await stage.act(submit_tasks, *commands)
            for _ in accounts:
                await stage.hand_out()
                await stage.act(answer_tasks, stage.answering(worker_id, await stage.lease(worker_id)))
            complaints = [stage.complaining(c.account_id, c.task_id) for c in commands]
            await asyncio.gather(stage.act(file_complaints, *complaints), stage.act(file_complaints, *complaints[::-1]))
            stage.later(20)
        filed.set()

    async def reviewers(own: list[int], vote: str) -> None:
        while not filed.is_set() or await stage.rows("report", "task_id", "state = 0"):
            taken = await stage.act(take_slots, *[TakeSlot(stage.cell, r, (1,)) for r in own])
            votes = [
                stage.voting(slot, vote if next(left) % 3 else "reject") for slot in taken if isinstance(slot, Slot)
            ]
            if votes:
                await stage.act(cast_votes, *votes)
            await asyncio.sleep(0.002)

    async def periodic_jobs() -> None:
        while not filed.is_set():
            await stage.act(vest_pay, VestPay(stage.cell))
            await stage.act(return_lapsed_slots, ReturnLapsedSlots(stage.cell))
            await asyncio.sleep(0.005)

    panels = [reviewers([stage.number() for _ in range(3)], "confirm") for _ in range(3)]
    async with asyncio.timeout(120):
        await asyncio.gather(customers(), *panels, periodic_jobs())
    states = [row["state"] for row in await stage.rows("report", "task_id, state")]
    assert len(states) == 36
    assert set(states) <= {1, 2}
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_correction_and_the_vote_that_decides_leave_one_verdict_and_one_pay_each(stage: Stage, slots, _):
    await stage.vote(slots[0], "confirm")
    correction = CorrectVote(
        cell=stage.cell,
        reviewer_id=slots[0].reviewer_id,
        slot=slot_of(stage, slots[0]),
        vote=Vote.REJECT,
        reason="looked again",
    )
    await race(stage, (correct_votes, [correction]), (cast_votes, [stage.voting(slots[1], "confirm")]))
    [report] = await stage.rows("report", "state")
    votes = [row["verdict"] for row in await stage.rows("vote_slot", "n, verdict", "state = 2")]
    assert (report["state"] == ReportState.CONFIRMED) == (votes == [1, 1])
    assert (await booked(stage, TransferKind.VOTE_PAY), await booked(stage, TransferKind.REFUND)) == (
        2,
        int(votes == [1, 1]),
    )
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_taking_back_and_settling_at_the_same_time_one_wins(stage: Stage, slots, _):
    await stage.vote(slots[0], undo_seconds=10)
    back = TakeBackVote(stage.cell, slots[0].reviewer_id, slot_of(stage, slots[0]))
    over = stage.now + timedelta(seconds=10)
    await race(stage, (take_back_votes, [back]), (at(over, settle_votes), await settling_votes(stage)))
    [state] = [row["state"] for row in await stage.rows("vote_slot", "n, state", "n = 0")]
    assert state in (SlotState.LEASED, SlotState.VOTED)
    assert await booked(stage, TransferKind.VOTE_PAY) == int(state == SlotState.VOTED)
    assert (await stage.books()).findings == []
