"""change_notice_addresses: chosen, confirmed, ended; and what has ended stays so."""

from manyeyes.actions.add_notice_addresses import AddNoticeAddress, add_notice_addresses
from manyeyes.actions.change_notice_addresses import (
    UNKNOWN,
    AddressChange,
    ChangeNoticeAddress,
    change_notice_addresses,
)
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage


async def test_what_becomes_of_an_address(stage: Stage):
    account_id = await stage.account()
    made = AddNoticeAddress(
        cell=stage.cell,
        account_id=account_id,
        address_id=1,
        address="ann@shop.example",
        notices=("job.stuck",),
        language="en",
    )
    await stage.act(add_notice_addresses, made)

    def change(what: AddressChange, of: int = account_id) -> ChangeNoticeAddress:
        return ChangeNoticeAddress(cell=stage.cell, account_id=of, address_id=1, change=what, notices=("balance.low",))

    kinds = AddressChange
    commands = [change(each) for each in (kinds.CHOOSE, kinds.CONFIRM, kinds.CONFIRM, kinds.UNSUBSCRIBE)]
    commands += [change(each) for each in (kinds.UNSUBSCRIBE, kinds.CONFIRM, kinds.CHOOSE, kinds.REMOVE)]
    outcomes = await stage.act(change_notice_addresses, *commands, change(kinds.REMOVE, 99_999))
    told = [each if isinstance(each, Refusal) else (each.notices, each.may_get, each.unsubscribed) for each in outcomes]
    low = ("balance.low",)
    assert told[:5] == [(low, False, False), *[(low, True, False)] * 2, *[(low, False, True)] * 2]
    assert told[5:] == [UNKNOWN] * 4
    deeds = [
        row["deed"] for row in await stage.rows("trail_entry", "deed", "deed LIKE 'notice.%' AND deed <> 'notice.add'")
    ]
    assert sorted(deeds) == ["notice.confirm", "notice.set", "notice.unsubscribe"]
