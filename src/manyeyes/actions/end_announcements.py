"""End announcements before their time: they are on nobody's screen any more, and who has read them is forgotten."""

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


class EndAnnouncement(msgspec.Struct, frozen=True):
    """``retried``: whoever asks may have ended it before, with a reply that was lost."""

    announcement_id: int
    cell: int = DIRECTORY
    retried: bool = False
    actor: Actor = BY_ITSELF


async def end_announcements(tx: asyncpg.Connection, now: datetime, commands: Sequence[EndAnnouncement]) -> list[bool]:
    """Return for each whether there was one to end; a command that is tried again counts as having ended it."""
    here = {each.announcement_id: each for each in await announcements.lock_announcements(tx)}
    outcomes, entries, gone = [], [], set()
    for c in commands:
        ended = here.pop(c.announcement_id, None)
        outcomes.append(ended is not None or c.retried)
        if ended is not None:
            gone.add(c.announcement_id)
            before = {"words": ended.words, "language": ended.language, "until": ended.until}
            subject = f"announcement:{c.announcement_id}"
            entries.append(change_of(c.actor, Deed.ANNOUNCEMENT_END, subject, before, None))
    await announcements.delete(tx, gone)
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
