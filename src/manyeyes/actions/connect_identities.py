"""Connect people who are signed in with their company's own sign-in."""

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
from manyeyes.workers.identities.store import Identity
from manyeyes.workers.store import Subject


class ConnectIdentity(msgspec.Struct, frozen=True):
    subject: Subject
    identity: Identity
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def connect_identities(tx: asyncpg.Connection, now: datetime, commands: Sequence[ConnectIdentity]) -> list[bool]:
    """Return for each whether it signs them in now; one that signs somebody else in goes on doing that."""
    await identities.lock_connecting(tx)
    await identities.lock(tx, (c.identity.key for c in commands))
    connected, entries = [], []
    for command in commands:
        new = await identities.insert(tx, command.identity, command.subject, by_claims=False)
        if new:
            what = (Deed.IDENTITY_CONNECT, command.subject.label)
            entries.append(change_of(command.actor, *what, None, command.identity))
        found = (await identities.lock(tx, [command.identity.key])).get(command.identity.key)
        connected.append(found is not None and found.subject == command.subject)
    await trail.record(tx, now, DIRECTORY, entries)
    return connected
