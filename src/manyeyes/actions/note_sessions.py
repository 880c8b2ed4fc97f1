"""Note from where browsers' sessions are used."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers.browser_sessions import note_session


class NoteSession(msgspec.Struct, frozen=True):
    secret_hash: bytes
    address: str
    cell: int = DIRECTORY


async def note_sessions(tx: asyncpg.Connection, now: datetime, commands: Sequence[NoteSession]) -> list[None]:
    """Note the addresses; of a session that was noted within the hour nothing changes."""
    for command in sorted(commands, key=lambda c: c.secret_hash):  # stable: of one session the first is noted
        await note_session(tx, command.secret_hash, command.address)
    return [None for _ in commands]
