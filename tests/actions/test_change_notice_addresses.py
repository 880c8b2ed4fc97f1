"""change_notice_addresses: chosen, confirmed, ended; and what has ended stays so."""

from manyeyes.actions.add_notice_addresses import AddNoticeAddress, add_notice_addresses
from manyeyes.actions.change_notice_addresses import (
    UNKNOWN,
    AddressChange,
    ChangeNoticeAddress,
    change_notice_addresses,
)
from manyeyes.actions.sweep_deliveries import SweepDeliveries, sweep_deliveries
from manyeyes.notices import store as notices
from manyeyes.values.refusals import Refusal
from manyeyes.webhooks.rules import KEPT_DAYS
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


async def test_the_link_in_an_old_mail_ends_an_address_that_was_given_again(stage: Stage):
    account_id = await stage.account()

    def given(number: int) -> AddNoticeAddress:
        return AddNoticeAddress(
            cell=stage.cell,
            account_id=account_id,
            address_id=number,
            address="ann@shop.example",
            notices=("balance.low",),
            language="en",
        )

    def change(number: int, what: AddressChange) -> ChangeNoticeAddress:
        return ChangeNoticeAddress(cell=stage.cell, account_id=account_id, address_id=number, change=what)

    await stage.act(add_notice_addresses, given(1))
    await stage.act(change_notice_addresses, change(1, AddressChange.REMOVE))
    await stage.act(add_notice_addresses, given(2))
    await stage.act(change_notice_addresses, change(2, AddressChange.CONFIRM))
    (ended,) = await stage.act(change_notice_addresses, change(1, AddressChange.UNSUBSCRIBE))
    assert not isinstance(ended, Refusal)
    assert (ended.address_id, ended.may_get, ended.unsubscribed) == (2, False, True)


async def test_what_has_ended_holds_nobody_up_and_is_swept(stage: Stage):
    account_id = await stage.account()

    def adding(number: int) -> AddNoticeAddress:
        return AddNoticeAddress(
            cell=stage.cell,
            account_id=account_id,
            address_id=number,
            address=f"a{number}@shop.example",
            notices=("job.stuck",),
            language="en",
        )

    async def locked(named: int) -> list[int]:
        async with stage.transaction() as tx:
            found = await notices.lock_addresses(tx, stage.now, stage.cell, [(account_id, named)])
        return [number for _, number in found]

    async def kept() -> list[int]:
        return [each.address_id for each in await stage.read(notices.addresses, stage.cell, account_id)]

    await stage.act(add_notice_addresses, adding(1), adding(2), adding(3))
    ends = [
        ChangeNoticeAddress(cell=stage.cell, account_id=account_id, address_id=n, change=AddressChange.REMOVE)
        for n in (1, 2)
    ]
    await stage.act(change_notice_addresses, *ends)
    assert await locked(9) == [1, 2, 3], "of the last day"
    stage.later(86_400)
    assert await locked(1) == [1, 3]
    (again,) = await stage.act(add_notice_addresses, adding(2))
    assert not isinstance(again, Refusal)
    assert again.ended_at is not None
    stage.later((KEPT_DAYS - 1) * 86_400)
    await stage.act(sweep_deliveries, SweepDeliveries(stage.cell))
    assert await kept() == [3, 2, 1]
    stage.later(1)
    await stage.act(sweep_deliveries, SweepDeliveries(stage.cell))
    assert await kept() == [3]
