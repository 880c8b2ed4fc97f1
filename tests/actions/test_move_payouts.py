"""move_payouts: from requested to approved to paid, or back; every step once, every posting once."""

import pytest

from manyeyes.actions.move_payouts import MovePayout, move_payouts
from manyeyes.ledger.rules import Book, TransferKind
from manyeyes.payouts.rules import PayoutState, PayoutStep
from manyeyes.payouts.store import Payout
from manyeyes.values.refusals import Reason
from support.action_stage import PAY, Stage
from support.paid_people import a_request, moving, payable
from support.told_changes import ANN, told


async def postings(stage: Stage, payout: Payout) -> list[tuple[int, int]]:
    where = f"cause_id = {payout.payout_id} AND kind > 15"
    return [(row["kind"], row["amount_micros"]) for row in await stage.rows("transfer", "kind, amount_micros", where)]


async def test_an_approved_request_is_paid_and_the_money_is_out(stage: Stage):
    payout = await a_request(stage)
    (approved,) = await stage.act(move_payouts, moving(stage, payout, "approve"))
    assert (approved.state, approved.approved_at, approved.ended_at) == (PayoutState.APPROVED, stage.now, None)
    stage.later(60)
    (paid,) = await stage.act(move_payouts, moving(stage, payout, "mark_paid", "SEPA 17"))
    assert (paid.state, paid.words, paid.ended_at) == (PayoutState.PAID, "SEPA 17", stage.now)
    assert await postings(stage, payout) == [(TransferKind.ASK_PAYOUT, PAY), (TransferKind.PAY_OUT, PAY)]
    (out,) = await stage.rows("transfer", "debit_book, debit_id, credit_book, credit_id", "kind = 17")
    assert tuple(out.values()) == (Book.REQUESTED, payout.worker_id, Book.CASH, 0)
    assert await payable(stage, payout.worker_id) == 0
    assert (await stage.books()).findings == []


@pytest.mark.parametrize(("step", "words"), [("decline", "no such account"), ("withdraw", "")])
async def test_what_is_declined_or_withdrawn_is_payable_again(stage: Stage, step: str, words: str):
    payout = await a_request(stage)
    (ended,) = await stage.act(move_payouts, moving(stage, payout, step, words))
    assert (ended.words, ended.ended_at) == (words, stage.now)
    assert await payable(stage, payout.worker_id) == PAY
    assert await postings(stage, payout) == [(TransferKind.ASK_PAYOUT, PAY), (TransferKind.RETURN_PAYOUT, PAY)]
    assert (await stage.books()).findings == []


async def test_an_approved_request_may_still_be_declined_and_not_withdrawn(stage: Stage):
    payout = await a_request(stage)
    await stage.act(move_payouts, moving(stage, payout, "approve"))
    (refused,) = await stage.act(move_payouts, moving(stage, payout, "withdraw"))
    assert refused.reason is Reason.ALREADY_DECIDED
    (declined,) = await stage.act(move_payouts, moving(stage, payout, "decline", "the bank sent it back"))
    assert declined.state is PayoutState.DECLINED
    assert await payable(stage, payout.worker_id) == PAY


@pytest.mark.parametrize("step", list(PayoutStep))
async def test_the_same_step_again_changes_nothing(stage: Stage, step: PayoutStep):
    payout = await a_request(stage)
    if step is PayoutStep.MARK_PAID:
        await stage.act(move_payouts, moving(stage, payout, "approve"))
    (first,) = await stage.act(move_payouts, moving(stage, payout, step, "word"))
    before = await stage.everything()
    stage.later(60)
    assert await stage.act(move_payouts, moving(stage, payout, step, "word")) == [first]
    assert await stage.everything() == before


@pytest.mark.parametrize("last", ["mark_paid", "decline", "withdraw"])
@pytest.mark.parametrize("step", list(PayoutStep))
async def test_what_has_ended_ends_no_other_way(stage: Stage, last: str, step: PayoutStep):
    payout = await a_request(stage)
    if last == "mark_paid":
        await stage.act(move_payouts, moving(stage, payout, "approve"))
    await stage.act(move_payouts, moving(stage, payout, last, "a word"))
    before = await stage.everything()
    (refused,) = await stage.act(move_payouts, moving(stage, payout, step, "another word"))
    assert refused.reason is Reason.ALREADY_DECIDED
    assert await stage.everything() == before


async def test_what_is_not_approved_cannot_be_paid(stage: Stage):
    payout = await a_request(stage)
    (refused,) = await stage.act(move_payouts, moving(stage, payout, "mark_paid", "SEPA 17"))
    assert refused.reason is Reason.ALREADY_DECIDED
    assert await postings(stage, payout) == [(TransferKind.ASK_PAYOUT, PAY)]


async def test_a_stranger_s_request_is_not_there_for_a_worker(stage: Stage):
    payout = await a_request(stage)
    stranger = moving(stage, payout, "withdraw", worker_id=payout.worker_id + 1)
    (refused,) = await stage.act(move_payouts, stranger)
    assert refused.reason is Reason.UNKNOWN_PAYOUT
    (withdrawn,) = await stage.act(move_payouts, moving(stage, payout, "withdraw", worker_id=payout.worker_id))
    assert withdrawn.state is PayoutState.WITHDRAWN


async def test_steps_of_one_batch_are_taken_in_their_order(stage: Stage):
    payout = await a_request(stage, tasks=2)
    steps = [
        moving(stage, payout, step, word) for step, word in (("approve", ""), ("mark_paid", "7"), ("decline", "x"))
    ]
    approved, paid, refused = await stage.act(move_payouts, *steps)
    assert (approved.state, paid.state) == (PayoutState.APPROVED, PayoutState.PAID)
    assert refused.reason is Reason.ALREADY_DECIDED
    assert (await stage.books()).findings == []


async def test_a_request_that_is_not_there_is_refused(stage: Stage):
    command = MovePayout(cell=stage.cell, request_id=999, step=PayoutStep.APPROVE)
    (refused,) = await stage.act(move_payouts, command)
    assert refused.reason is Reason.UNKNOWN_PAYOUT


async def test_each_step_that_changes_something_is_told(stage: Stage):
    payout = await a_request(stage)
    subject = f"payout:{payout.request_id}"
    for step, words in (("approve", ""), ("approve", ""), ("mark_paid", "SEPA 17"), ("decline", "late")):
        await stage.act(move_payouts, moving(stage, payout, step, words, actor=ANN))
    assert await told(stage) == [
        ("payout.approve", subject, {"state": "requested"}, {"state": "approved"}),
        (
            "payout.mark_paid",
            subject,
            {"state": "approved", "words": ""},
            {"state": "paid", "words": "SEPA 17"},
        ),
    ]
