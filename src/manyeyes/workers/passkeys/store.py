"""Passkeys: what somebody's device proved that it has. Named queries → frozen values."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read, read_one, values
from manyeyes.values.challenges import Challenge
from manyeyes.workers.rules import EVERY_PERSON
from manyeyes.workers.store import Subject, roles_of

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


async def insert(tx: asyncpg.Connection, subject: Subject, new: NewPasskey) -> None:
    """Keep a passkey, which is new; nobody else makes one meanwhile."""
    whom = values(subject, "role", "subject_id", "cell", "person_id")
    row = (new.user_handle, new.public_key, new.sign_count, new.name)
    await tx.execute(SQL.insert_passkey, new.credential_id, *whom, *row)


async def passkey(db: asyncpg.Connection, credential_id: bytes) -> Passkey | None:
    """Return a passkey; None for one that was removed or never was."""
    return read_one(Passkey, await db.fetchrow(SQL.passkey, credential_id))


async def hold(tx: asyncpg.Connection, credential_ids: Iterable[bytes]) -> set[bytes]:
    """Return which of the passkeys are there; nobody removes them until the transaction ends."""
    ids = sorted(set(credential_ids))
    return {row["credential_id"] for row in await tx.fetch(SQL.hold_passkeys, ids)} if ids else set()


async def lock(tx: asyncpg.Connection, credential_ids: Iterable[bytes]) -> None:
    """Lock passkeys that are to be used, all of a batch at once."""
    await tx.execute(SQL.lock_passkeys, sorted(set(credential_ids)))


async def lock_all_of(tx: asyncpg.Connection, subjects: Iterable[Subject]) -> None:
    """Lock the passkeys of these people, of every person of an account, before any is removed."""
    await tx.execute(SQL.lock_passkeys_of, *roles_of(subjects))


async def lock_making(tx: asyncpg.Connection) -> None:
    """Let nobody else make a passkey until the transaction ends: there may be too many of one person."""
    await tx.execute(SQL.lock_making)


async def passkeys_of(db: asyncpg.Connection, subject: Subject) -> list[Passkey]:
    """Return somebody's passkeys, the oldest first; of every person of an account where all are meant."""
    person_id = None if subject.person_id == EVERY_PERSON else subject.person_id
    return read(Passkey, await db.fetch(SQL.passkeys_of, subject.role, subject.subject_id, person_id))


async def use(tx: asyncpg.Connection, credential_id: bytes, sign_count: int) -> Subject | None:
    """Note that a passkey was used; return whom it signs in, None when it is gone or its device counted back."""
    return read_one(Subject, await tx.fetchrow(SQL.use_passkey, credential_id, sign_count))


async def use_challenges(tx: asyncpg.Connection, challenges: Sequence[Challenge]) -> set[bytes]:
    """Note that challenges were answered; return the hashes of those that were for the first time."""
    ends = {each.answer_hash: each.expires_at for each in reversed(challenges)}  # the first of each
    rows = await tx.fetch(SQL.use_challenges, list(ends), list(ends.values()))
    return {row["challenge_hash"] for row in rows}


async def forget_used_challenges(tx: asyncpg.Connection) -> None:
    """Forget the challenges that could be answered no more."""
    await tx.execute(SQL.forget_used_challenges)


async def delete(tx: asyncpg.Connection, credential_id: bytes, subject: Subject) -> bool:
    """Forget a passkey of somebody's; return whether there was one."""
    return await tx.fetchval(SQL.delete_passkey, credential_id, subject.role, subject.subject_id) is not None
