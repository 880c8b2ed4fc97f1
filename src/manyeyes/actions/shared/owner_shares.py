"""The share of a soft app's owner: given with the charge of a task, taken back with its refund."""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg

from manyeyes.dispatch.store import Work
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.rules import AppDay, merged
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import Ending


def app_days(ended: Sequence[tuple[Work, Ending]], day: date) -> list[AppDay]:
    """Return what ended tasks add to the days of their apps; tasks of no known app add nothing."""
    return merged(
        AppDay(
            soft_id=work.soft_id,
            day=day,
            account_id=work.account_id,
            solved=ending is Ending.SOLVED,
            unsolvable=ending.charged and ending is not Ending.SOLVED,
            released=not ending.charged,
            share_micros=work.share_micros if ending.charged else 0,
        )
        for work, ending in ended
        if work.share_micros is not None
    )


async def take_back_shares(tx: asyncpg.Connection, now: datetime, cell: int, task_ids: Sequence[int]) -> int:
    """Take back what the owners of apps got of tasks that are refunded now; return the micros.

    To be called in the refund's transaction, once per task, with the tasks that came through an app (``soft_id`` not
    0). It counts on the day of the task's end, as the refund counts in the window that the task was charged in.
    """
    if not task_ids:
        return 0
    shares = await tasks.shares(tx, cell, task_ids)
    taken_back = [posting(TransferKind.UNSHARE, s.task_id, s.soft_id, s.share_micros) for s in shares]
    await ledger.insert_transfers(tx, now, cell, taken_back)
    days = [
        AppDay(soft_id=s.soft_id, day=s.ended_at.date(), account_id=s.account_id, taken_back_micros=s.share_micros)
        for s in shares
    ]
    await soft_apps.add_days(tx, cell, merged(days))
    return sum(s.share_micros for s in shares)
