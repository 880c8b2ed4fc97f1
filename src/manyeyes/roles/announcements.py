"""What workers are told by the operator and have not read, alike for every edge (docs/decisions/0084)."""

from datetime import UTC, datetime

from manyeyes.actions.dismiss_announcements import DismissAnnouncement, dismiss_announcements
from manyeyes.runtime.context import Context
from manyeyes.workers.announcements import store
from manyeyes.workers.announcements.rules import Announcement, told_to
from manyeyes.workers.store import Worker


async def unread_announcements(context: Context, worker: Worker) -> list[Announcement]:
    """Return what a worker is told and has not read, the oldest first.

    While nothing is announced to them that costs no statement of theirs.
    """
    told = told_to(await context.lookups.announcements(), worker.languages, datetime.now(UTC))
    if not told:
        return []
    async with context.cells.directory.acquire() as db:
        read = await store.dismissed(db, worker.worker_id, [each.announcement_id for each in told])
    return [each for each in told if each.announcement_id not in read]


async def dismiss_announcement(context: Context, worker: Worker, announcement_id: int) -> None:
    """Note that a worker has read an announcement; what is over or never was changes nothing."""
    await context.batcher.ask(dismiss_announcements, DismissAnnouncement(announcement_id, worker.worker_id))
