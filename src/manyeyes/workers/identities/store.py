"""Whom the company's own sign-in signs in here: named queries → frozen values."""

from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read, read_one
from manyeyes.workers.store import Subject

SQL = Queries(__package__)


class Identity(msgspec.Struct, frozen=True):
    """Somebody as their company knows them: ``sub`` is their number at ``issuer`` (OpenID Connect Core, section 2)."""

    issuer: str
    sub: str
    name: str


class ConnectedIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """``by_claims``: they are here because of their groups, and only while those say so."""

    issuer: str
    sub: str
    role: str
    subject_id: int
    cell: int
    person_id: int
    name: str
    by_claims: bool
    created_at: datetime
    used_at: datetime | None

    @property
    def subject(self) -> Subject:
        """Return whom it signs in."""
        return Subject(self.role, self.subject_id, self.cell, self.person_id)


async def lock(tx: asyncpg.Connection, issuer: str, sub: str) -> ConnectedIdentity | None:
    """Return whom a company's sign-in signs in, held until the transaction ends; None for nobody."""
    return read_one(ConnectedIdentity, await tx.fetchrow(SQL.identity, issuer, sub))


async def hold(tx: asyncpg.Connection, issuer: str, sub: str) -> bool:
    """Tell whether a company's sign-in signs somebody in; nobody disconnects it until the transaction ends."""
    return await tx.fetchval(SQL.hold_identity, issuer, sub) is not None


async def identities_of(db: asyncpg.Connection, subject: Subject) -> list[ConnectedIdentity]:
    """Return what somebody is connected with, the oldest first."""
    whom = (subject.role, subject.subject_id, subject.person_id)
    return read(ConnectedIdentity, await db.fetch(SQL.identities_of, *whom))


async def insert(tx: asyncpg.Connection, identity: Identity, subject: Subject, *, by_claims: bool) -> bool:
    """Connect somebody; return whether nobody was."""
    whom = (subject.role, subject.subject_id, subject.cell, subject.person_id)
    row = (identity.issuer, identity.sub, *whom, identity.name, by_claims)
    return await tx.fetchval(SQL.insert_identity, *row) is not None


async def note_use(tx: asyncpg.Connection, identity: Identity) -> None:
    """Note that somebody signed in with it."""
    await tx.execute(SQL.use_identity, identity.issuer, identity.sub, identity.name)


async def delete(tx: asyncpg.Connection, issuer: str, sub: str, subject: Subject, *, by_claims: bool) -> str | None:
    """Disconnect somebody; return what the company called them, None when it was not theirs, or not of that kind.

    ``by_claims``: their right comes from it, and goes with it; else they connected it themselves.
    """
    whom = (subject.role, subject.subject_id, subject.person_id)
    name: str | None = await tx.fetchval(SQL.delete_identity, issuer, sub, *whom, by_claims)
    return name
