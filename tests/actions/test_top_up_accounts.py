"""top_up_accounts: money comes in once, however often it is sent."""

from manyeyes.actions.open_accounts import OpenAccount, open_accounts
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.ledger.rules import Book, TransferKind
from manyeyes.values.refusals import Reason
from support.action_stage import Stage


async def test_a_top_up_is_one_transfer_and_a_higher_balance(stage: Stage):
    account_id = await stage.account(0)
    top_up = TopUp(stage.cell, stage.number(), account_id, 2_500_000)
    assert await stage.act(top_up_accounts, top_up) == [2_500_000]
    (transfer,) = await stage.rows("transfer")
    assert (transfer["kind"], transfer["cause_id"], transfer["amount_micros"]) == (
        TransferKind.TOP_UP,
        top_up.top_up_id,
        2_500_000,
    )
    assert (transfer["debit_book"], transfer["debit_id"]) == (Book.CASH, 0)
    assert (transfer["credit_book"], transfer["credit_id"]) == (Book.AVAILABLE, account_id)
    assert await stage.available(account_id) == 2_500_000


async def test_the_same_top_up_sent_again_is_booked_once(stage: Stage):
    account_id = await stage.account(0)
    top_up = TopUp(stage.cell, stage.number(), account_id, 7)
    assert await stage.act(top_up_accounts, top_up) == [7]
    before = await stage.everything()
    assert await stage.act(top_up_accounts, top_up) == [7]
    assert await stage.everything() == before


async def test_the_same_top_up_twice_in_one_batch_is_booked_once(stage: Stage):
    account_id = await stage.account(0)
    top_up = TopUp(stage.cell, stage.number(), account_id, 7)
    assert await stage.act(top_up_accounts, top_up, top_up) == [7, 7]
    assert len(await stage.rows("transfer")) == 1


async def test_a_batch_of_several_accounts(stage: Stage):
    one, two = await stage.account(0), await stage.account(100)
    batch = [TopUp(stage.cell, stage.number(), a, micros) for a, micros in ((two, 5), (one, 1), (two, 6))]
    stranger = TopUp(stage.cell, stage.number(), 99_999, 1_000)
    outcomes = await stage.act(top_up_accounts, *batch, stranger)
    assert outcomes[:3] == [111, 1, 111]
    assert outcomes[3].reason is Reason.UNKNOWN_ACCOUNT
    assert (await stage.available(one), await stage.available(two)) == (1, 111)
    assert (await stage.books()).difference_micros == 0


async def test_an_unknown_account_leaves_nothing(stage: Stage):
    await stage.act(open_accounts, OpenAccount(stage.cell, stage.number(), "somebody"))
    before = await stage.everything()
    await stage.act(top_up_accounts, TopUp(stage.cell, stage.number(), 99_999, 1_000))
    assert await stage.everything() == before
