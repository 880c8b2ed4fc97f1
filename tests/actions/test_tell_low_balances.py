"""tell_low_balances: once for each time that a balance went below what its account named."""

from datetime import timedelta
from typing import Any

from manyeyes.actions.add_notice_addresses import AddNoticeAddress, add_notice_addresses
from manyeyes.actions.change_notice_addresses import AddressChange, ChangeNoticeAddress, change_notice_addresses
from manyeyes.actions.set_low_balances import SetLowBalance, set_low_balances
from manyeyes.actions.tell_low_balances import TellLowBalances, tell_low_balances
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from support.action_stage import PRICE, Stage

URL = "https://receiver.example/low"


async def look(stage: Stage) -> tuple[int, list[dict[str, Any]]]:
    """Look once; return how many balances crossed, and what is to be told by now."""
    (crossed,) = await stage.act(tell_low_balances, TellLowBalances(stage.cell))
    return crossed, await stage.rows("delivery", "account_id, event, url, subject_id")


async def top_up(stage: Stage, account_id: int, micros: int) -> None:
    await stage.act(top_up_accounts, TopUp(stage.cell, stage.number(), account_id, micros))


async def test_it_is_told_once_and_again_only_after_it_was_above(stage: Stage):
    account_id = await stage.account(PRICE * 2)
    await stage.act(set_low_balances, SetLowBalance(stage.cell, account_id, PRICE + 1, URL))
    assert await look(stage) == (0, [])
    await stage.submit(account_id)
    event = {"account_id": account_id, "event": "balance.low", "url": URL, "subject_id": 0}
    assert await look(stage) == (1, [event])
    await stage.submit(account_id)
    assert await look(stage) == (0, [event])
    await top_up(stage, account_id, PRICE + 1)
    assert await look(stage) == (1, [event])
    await stage.submit(account_id)
    assert await look(stage) == (1, [event, event])


async def test_what_is_exactly_there_is_not_below(stage: Stage):
    account_id = await stage.account(500)
    await stage.act(set_low_balances, SetLowBalance(stage.cell, account_id, 500, URL))
    assert await look(stage) == (0, [])


async def test_without_an_address_only_the_pages_know(stage: Stage):
    account_id = await stage.account(1)
    await stage.act(set_low_balances, SetLowBalance(stage.cell, account_id, 500))
    assert await look(stage) == (1, [])
    (row,) = await stage.rows("account", "low_since")
    assert row["low_since"] == stage.now


async def test_another_amount_is_looked_at_anew_and_none_ends_it(stage: Stage):
    account_id = await stage.account(100)
    await stage.act(set_low_balances, SetLowBalance(stage.cell, account_id, 500, URL))
    await look(stage)
    await stage.act(set_low_balances, SetLowBalance(stage.cell, account_id, 500, URL))
    assert (await look(stage))[0] == 0
    await stage.act(set_low_balances, SetLowBalance(stage.cell, account_id, 400, URL))
    assert [(await look(stage))[0] for _ in range(2)] == [1, 0]
    await stage.act(set_low_balances, SetLowBalance(stage.cell, account_id, 0, URL))
    assert (await look(stage))[0] == 0


async def test_mail_tells_it_once_a_day_unless_it_did_not_go_out(stage: Stage):
    account_id = await stage.account(100)
    made = AddNoticeAddress(
        cell=stage.cell,
        account_id=account_id,
        address_id=1,
        address="ann@shop.example",
        notices=("balance.low",),
        language="en",
    )
    await stage.act(add_notice_addresses, made)
    confirming = ChangeNoticeAddress(cell=stage.cell, account_id=account_id, address_id=1, change=AddressChange.CONFIRM)
    await stage.act(change_notice_addresses, confirming)

    async def mailed(amount: int) -> int:
        await stage.act(set_low_balances, SetLowBalance(stage.cell, account_id, amount, URL))
        _, rows = await look(stage)
        told = [row["url"] for row in rows if row["event"] == "balance.low"]
        calls.append(told.count(URL))
        return len(told) - told.count(URL)

    calls = list[int]()
    assert [await mailed(amount) for amount in (500, 400, 300)] == [1, 2, 2], "one is put off, and needs no other"
    first, second = (row["next_at"] for row in await rows_of_mail(stage))
    assert second - first == timedelta(days=1), "who stays below is told a day after the last"
    stage.later(2 * 86_400)
    assert await mailed(400) == 3
    await stage.change("UPDATE delivery SET state = 2 WHERE cell = $1 AND url LIKE 'mailto:%'")
    assert await mailed(300) == 4
    assert await mailed(200) == 5
    assert calls == [1, 2, 3, 4, 5, 6], "call-backs come each time"


async def rows_of_mail(stage: Stage) -> list[Any]:
    return await stage.rows("delivery", "task_id, next_at", "url LIKE 'mailto:%' AND event = 'balance.low'")
