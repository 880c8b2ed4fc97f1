"""set_low_balances: below what an account's people are told."""

from manyeyes.accounts import top_ups
from manyeyes.accounts.top_ups import LowBalance
from manyeyes.actions.set_low_balances import SetLowBalance, set_low_balances
from support.action_stage import Stage
from support.told_changes import ANN, told

URL = "https://receiver.example/low"


async def test_the_last_of_two_stands_and_both_are_told_of(stage: Stage):
    account_id = await stage.account()
    batch = [SetLowBalance(stage.cell, account_id, micros, URL, ANN) for micros in (5, 7, 7)]
    await stage.act(set_low_balances, *batch)
    assert await stage.read(top_ups.low_balance, stage.cell, account_id) == LowBalance(7, URL, None)
    subject, name = f"account:{account_id}", "balance.notice"
    assert await told(stage) == [
        (name, subject, {"low_micros": 0, "low_url": ""}, {"low_micros": 5, "low_url": "https://receiver.example"}),
        (name, subject, {"low_micros": 5}, {"low_micros": 7}),
    ]


async def test_an_account_that_is_not_there_has_none(stage: Stage):
    assert await stage.act(set_low_balances, SetLowBalance(stage.cell, 99_999, 5, URL, ANN)) == [None]
    assert await stage.read(top_ups.low_balance, stage.cell, 99_999) is None
    assert await told(stage) == []
