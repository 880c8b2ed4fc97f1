"""What the operator tells workers, alike for the command line and the pages (docs/decisions/0084)."""

from datetime import UTC, datetime

from manyeyes.actions.add_announcements import AddAnnouncement, add_announcements
from manyeyes.actions.end_announcements import EndAnnouncement, end_announcements
from manyeyes.roles.house.faults import FieldFault
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor
from manyeyes.workers.announcements import store
from manyeyes.workers.announcements.rules import MOST_OPEN, Announcement


async def open_announcements(context: Context) -> list[Announcement]:
    """Return what is announced and not over, the newest first."""
    async with context.cells.directory.acquire() as db:
        found = await store.announcements(db)
    now = datetime.now(UTC)
    return [each for each in reversed(found) if not each.is_over(now)]


async def announce(
    context: Context, words: str, language: str, until: datetime | None, actor: Actor
) -> int | FieldFault:
    """Tell workers something, as `read_announcement` gives it; return the announcement's number."""
    if until is not None and until <= datetime.now(UTC):
        return FieldFault("until", "the end must be in the future")
    number = await context.id_blocks.take_number("announcement")
    command = AddAnnouncement(announcement_id=number, words=words, language=language, until=until, actor=actor)
    if not await context.batcher.ask(add_announcements, command):
        return FieldFault("words", "there are %(most)s announcements already: end one first", {"most": MOST_OPEN})
    await context.notifier.tell_changed()
    return number


async def end_announcement(context: Context, announcement_id: int, actor: Actor) -> bool:
    """End an announcement; return whether there was one."""
    is_done = await context.batcher.ask(end_announcements, EndAnnouncement(announcement_id, actor=actor))
    await context.notifier.tell_changed()
    return is_done
