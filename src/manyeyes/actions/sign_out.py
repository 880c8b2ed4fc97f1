"""Sign people out everywhere: their browsers' sessions, and links that were not used yet."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of, person
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.workers.sign_outs.store import NONE, end_links_of, end_sessions_of, lock_credentials_of
from manyeyes.workers.store import Subject


class SignOut(msgspec.Struct, frozen=True):
    """``kept``: hash of the session that goes on; empty: none does. ``links``: whether unused links end too."""

    subject: Subject
    kept: bytes = NONE
    links: bool = True
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def sign_out(tx: asyncpg.Connection, now: datetime, commands: Sequence[SignOut]) -> list[int]:
    """Return how many sessions of each person ended. Client keys and tokens belong to programs, and stay valid."""
    await lock_credentials_of(tx, (c.subject for c in commands))
    ended, entries = [], []
    for c in commands:
        sessions = await end_sessions_of(tx, c.subject, c.kept)
        links = await end_links_of(tx, c.subject) if c.links else 0
        ended.append(sessions)
        before, after = {"sessions": sessions, "links": links}, {"sessions": 0, "links": 0}
        whom = person(c.subject.role, c.subject.subject_id)
        entries.append(change_of(c.actor, Deed.SIGN_OUT_EVERYWHERE, whom, before, after))
    await trail.record(tx, now, commands[0].cell, entries)
    return ended
