"""Workers have read announcements: those are on their screens no more, wherever they sign in."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers.announcements import store as announcements


class DismissAnnouncement(msgspec.Struct, frozen=True):
    announcement_id: int
    worker_id: int
    cell: int = DIRECTORY


async def dismiss_announcements(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[DismissAnnouncement]
) -> list[None]:
    """Note who has read what; once is as often, and what has ended meanwhile leaves nothing."""
    await announcements.dismiss(tx, sorted({(c.announcement_id, c.worker_id) for c in commands}))
    return [None for _ in commands]
