"""Change which notices go to an address, confirm it, or end it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum

import asyncpg
import msgspec

from manyeyes.notices import store as notices
from manyeyes.notices.rules import NoticeAddress, can_confirm
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal

UNKNOWN = Refusal(Reason.UNKNOWN_ADDRESS, "the account has no such address for notices")


class AddressChange(Enum):
    """What becomes of an address; who reads there confirms and unsubscribes, its account chooses and removes."""

    CHOOSE = Deed.NOTICE_SET
    CONFIRM = Deed.NOTICE_CONFIRM
    REMOVE = Deed.NOTICE_REMOVE
    UNSUBSCRIBE = Deed.NOTICE_UNSUBSCRIBE


class ChangeNoticeAddress(msgspec.Struct, frozen=True, kw_only=True):
    """``notices``: what goes there from now on, of the change CHOOSE alone."""

    cell: int
    account_id: int
    address_id: int
    change: AddressChange
    notices: tuple[str, ...] = ()
    actor: Actor = BY_ITSELF


async def change_notice_addresses(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeNoticeAddress]
) -> list[NoticeAddress | Refusal]:
    """Return each address as it then is; what is so already stays so: a link may be followed twice."""
    cell = commands[0].cell
    known = await notices.lock_addresses(tx, now, cell, [(c.account_id, c.address_id) for c in commands])
    outcomes, entries = list[NoticeAddress | Refusal](), list[TrailEntry | None]()
    for c in commands:
        before = _meant(known, c)
        after = _changed(before, c, now) if before else UNKNOWN
        outcomes.append(after)
        if isinstance(after, NoticeAddress) and before != after:
            await notices.set_address(tx, cell, after)
            known[c.account_id, after.address_id] = after
            entries.append(change_of(c.actor, c.change.value, f"account:{c.account_id}", _told(before), _told(after)))
    await trail.record(tx, now, cell, entries)
    return outcomes


def _meant(known: Mapping[tuple[int, int], NoticeAddress], c: ChangeNoticeAddress) -> NoticeAddress | None:
    """Return which address a change is of; where one was given again, the link in an old mail means the present one."""
    found = known.get((c.account_id, c.address_id))
    if c.change is not AddressChange.UNSUBSCRIBE or found is None or found.ended_at is None:
        return found
    again = [
        each
        for (account_id, _), each in known.items()
        if account_id == c.account_id and each.address == found.address and each.ended_at is None
    ]
    return again[0] if again else found


def _changed(found: NoticeAddress, c: ChangeNoticeAddress, now: datetime) -> NoticeAddress | Refusal:
    replace = msgspec.structs.replace
    if c.change is AddressChange.UNSUBSCRIBE:
        return found if found.ended_at else replace(found, ended_at=now, unsubscribed=True)
    if found.ended_at:
        return UNKNOWN
    if c.change is AddressChange.REMOVE:
        return replace(found, ended_at=now)
    if c.change is AddressChange.CHOOSE:
        return replace(found, notices=c.notices)
    if found.confirmed_at:
        return found
    return replace(found, confirmed_at=now) if can_confirm(found, now) else UNKNOWN


def _told(found: NoticeAddress | None) -> dict[str, object] | None:
    if found is None:
        return None
    state = "unsubscribed" if found.unsubscribed else "removed" if found.ended_at else "confirmed"
    if state == "confirmed" and not found.confirmed_at:
        state = "asked"
    # The address stands on both sides of a change in other words, so that an entry says which one it is about.
    return {f"{found.address} state": state, f"{found.address} notices": found.notices}
