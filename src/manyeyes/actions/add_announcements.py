"""Tell workers something: it is on their screens until they have read it or it is over (docs/decisions/0084)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.workers.announcements import store as announcements
from manyeyes.workers.announcements.rules import MOST_OPEN, Announcement


class AddAnnouncement(msgspec.Struct, frozen=True, kw_only=True):
    """The number was taken for it alone; the words are as `read_announcement` gives them."""

    announcement_id: int
    words: str
    language: str = ""
    until: datetime | None = None
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def add_announcements(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddAnnouncement]) -> list[bool]:
    """Return for each whether it is announced; not where `MOST_OPEN` are already. What is over is forgotten here.

    A number that is known came before, with a command whose reply was lost. One whose end has come meanwhile is told to
    nobody, and leaves nothing.
    """
    # 1. Load: what is announced, locked.
    found = await announcements.lock_announcements(tx)
    over = {each.announcement_id for each in found if each.is_over(now)}
    known = {each.announcement_id for each in found} - over
    # 2. Decide.
    outcomes: list[bool] = []
    new: list[Announcement] = []
    entries = []
    for c in commands:
        one = Announcement(c.announcement_id, c.words, c.language, c.until, now)
        is_nothing_new = c.announcement_id in known or one.is_over(now)
        outcomes.append(is_nothing_new or len(known) < MOST_OPEN)
        if is_nothing_new or not outcomes[-1]:
            continue
        known.add(c.announcement_id)
        new.append(one)
        after = {"words": c.words, "language": c.language, "until": c.until}
        entries.append(change_of(c.actor, Deed.ANNOUNCEMENT_ADD, f"announcement:{c.announcement_id}", None, after))
    # 3. Save.
    await announcements.delete(tx, over)
    await announcements.insert(tx, new)
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
