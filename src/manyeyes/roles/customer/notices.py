"""Where an account's notices go by e-mail, alike for the pages, /v1 and the command line."""

from collections.abc import Sequence

import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.actions.add_notice_addresses import AddNoticeAddress, add_notice_addresses
from manyeyes.actions.change_notice_addresses import (
    UNKNOWN,
    AddressChange,
    ChangeNoticeAddress,
    change_notice_addresses,
)
from manyeyes.notices import store
from manyeyes.notices.rules import MAILTO, NOTICE_LANGUAGES, NoticeAddress, read_kinds
from manyeyes.notices.store import LastMail
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor
from manyeyes.values.mail_address import read_mail_address
from manyeyes.values.refusals import MemberFault, Reason, Refusal
from manyeyes.values.signed_links import NoticeId

NO_MAIL = Refusal(Reason.NO_MAIL, "the operator has set no mail server (MANYEYES_SMTP_URL)")
LARGEST_ID = 2**63 - 1


class ListedAddress(msgspec.Struct, frozen=True):
    """An address with what became of the newest mail to it; None: there was none in thirty days."""

    found: NoticeAddress
    last: LastMail | None


async def addresses_of(context: Context, owner: Owner) -> list[ListedAddress]:
    """Return an account's addresses, the newest first; of those that ended the unsubscribed alone."""
    async with context.cells.pool(owner.cell).acquire() as db:
        found = await store.addresses(db, owner.cell, owner.account_id)
        shown = [each for each in found if each.ended_at is None or each.unsubscribed]
        mails = await store.last_mails(db, owner.cell, owner.account_id, [MAILTO + each.address for each in shown])
    return [ListedAddress(each, mails.get(MAILTO + each.address)) for each in shown]


async def add_address(
    context: Context, owner: Owner, given: tuple[str, Sequence[str], str], actor: Actor
) -> NoticeAddress | Refusal:
    """Add an address, ``given`` as address, kinds of notices and language; a link to confirm it goes there."""
    if context.mail_door.server is None:
        return NO_MAIL
    typed, names, language = given
    faults, address, kinds = list[MemberFault](), "", tuple[str, ...]()
    try:
        address = read_mail_address(typed)
    except ValueError as error:
        faults.append(MemberFault(str(error), "/address"))
    try:
        kinds = read_kinds(names)
    except ValueError as error:
        faults.append(MemberFault(str(error), "/notices"))
    if language not in NOTICE_LANGUAGES:
        said = f"language is one of {', '.join(NOTICE_LANGUAGES)}"
        faults.append(MemberFault(said, "/language"))
    if faults:
        return Refusal(Reason.UNREADABLE, faults[0].detail, tuple(faults))
    command = AddNoticeAddress(
        cell=owner.cell,
        account_id=owner.account_id,
        address_id=await context.id_blocks.take(owner.cell),
        address=address,
        notices=kinds,
        language=language,
        actor=actor,
    )
    return await context.batcher.ask(add_notice_addresses, command)


async def choose_notices(
    context: Context, owner: Owner, address_id: int, names: Sequence[str], actor: Actor
) -> NoticeAddress | Refusal:
    """Choose which notices go to an address."""
    try:
        kinds = read_kinds(names)
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error), (MemberFault(str(error), "/notices"),))
    notice = NoticeId(owner.cell, owner.account_id, address_id)
    return await change_address(context, notice, AddressChange.CHOOSE, actor, kinds)


async def change_address(
    context: Context, notice: NoticeId, change: AddressChange, actor: Actor, notices: tuple[str, ...] = ()
) -> NoticeAddress | Refusal:
    """Change an address of an account; unknown for one that it has not, or that has ended."""
    if not 0 < notice.address_id <= LARGEST_ID or notice.cell not in context.cells.numbers:
        return UNKNOWN
    command = ChangeNoticeAddress(
        cell=notice.cell,
        account_id=notice.account_id,
        address_id=notice.address_id,
        change=change,
        notices=notices,
        actor=actor,
    )
    return await context.batcher.ask(change_notice_addresses, command)
