"""pay_out_shares: all that is owed, once, into what the owner may spend."""

from manyeyes.actions.pay_out_shares import PayOutShares, pay_out_shares
from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PRICE, Stage

APP, SHARE = 847, PRICE // 10


async def an_app_with_two_tasks(stage: Stage) -> tuple[int, list[int], int]:
    """Return the owner, the tasks that were solved through their app, and whose tasks they were."""
    owner, customer, worker_id = await stage.account(0), await stage.account(), await stage.worker()
    solved = [await stage.solve(customer, worker_id, soft_id=APP, share_percent=10) for _ in range(2)]
    await stage.go(worker_id)
    return owner, solved, customer


def paying(stage: Stage, owner, elsewhere=0, pay_out_id=0) -> PayOutShares:
    return PayOutShares(
        cell=stage.cell,
        pay_out_id=pay_out_id or stage.number(),
        soft_id=APP,
        account_id=owner,
        elsewhere_micros=elsewhere,
    )


async def test_all_that_is_owed_is_paid_and_then_nothing_more(stage: Stage):
    owner, *_ = await an_app_with_two_tasks(stage)
    assert await stage.act(pay_out_shares, paying(stage, owner)) == [2 * SHARE]
    assert await stage.act(pay_out_shares, paying(stage, owner)) == [0]
    assert await stage.available(owner) == 2 * SHARE
    entries = await stage.rows("transfer", "account_id, amount_micros", "kind = 13")
    assert [tuple(e.values()) for e in entries] == [(owner, 2 * SHARE)]
    assert (await stage.books()).findings == []


async def test_the_owner_can_spend_it(stage: Stage):
    owner, customer, worker_id = await stage.account(0), await stage.account(), await stage.worker()
    for _ in range(10):
        await stage.solve(customer, worker_id, soft_id=APP, share_percent=10)
    await stage.act(pay_out_shares, paying(stage, owner))
    (outcome,) = await stage.act(submit_tasks, stage.submitting(owner))
    assert isinstance(outcome, Submitted)
    assert await stage.available(owner) == 0


async def test_the_same_pay_out_sent_twice_is_booked_once_and_answered_alike(stage: Stage):
    owner, *_ = await an_app_with_two_tasks(stage)
    command = paying(stage, owner)
    assert await stage.act(pay_out_shares, command) == [2 * SHARE]
    assert await stage.act(pay_out_shares, command) == [2 * SHARE]
    assert await stage.available(owner) == 2 * SHARE


async def test_two_pay_outs_in_one_batch_pay_once(stage: Stage):
    owner, *_ = await an_app_with_two_tasks(stage)
    paid = await stage.act(pay_out_shares, paying(stage, owner), paying(stage, owner))
    assert paid == [2 * SHARE, 0]
    assert (await stage.books()).findings == []


async def test_what_is_taken_back_after_a_pay_out_is_owed_by_the_owner(stage: Stage):
    owner, (first, _), customer = await an_app_with_two_tasks(stage)
    await stage.complain(customer, first)
    await stage.act(pay_out_shares, paying(stage, owner))
    await stage.judge("confirm", "confirm")
    assert await stage.act(pay_out_shares, paying(stage, owner)) == [0]
    worker_id = await stage.worker()
    for _ in range(2):
        await stage.solve(customer, worker_id, soft_id=APP, share_percent=10)
    assert await stage.act(pay_out_shares, paying(stage, owner)) == [SHARE]
    assert (await stage.books()).findings == []


async def test_shares_of_other_cells_are_paid_by_the_owner_s_cell(stage: Stage):
    owner, *_ = await an_app_with_two_tasks(stage)
    assert await stage.act(pay_out_shares, paying(stage, owner, elsewhere=1_000)) == [2 * SHARE + 1_000]
    assert await stage.act(pay_out_shares, paying(stage, owner, elsewhere=1_000)) == [0]
    books = await stage.books()
    assert (books.difference_micros, books.findings) == (0, [])


async def test_an_account_that_is_not_there_is_refused(stage: Stage):
    (outcome,) = await stage.act(pay_out_shares, paying(stage, 999))
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.UNKNOWN_ACCOUNT
