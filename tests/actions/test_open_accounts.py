"""open_accounts: an account with its terms and an empty balance."""

from manyeyes.actions.open_accounts import OpenAccount, open_accounts
from support.action_stage import Stage


async def test_an_account_opens_empty(stage: Stage):
    account_id = stage.number()
    assert await stage.act(open_accounts, OpenAccount(stage.cell, account_id, "Ada")) == [account_id]
    (account,) = await stage.rows("account")
    assert (account["name"], account["weight"], account["max_bid_micros"], account["suspended"]) == ("Ada", 1, 0, False)
    assert account["created_at"] == stage.now
    assert await stage.available(account_id) == 0


async def test_a_batch_opens_several(stage: Stage):
    ids = [stage.number() for _ in range(3)]
    assert await stage.act(open_accounts, *[OpenAccount(stage.cell, i, f"customer {i}") for i in ids]) == ids
    assert [row["account_id"] for row in await stage.rows("balance", "account_id")] == ids


async def test_a_retried_opening_changes_nothing(stage: Stage):
    """The id was taken for this account alone, so an account that exists is the one whose reply was lost."""
    account_id = await stage.account(500)
    before = await stage.everything()
    command = OpenAccount(stage.cell, account_id, f"customer {account_id}")
    assert await stage.act(open_accounts, command) == [account_id]
    assert await stage.everything() == before
