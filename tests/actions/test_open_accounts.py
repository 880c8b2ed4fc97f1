"""open_accounts: an account with its terms and an empty balance."""

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import AccountPlace, KeyOwner
from manyeyes.actions.open_accounts import Beginning, OpenAccount, open_accounts
from manyeyes.ledger.rules import TransferKind
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
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


def beginning(n: int, amount_micros: int = 0) -> Beginning:
    key, link = b"key %d" % n, b"link %d" % n
    return Beginning(
        key_hash=key, link_hash=link, networks=("203.0.113.0/24",), top_up_id=n, amount_micros=amount_micros
    )


async def test_an_account_begins_with_key_link_and_money(stage: Stage):
    one, two = stage.number(), stage.number()
    batch = [
        OpenAccount(stage.cell, one, "Ada", beginning(71, 2_500_000)),
        OpenAccount(stage.cell, two, "Ben", beginning(72)),
    ]
    assert await stage.act(open_accounts, *batch) == [one, two]
    assert [await stage.available(account_id) for account_id in (one, two)] == [2_500_000, 0]
    [transfer] = await stage.rows("transfer", "kind, cause_id, credit_id, amount_micros")
    assert tuple(transfer.values()) == (TransferKind.TOP_UP, 71, one, 2_500_000)
    assert await stage.read(accounts.names_of, [two, one, 0]) == {one: "Ada", two: "Ben"}
    assert await stage.read(accounts.place_of, two) == AccountPlace(two, "Ben", stage.cell)
    assert await stage.read(accounts.place_of, 0) is None
    assert await stage.read(accounts.key_owner, b"key 71") == KeyOwner(stage.cell, one, ("203.0.113.0/24",))
    assert await stage.read(workers.credential, b"link 72", ["link"]) == Subject("customer", two, stage.cell)
    assert (await stage.books()).difference_micros == 0


async def test_one_whose_reply_was_lost_begins_once(stage: Stage):
    command = OpenAccount(stage.cell, stage.number(), "Ada", beginning(71, 500))
    await stage.act(open_accounts, command, command)
    before = await stage.everything()
    assert await stage.act(open_accounts, command) == [command.account_id]
    assert await stage.everything() == before
    assert await stage.available(command.account_id) == 500
