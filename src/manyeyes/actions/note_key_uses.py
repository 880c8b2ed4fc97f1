"""Note when client keys were used last, in minutes."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import client_keys
from manyeyes.db.pool import DIRECTORY


class NoteKeyUses(msgspec.Struct, frozen=True):
    """What a process saw since it told of it last."""

    key_hashes: tuple[bytes, ...]
    cell: int = DIRECTORY


async def note_key_uses(tx: asyncpg.Connection, now: datetime, commands: Sequence[NoteKeyUses]) -> list[None]:
    """Write the uses down; one that another process wrote in this minute stands."""
    await client_keys.note_key_uses(tx, now, sorted({each for command in commands for each in command.key_hashes}))
    return [None for _ in commands]
