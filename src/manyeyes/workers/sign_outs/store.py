"""Ending the sessions and links by which people are signed in: rows are locked in one order before any of them ends."""

from collections.abc import Iterable

import asyncpg

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read_one
from manyeyes.workers.browser_sessions import person_of
from manyeyes.workers.store import Subject, roles_of

SQL = Queries(__package__)
NONE = b""  # no session's hash


async def lock_credentials(tx: asyncpg.Connection, secret_hashes: Iterable[bytes]) -> None:
    """Lock sessions before any of them ends, all of a batch at once."""
    if hashes := sorted(set(secret_hashes)):
        await tx.execute(SQL.lock_credentials, hashes)


async def lock_credentials_of(tx: asyncpg.Connection, subjects: Iterable[Subject]) -> None:
    """Lock the sessions and links of these people, of every person of an account, before any of them ends."""
    roles, ids = roles_of(subjects)
    if ids:
        await tx.execute(SQL.lock_credentials_of, roles, ids)


async def end_credential(db: asyncpg.Connection, secret_hash: bytes, of: Subject | None = None) -> Subject | None:
    """End a browser's session, ``of`` this person alone when one is named; return whose it was, if any."""
    whom = (of.role, of.subject_id, person_of(of)) if of else (None, None, None)
    return read_one(Subject, await db.fetchrow(SQL.end_credential, secret_hash, *whom))


async def end_sessions_of(db: asyncpg.Connection, subject: Subject, kept: bytes = NONE) -> int:
    """End somebody's sessions but the ``kept`` one; return how many ended."""
    return len(await db.fetch(SQL.end_sessions_of, subject.role, subject.subject_id, kept, person_of(subject)))


async def end_links_of(db: asyncpg.Connection, subject: Subject) -> int:
    """End somebody's one-time links that were not used; return how many ended."""
    return len(await db.fetch(SQL.end_links_of, subject.role, subject.subject_id, person_of(subject)))


async def end_sessions_through(db: asyncpg.Connection, through: bytes) -> None:
    """End the sessions that a client key, given by its hash, began."""
    await db.execute(SQL.end_sessions_through, through)


async def delete_spent(db: asyncpg.Connection) -> None:
    """Delete links and sessions that are over since a day; the operator's links stay."""
    await db.execute(SQL.delete_spent)
