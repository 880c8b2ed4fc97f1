"""Named queries of announcements and of who has read them → frozen values."""

from collections.abc import Iterable, Sequence

import asyncpg

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.workers.announcements.rules import Announcement

SQL = Queries(__package__)


async def announcements(db: asyncpg.Connection) -> list[Announcement]:
    """Return all announcements, those that are over too as long as they are kept, the oldest first."""
    return read(Announcement, await db.fetch(SQL.announcements))


async def lock_announcements(tx: asyncpg.Connection) -> list[Announcement]:
    """Return the same, locked."""
    return read(Announcement, await tx.fetch(SQL.lock_announcements))


async def insert(tx: asyncpg.Connection, new: Sequence[Announcement]) -> None:
    """Keep announcements whose numbers are new."""
    if new:
        found = columns(new, "announcement_id", "words", "language", "until", "created_at")
        await tx.execute(SQL.insert_announcements, *found)


async def delete(tx: asyncpg.Connection, announcement_ids: Iterable[int]) -> None:
    """Forget announcements, which are locked, and who has read them."""
    gone = sorted(announcement_ids)
    if gone:
        await tx.execute(SQL.delete_announcements, gone)
        await tx.execute(SQL.delete_dismissals, gone)


async def dismiss(tx: asyncpg.Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """Note who has read what: sorted (announcement, worker). What is known or gone changes nothing."""
    await tx.execute(SQL.dismiss, [number for number, _ in pairs], [worker_id for _, worker_id in pairs])


async def dismissed(db: asyncpg.Connection, worker_id: int, announcement_ids: Sequence[int]) -> set[int]:
    """Return which of these announcements somebody has read."""
    return {row["announcement_id"] for row in await db.fetch(SQL.dismissed, announcement_ids, worker_id)}
