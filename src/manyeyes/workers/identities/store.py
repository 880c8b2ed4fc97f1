"""Whom the company's own sign-in signs in here: named queries → frozen values."""

from collections.abc import Iterable
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read
from manyeyes.workers.store import Subject

SQL = Queries(__package__)
IdentityKey = tuple[str, str]  # issuer and sub


class Identity(msgspec.Struct, frozen=True):
    """Somebody as their company knows them: ``sub`` is their number at ``issuer`` (OpenID Connect Core, section 2)."""

    issuer: str
    sub: str
    name: str

    @property
    def key(self) -> IdentityKey:
        """Return what it is known by."""
        return (self.issuer, self.sub)


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


async def lock_connecting(tx: asyncpg.Connection) -> None:
    """Let nobody else be connected or admitted until the transaction ends."""
    await tx.execute(SQL.lock_connecting)


async def lock(tx: asyncpg.Connection, keys: Iterable[IdentityKey]) -> dict[IdentityKey, ConnectedIdentity]:
    """Return whom sign-ins of companies sign in, held until the transaction ends."""
    found = read(ConnectedIdentity, await tx.fetch(SQL.lock_identities, *_columns(keys)))
    return {(each.issuer, each.sub): each for each in found}


async def hold(tx: asyncpg.Connection, keys: Iterable[IdentityKey]) -> set[IdentityKey]:
    """Return which sign-ins of companies sign somebody in; nobody disconnects them until the transaction ends."""
    issuers, subs = _columns(keys)
    rows = await tx.fetch(SQL.hold_identities, issuers, subs) if subs else ()
    return {(row["issuer"], row["sub"]) for row in rows}


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


def _columns(keys: Iterable[IdentityKey]) -> tuple[list[str], list[str]]:
    """Return the issuers and the subs, each pair once."""
    some = sorted(set(keys))
    return [issuer for issuer, _ in some], [sub for _, sub in some]
