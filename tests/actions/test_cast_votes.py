"""cast_votes: what a vote earns, when it decides, and all that a verdict moves, once."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from manyeyes.actions.cast_votes import CastVote, cast_votes
from manyeyes.actions.shared.ballots import Voted
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.ledger.rules import PENDING_SECONDS, TransferKind
from manyeyes.reports.rules import SLOT_SECONDS, ReportState, Vote
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PAY, PRICE, Stage

VOTE = 100


@pytest.fixture
async def filed(stage: Stage) -> tuple[int, int, int]:
    """Complain about an answer; return (account, author, task)."""
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    stage.later(20)
    await stage.complain(account_id, task_id)
    return account_id, worker_id, task_id


async def kinds(stage: Stage, *wanted) -> list[Any]:
    return sorted(row["kind"] for row in await stage.rows("transfer", "kind") if row["kind"] in wanted)


async def usage(stage: Stage) -> tuple[Any, Any]:
    [row] = await stage.rows("usage_minute", "tasks, charged_micros")
    return row["tasks"], row["charged_micros"]


async def test_one_vote_is_paid_at_once_and_decides_nothing(stage: Stage, filed):
    [voted] = await stage.judge("confirm")
    assert voted == Voted(filed[2], VOTE, ReportState.OPEN)
    assert [row["payable_micros"] for row in await stage.rows("wallet")] == [VOTE]
    assert await kinds(stage, TransferKind.REFUND, TransferKind.CANCEL_PAY) == []
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("votes", [("confirm", "confirm"), ("confirm", "reject", "confirm")])
async def test_two_confirmations_refund_the_whole_charge_and_cancel_the_pay(stage: Stage, filed, votes):
    account_id, worker_id, task_id = filed
    before = await stage.available(account_id)
    *_, last = await stage.judge(*votes)
    assert last.state is ReportState.CONFIRMED
    assert await stage.available(account_id) == before + PRICE
    [report] = await stage.rows("report")
    assert (report["state"], report["why"], report["decided_at"]) == (1, "", stage.now)
    assert (report["refunded_micros"], report["cancelled_micros"]) == (PRICE, PAY)
    assert await stage.rows("pending_pay") == []
    assert await kinds(stage, TransferKind.REFUND, TransferKind.CANCEL_PAY) == [
        TransferKind.REFUND,
        TransferKind.CANCEL_PAY,
    ]
    [refund] = await stage.rows("refund")
    assert (refund["task_id"], refund["refunded_micros"]) == (task_id, PRICE)
    assert refund["ended_at"] == report["ended_at"]
    assert await usage(stage) == (1, 0), "the volume stays, the money goes"
    assert await stage.rows("reporter") == [{"cell": stage.cell, "account_id": account_id, "judged": 1, "confirmed": 1}]
    records = await stage.rows("reviewer_record", "votes, against")
    assert records == [{"votes": 1, "against": int(vote == "reject")} for vote in sorted(votes)]
    assert worker_id not in {row["worker_id"] for row in await stage.rows("wallet", "worker_id")}
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("votes", [("reject", "reject"), ("reject", "confirm", "reject")])
async def test_two_rejections_let_the_pay_vest_at_once(stage: Stage, filed, votes):
    account_id, worker_id, _ = filed
    before = await stage.available(account_id)
    *_, last = await stage.judge(*votes)
    assert last.state is ReportState.REJECTED
    assert await stage.available(account_id) == before
    assert await stage.act(vest_pay, VestPay(stage.cell)) == [1], "20 s after the task's end"
    wallets = {row["worker_id"]: row["payable_micros"] for row in await stage.rows("wallet")}
    assert wallets[worker_id] == PAY
    assert [(r["judged"], r["confirmed"]) for r in await stage.rows("reporter")] == [(1, 0)]
    assert (await usage(stage), await stage.rows("refund")) == ((1, PRICE), [])
    assert (await stage.books()).findings == []


async def test_the_third_slot_is_closed_unpaid_and_its_late_vote_is_told_so(stage: Stage, filed):
    slots = [await stage.take(stage.number()) for _ in range(3)]
    for slot in slots[:2]:
        assert isinstance(await stage.vote(slot), Voted)
    before = await stage.everything()
    late = await stage.vote(slots[2])
    assert (late.reason, bool(late.detail)) == (Reason.SLOT_LOST, True)
    assert await stage.everything() == before
    assert [row["state"] for row in await stage.rows("vote_slot", "n, state")] == [2, 2, 3]
    assert len(await stage.rows("wallet")) == 2


async def test_an_open_third_slot_is_handed_to_nobody_after_the_verdict(stage: Stage, filed):
    await stage.judge("confirm", "confirm")
    assert await stage.take(stage.number()) is None


async def test_three_votes_of_one_batch_two_decide_and_the_third_is_lost(stage: Stage, filed):
    slots = [await stage.take(stage.number()) for _ in range(3)]
    outcomes = await stage.act(cast_votes, *[stage.voting(slot) for slot in slots])
    assert [getattr(o, "state", None) for o in outcomes] == [ReportState.OPEN, ReportState.CONFIRMED, None]
    assert await kinds(stage, TransferKind.REFUND, TransferKind.VOTE_PAY) == [
        TransferKind.REFUND,
        TransferKind.VOTE_PAY,
        TransferKind.VOTE_PAY,
    ]
    assert (await stage.books()).findings == []


async def test_votes_of_one_reviewer_in_one_batch_are_all_paid(stage: Stage, filed):
    account_id, worker_id, _ = filed
    await stage.complain(account_id, await stage.solve(account_id, worker_id))
    reviewer_id, until = stage.number(), stage.now + timedelta(seconds=SLOT_SECONDS)
    lease = "reviewer_id = $2, lease_until = $3, state = 1, lease = 1"
    await stage.change(f"UPDATE vote_slot SET {lease} WHERE cell = $1 AND n = 0", reviewer_id, until)
    slots = await stage.rows("vote_slot", "task_id, n", "n = 0")
    leased = [SlotId(cell=stage.cell, task_id=row["task_id"], n=0, number=1) for row in slots]
    said: dict[str, Any] = {
        "cell": stage.cell,
        "reviewer_id": reviewer_id,
        "vote": Vote.REJECT,
        "reason": "it is right",
    }
    votes = [CastVote(**said, slot=slot) for slot in leased]
    assert [voted.earned_micros for voted in await stage.act(cast_votes, *votes)] == [VOTE, VOTE]
    assert [row["payable_micros"] for row in await stage.rows("wallet")] == [2 * VOTE]
    assert (await stage.books()).findings == []


async def test_a_vote_repeated_after_a_lost_reply_is_answered_again_and_not_paid_again(stage: Stage, filed):
    first, second = [await stage.take(stage.number()) for _ in range(2)]
    once = await stage.vote(first)
    await stage.vote(second)
    before = await stage.everything()
    stage.later(SLOT_SECONDS * 10)
    assert await stage.vote(first) == msgspec.structs.replace(once, state=ReportState.CONFIRMED)
    assert (await stage.vote(first, "reject")).reason is Reason.ALREADY_ANSWERED, "a vote is not changed"
    assert await stage.everything() == before


async def test_a_vote_on_a_slot_that_they_do_not_hold(stage: Stage, filed):
    mine, others = await stage.take(stage.number()), await stage.take(stage.number())
    before = await stage.everything()
    command = stage.voting(mine)
    wrong = [
        msgspec.structs.replace(command, slot=stage.voting(others).slot),
        msgspec.structs.replace(command, reviewer_id=filed[1]),
        msgspec.structs.replace(command, slot=msgspec.structs.replace(command.slot, n=2)),
        msgspec.structs.replace(command, slot=msgspec.structs.replace(command.slot, number=2)),
        msgspec.structs.replace(command, slot=msgspec.structs.replace(command.slot, task_id=987_654)),
    ]
    outcomes = await stage.act(cast_votes, *wrong)
    assert {o.reason for o in outcomes if isinstance(o, Refusal)} == {Reason.SLOT_LOST}
    assert len(outcomes) == len(wrong)
    assert await stage.everything() == before


@pytest.mark.parametrize(("seconds", "taken"), [(59.9, True), (60, False)])
async def test_a_vote_counts_within_its_lease(stage: Stage, filed, seconds, taken):
    slot = await stage.take(stage.number())
    stage.later(seconds)
    assert isinstance(await stage.vote(slot), Voted) is taken


async def test_settled_pay_is_never_taken_back(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    last_moment = stage.now
    stage.later(PENDING_SECONDS)
    await stage.act(vest_pay, VestPay(stage.cell))
    stage.now = last_moment
    await stage.complain(account_id, task_id)
    await stage.judge("confirm", "confirm")
    [report] = await stage.rows("report", "refunded_micros, cancelled_micros")
    assert report == {"refunded_micros": PRICE, "cancelled_micros": 0}
    wallets = {row["worker_id"]: row["payable_micros"] for row in await stage.rows("wallet")}
    assert wallets[worker_id] == PAY
    assert (await stage.books()).findings == []


async def test_a_batch_over_several_customers_and_minutes(stage: Stage):
    """One batch decides complaints of two accounts, whose tasks ended in different minutes."""
    accounts, worker_id = [await stage.account() for _ in range(2)], await stage.worker()
    task_ids = []
    for account_id in accounts * 2:
        task_ids.append(await stage.solve(account_id, worker_id))
        await stage.complain(account_id, task_ids[-1])
        stage.later(40)
    reviewers = [stage.number(), stage.number()]
    for _ in task_ids:
        slots = [await stage.take(reviewer) for reviewer in reviewers]
        await stage.act(cast_votes, *[stage.voting(slot) for slot in slots])
    assert [row["state"] for row in await stage.rows("report", "state")] == [1] * 4
    assert sum(row["charged_micros"] for row in await stage.rows("usage_minute", "minute, charged_micros")) == 0
    assert [(r["judged"], r["confirmed"]) for r in await stage.rows("reporter")] == [(2, 2)] * 2
    assert (await stage.books()).findings == []


async def test_a_queue_that_pays_nothing_for_votes(stage: Stage):
    await stage.set_queue(vote_micros=0)
    await stage.dispute(await stage.account(), await stage.worker(), "confirm", "confirm")
    assert await kinds(stage, TransferKind.VOTE_PAY) == []
    assert (await stage.books()).findings == []
