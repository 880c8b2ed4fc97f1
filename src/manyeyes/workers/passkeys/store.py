"""Passkeys: what somebody's device proved that it has. Named queries → frozen values."""

from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read, read_one, values
from manyeyes.workers.rules import EVERY_PERSON
from manyeyes.workers.store import Subject

SQL = Queries(__package__)


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A credential of Web Authentication, Level 2 (W3C), section 4.

    ``credential_id``: what its device calls it; ``user_handle``: what that knows its person by; ``public_key``: COSE;
    ``sign_count``: how often it signed, 0 for ever where devices share it.
    """

    credential_id: bytes
    role: str
    subject_id: int
    cell: int
    person_id: int
    user_handle: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None

    @property
    def subject(self) -> Subject:
        """Return whom it signs in."""
        return Subject(self.role, self.subject_id, self.cell, self.person_id)


class NewPasskey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey that was just made, of whoever is signed in."""

    credential_id: bytes
    user_handle: bytes
    public_key: bytes
    sign_count: int
    name: str


async def insert(tx: asyncpg.Connection, subject: Subject, new: NewPasskey) -> bool:
    """Keep a passkey; return whether it was new."""
    whom = values(subject, "role", "subject_id", "cell", "person_id")
    row = (new.user_handle, new.public_key, new.sign_count, new.name)
    return await tx.fetchval(SQL.insert_passkey, new.credential_id, *whom, *row) is not None


async def passkey(db: asyncpg.Connection, credential_id: bytes) -> Passkey | None:
    """Return a passkey; None for one that was removed or never was."""
    return read_one(Passkey, await db.fetchrow(SQL.passkey, credential_id))


async def hold(tx: asyncpg.Connection, credential_id: bytes) -> bool:
    """Tell whether a passkey is there; nobody removes it until the transaction ends."""
    return await tx.fetchval(SQL.hold_passkey, credential_id) is not None


async def passkeys_of(db: asyncpg.Connection, subject: Subject) -> list[Passkey]:
    """Return somebody's passkeys, the oldest first; of every person of an account where all are meant."""
    person_id = None if subject.person_id == EVERY_PERSON else subject.person_id
    return read(Passkey, await db.fetch(SQL.passkeys_of, subject.role, subject.subject_id, person_id))


async def use(tx: asyncpg.Connection, credential_id: bytes, sign_count: int) -> Subject | None:
    """Note that a passkey was used; return whom it signs in, None when it is gone or its device counted back."""
    return read_one(Subject, await tx.fetchrow(SQL.use_passkey, credential_id, sign_count))


async def use_challenge(tx: asyncpg.Connection, challenge_hash: bytes, expires_at: datetime) -> bool:
    """Note that a challenge was answered; return whether that was the first time."""
    return await tx.fetchval(SQL.use_challenge, challenge_hash, expires_at) is not None


async def forget_used_challenges(tx: asyncpg.Connection) -> None:
    """Forget the challenges that could be answered no more."""
    await tx.execute(SQL.forget_used_challenges)


async def delete(tx: asyncpg.Connection, credential_id: bytes, subject: Subject) -> bool:
    """Forget a passkey of somebody's; return whether there was one."""
    return await tx.fetchval(SQL.delete_passkey, credential_id, subject.role, subject.subject_id) is not None
