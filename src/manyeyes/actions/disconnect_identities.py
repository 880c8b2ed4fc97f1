"""Part people and their company's own sign-in."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.workers.identities import store as identities
from manyeyes.workers.identities.rules import session_mark
from manyeyes.workers.sign_outs.store import end_sessions_through, lock_credentials_of
from manyeyes.workers.store import Subject


class DisconnectIdentity(msgspec.Struct, frozen=True):
    subject: Subject
    issuer: str
    sub: str
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def disconnect_identities(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[DisconnectIdentity]
) -> list[bool]:
    """Return for each whether it was theirs to part from; the browsers that it signed in are signed out.

    Nobody parts by themselves from what their right comes from: what is left would be a right without it.
    """
    await identities.lock(tx, ((c.issuer, c.sub) for c in commands))
    await lock_credentials_of(tx, (c.subject for c in commands))
    parted, entries = [], []
    for command in commands:
        name = await identities.delete(tx, command.issuer, command.sub, command.subject, by_claims=False)
        if name is not None:
            await end_sessions_through(tx, session_mark(command.issuer, command.sub))
            gone = {"issuer": command.issuer, "sub": command.sub, "name": name}
            what = (Deed.IDENTITY_DISCONNECT, command.subject.label)
            entries.append(change_of(command.actor, *what, gone, None))
        parted.append(name is not None)
    await trail.record(tx, now, DIRECTORY, entries)
    return parted
