"""add_notice_addresses: kept once, asked once whether it wants notices, and told in the trail."""

from manyeyes.actions.add_notice_addresses import AddNoticeAddress, add_notice_addresses
from manyeyes.notices import store as notices
from manyeyes.notices.rules import NoticeAddress
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage


async def test_an_address_is_kept_once_and_asked_once(stage: Stage):
    account_id = await stage.account()

    def adding(number: int, address: str = "ann@shop.example", of: int = account_id) -> AddNoticeAddress:
        return AddNoticeAddress(
            cell=stage.cell, account_id=of, address_id=number, address=address, notices=("job.stuck",), language="vi"
        )

    commands = [adding(1), adding(1), adding(2), adding(3, "bob@shop.example"), adding(4, of=99_999)]
    outcomes = await stage.act(add_notice_addresses, *commands)
    said = [str(each.reason) if isinstance(each, Refusal) else each.address_id for each in outcomes]
    assert said == [1, 1, "address_there", 3, "unknown_account"]
    kept = await stage.read(notices.addresses, stage.cell, account_id)
    assert [(each.address_id, each.may_get) for each in kept] == [(3, False), (1, False)]
    asked = await stage.rows("delivery", "url, event, subject_id")
    assert sorted(tuple(row.values()) for row in asked) == [
        ("mailto:ann@shop.example", "notice.confirm", 1),
        ("mailto:bob@shop.example", "notice.confirm", 3),
    ]
    assert isinstance(outcomes[0], NoticeAddress)
