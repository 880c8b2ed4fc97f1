"""Forget passkeys, and sign out the browsers that they signed in."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers import store as workers
from manyeyes.workers.passkeys import store as passkeys
from manyeyes.workers.passkeys.rules import session_mark
from manyeyes.workers.store import Subject


class RemovePasskey(msgspec.Struct, frozen=True):
    """``credential_id``: of the one that goes; None: all of theirs do."""

    subject: Subject
    credential_id: bytes | None = None
    cell: int = DIRECTORY


async def remove_passkeys(tx: asyncpg.Connection, now: datetime, commands: Sequence[RemovePasskey]) -> list[int]:
    """Return how many passkeys of each person were there; somebody else's stay."""
    gone = []
    for command in commands:
        found = await passkeys.passkeys_of(tx, command.subject)
        going = [each.credential_id for each in found if command.credential_id in (None, each.credential_id)]
        for credential_id in going:
            await passkeys.delete(tx, credential_id, command.subject)
            await workers.end_sessions_through(tx, session_mark(credential_id))
        gone.append(len(going))
    return gone
