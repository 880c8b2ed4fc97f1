"""Add addresses for notices, and ask each of them whether it wants any."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.actions.shared.event_serials import take_usable
from manyeyes.actions.shared.notice_mails import News, mail_delivery
from manyeyes.notices import store as notices
from manyeyes.notices.rules import CONFIRM, NoticeAddress, refused_new
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.webhooks import store as webhooks


class AddNoticeAddress(msgspec.Struct, frozen=True, kw_only=True):
    """``address_id`` is a serial taken beforehand: the same command sent twice is kept once."""

    cell: int
    account_id: int
    address_id: int
    address: str
    notices: tuple[str, ...]
    language: str
    actor: Actor = BY_ITSELF


async def add_notice_addresses(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[AddNoticeAddress]
) -> list[NoticeAddress | Refusal]:
    """Return each address as it is kept; nothing but the link to confirm it goes there until somebody follows that."""
    cell = commands[0].cell
    account_ids = sorted({c.account_id for c in commands})
    open_accounts = await accounts.lock_accounts(tx, cell, account_ids)  # so that two at once do not both find room
    known = await notices.lock_addresses(tx, now, cell, [(c.account_id, c.address_id) for c in commands])
    outcomes, fresh, entries = list[NoticeAddress | Refusal](), list[NoticeAddress](), list[TrailEntry | None]()
    for c in commands:
        before = known.get((c.account_id, c.address_id))
        theirs = [each for each in known.values() if each.account_id == c.account_id]
        if before:
            outcomes.append(before)
        elif c.account_id not in open_accounts:
            outcomes.append(Refusal(Reason.UNKNOWN_ACCOUNT, f"there is no account {c.account_id}"))
        elif refusal := refused_new(theirs, c.address, now):
            outcomes.append(refusal)
        else:
            made = known[c.account_id, c.address_id] = _made(c, now)
            outcomes.append(made)
            fresh.append(made)
            told = {"address": c.address, "notices": c.notices, "language": c.language}
            entries.append(change_of(c.actor, Deed.NOTICE_ADD, f"account:{c.account_id}", None, told))
    for each in fresh:
        await notices.insert_address(tx, cell, each)
    if fresh:
        serials = await take_usable(tx, cell, len(fresh))
        rows = [
            mail_delivery(serial, News(each.account_id, CONFIRM, each.address_id), each.address)
            for serial, each in zip(serials, fresh, strict=True)
        ]
        await webhooks.insert_deliveries(tx, now, cell, rows)
    await trail.record(tx, now, cell, entries)
    return outcomes


def _made(c: AddNoticeAddress, now: datetime) -> NoticeAddress:
    return NoticeAddress(
        account_id=c.account_id,
        address_id=c.address_id,
        address=c.address,
        notices=c.notices,
        language=c.language,
        created_at=now,
    )
