"""Tell customers whose balance went below what they named: once, until it was above it again; by mail once a day.

Mail that comes too soon is put off, and looks anew when it goes out: whoever stays below is told, a day after the last.
"""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import top_ups
from manyeyes.accounts.top_ups import BALANCE_LOW
from manyeyes.actions.shared.event_serials import take_usable
from manyeyes.actions.shared.notice_mails import News, mail_news
from manyeyes.notices import store as notices
from manyeyes.notices.rules import A_DAY
from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.store import NewDelivery

LARGEST_SWEEP = 500


class TellLowBalances(msgspec.Struct, frozen=True):
    cell: int


async def tell_low_balances(tx: asyncpg.Connection, now: datetime, commands: Sequence[TellLowBalances]) -> list[int]:
    """Return how many balances crossed, in either direction, what their accounts named."""
    cell = commands[0].cell
    crossed = await top_ups.take_crossings(tx, now, cell, LARGEST_SWEEP)
    told = sorted((each for each in crossed if each.is_low and each.low_url), key=lambda each: each.account_id)
    serials = await take_usable(tx, cell, len(told))
    rows = [
        NewDelivery(task_id=serial, account_id=each.account_id, url=each.low_url, base_url="", event=BALANCE_LOW)
        for serial, each in zip(serials, told, strict=True)
    ]
    await webhooks.insert_deliveries(tx, now, cell, rows)
    low = sorted(each.account_id for each in crossed if each.is_low)
    mailed = await notices.low_mailed(tx, cell, low, now - A_DAY) if low else {}
    await mail_news(tx, now, cell, [News(each, BALANCE_LOW) for each in low if each not in mailed])
    # Whoever waits for one already needs no other; all the others of a batch wait until a day after the newest.
    early = {each: at for each, at in mailed.items() if at <= now}
    if early:
        await mail_news(tx, max(early.values()) + A_DAY, cell, [News(each, BALANCE_LOW) for each in sorted(early)])
    return [len(crossed) for _ in commands]
