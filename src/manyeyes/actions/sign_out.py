"""Sign people out everywhere: their browsers' sessions, and links that were not used yet."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers.browser_sessions import NONE, end_links_of, end_sessions_of
from manyeyes.workers.store import Subject


class SignOut(msgspec.Struct, frozen=True):
    """``kept``: hash of the session that goes on; empty: none does. ``links``: whether unused links end too.

    ``is_person``: of an account this person alone is signed out, else all of its people.
    """

    subject: Subject
    kept: bytes = NONE
    links: bool = True
    is_person: bool = False
    cell: int = DIRECTORY


async def sign_out(tx: asyncpg.Connection, now: datetime, commands: Sequence[SignOut]) -> list[int]:
    """Return how many sessions of each person ended. Client keys and tokens belong to programs, and stay valid."""
    ended = []
    for command in commands:
        ended.append(await end_sessions_of(tx, command.subject, command.kept, is_person=command.is_person))
        if command.links:
            await end_links_of(tx, command.subject, is_person=command.is_person)
    return ended
