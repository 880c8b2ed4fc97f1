"""Notices by e-mail, written once for every action that has news: a delivery for each address that wants it."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.event_serials import take_usable
from manyeyes.notices import store as notices
from manyeyes.notices.rules import MAILTO
from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.store import NewDelivery


class News(msgspec.Struct, frozen=True):
    """What an account may want to know: a kind of notice, and the job, request or task that it is about (0: none)."""

    account_id: int
    kind: str
    subject_id: int = 0


async def mail_news(tx: asyncpg.Connection, now: datetime, cell: int, news: Sequence[News]) -> None:
    """Have news mailed to whoever confirmed that they want them; with the news, or not at all."""
    if not news:
        return
    wanted = await notices.wanting(tx, cell, [(each.account_id, each.kind) for each in news])
    if not wanted:
        return
    serials = await take_usable(tx, cell, len(wanted))
    rows = [
        mail_delivery(serial, news[place], address) for serial, (place, address) in zip(serials, wanted, strict=True)
    ]
    await webhooks.insert_deliveries(tx, now, cell, rows)


def mail_delivery(serial: int, news: News, address: str) -> NewDelivery:
    """Return the delivery of news to one address, under a serial of its own."""
    return NewDelivery(
        task_id=serial,
        account_id=news.account_id,
        url=f"{MAILTO}{address}",
        base_url="",
        event=news.kind,
        subject_id=news.subject_id,
    )
