"""ask_payouts: what is payable is set aside for a request, once, and never more than there is."""

import msgspec

from manyeyes.actions.ask_payouts import ask_payouts
from manyeyes.ledger.rules import Book
from manyeyes.payouts.rules import PayoutState
from manyeyes.payouts.store import Payout
from manyeyes.values.refusals import Reason
from support.action_stage import PAY, Stage
from support.paid_people import asking, payable, someone_with_pay
from support.told_changes import ANN, told


async def test_what_is_asked_for_leaves_what_is_payable_at_once(stage: Stage):
    worker_id = await someone_with_pay(stage, tasks=3)
    (outcome,) = await stage.act(ask_payouts, asking(stage, worker_id, 2 * PAY))
    assert (outcome.amount_micros, outcome.state, outcome.shown) == (2 * PAY, PayoutState.REQUESTED, "…4321")
    assert await payable(stage, worker_id) == PAY
    (entry,) = await stage.rows("transfer", "cause_id, debit_book, credit_book, amount_micros", "kind = 16")
    assert tuple(entry.values()) == (outcome.payout_id, Book.PAYABLE, Book.REQUESTED, 2 * PAY)
    assert (await stage.books()).findings == []


async def test_the_same_key_again_is_the_same_request(stage: Stage):
    worker_id = await someone_with_pay(stage)
    first = asking(stage, worker_id, PAY)
    again = msgspec.structs.replace(first, payout_id=stage.number(), request_id=stage.number())
    (asked,) = await stage.act(ask_payouts, first)
    (known,) = await stage.act(ask_payouts, again)
    assert known == asked
    assert await payable(stage, worker_id) == 0
    assert len(await stage.rows("transfer", "cause_id", "kind = 16")) == 1


async def test_two_of_one_key_in_one_batch_ask_once(stage: Stage):
    worker_id = await someone_with_pay(stage, tasks=2)
    command = asking(stage, worker_id, PAY)
    outcomes = await stage.act(ask_payouts, command, command)
    assert outcomes[0] == outcomes[1]
    assert await payable(stage, worker_id) == PAY


async def test_more_than_is_payable_is_refused_and_leaves_nothing(stage: Stage):
    worker_id = await someone_with_pay(stage)
    before = await stage.everything()
    (outcome,) = await stage.act(ask_payouts, asking(stage, worker_id, PAY + 1))
    assert outcome.reason is Reason.PAYOUT_TOO_LARGE
    assert await stage.everything() == before


async def test_of_two_that_do_not_fit_together_the_first_is_taken(stage: Stage):
    worker_id = await someone_with_pay(stage)
    first, second = await stage.act(ask_payouts, *(asking(stage, worker_id, PAY) for _ in range(2)))
    assert isinstance(first, Payout)
    assert second.reason is Reason.PAYOUT_TOO_LARGE
    assert (await stage.books()).findings == []


async def test_who_has_no_wallet_is_refused(stage: Stage):
    (outcome,) = await stage.act(ask_payouts, asking(stage, 999, 1))
    assert outcome.reason is Reason.PAYOUT_TOO_LARGE


async def test_pay_that_is_pending_cannot_be_asked_for(stage: Stage):
    customer, worker_id = await stage.account(), await stage.worker()
    await stage.solve(customer, worker_id)
    (outcome,) = await stage.act(ask_payouts, asking(stage, worker_id, PAY))
    assert outcome.reason is Reason.PAYOUT_TOO_LARGE


async def test_a_request_is_told_once_and_not_where_it_goes(stage: Stage):
    worker_id = await someone_with_pay(stage)
    command = msgspec.structs.replace(asking(stage, worker_id, PAY), actor=ANN)
    for _ in range(2):
        await stage.act(ask_payouts, command)
    asked = {"worker_id": worker_id, "amount_micros": PAY, "to": "…4321"}
    assert await told(stage) == [("payout.ask", f"payout:{command.request_id}", None, asked)]
