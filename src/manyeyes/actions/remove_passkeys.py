"""Forget passkeys, and sign out the browsers that they signed in."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.workers.passkeys import store as passkeys
from manyeyes.workers.passkeys.rules import session_mark
from manyeyes.workers.sign_outs.store import end_sessions_through, lock_credentials_of
from manyeyes.workers.store import Subject


class RemovePasskey(msgspec.Struct, frozen=True):
    """``credential_id``: of the one that goes; None: all of theirs do."""

    subject: Subject
    credential_id: bytes | None = None
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def remove_passkeys(tx: asyncpg.Connection, now: datetime, commands: Sequence[RemovePasskey]) -> list[int]:
    """Return how many passkeys of each person were there; somebody else's stay."""
    await passkeys.lock_all_of(tx, (c.subject for c in commands))
    await lock_credentials_of(tx, (c.subject for c in commands))
    gone, entries = [], []
    for command in commands:
        found = await passkeys.passkeys_of(tx, command.subject)
        going = [each for each in found if command.credential_id in (None, each.credential_id)]
        for each in going:
            await passkeys.delete(tx, each.credential_id, command.subject)
            await end_sessions_through(tx, session_mark(each.credential_id))
            what = (Deed.PASSKEY_REMOVE, command.subject.label)
            entries.append(change_of(command.actor, *what, {"name": each.name}, None))
        gone.append(len(going))
    await trail.record(tx, now, DIRECTORY, entries)
    return gone
