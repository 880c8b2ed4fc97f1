"""Where people are signed in: sessions of browsers, looked up and listed."""

from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read, read_one
from manyeyes.workers.rules import EVERY_PERSON, NOTED_SECONDS
from manyeyes.workers.store import SQL, Subject

MOST_LISTED = 200


class BrowserSession(msgspec.Struct, frozen=True, kw_only=True):
    """``through``: hash of the client key or token that began it, or the mark of the passkey or the company's sign-in,
    None for a link; ``seen_at``: to the hour.

    ``address`` is empty and ``seen_at`` None for a session that began before they were kept. ``begun_by``: passkey or
    company; empty: a link, or what ``through`` says. ``factors``: how many proofs that was.
    """

    secret_hash: bytes
    role: str
    subject_id: int
    cell: int
    person_id: int
    through: bytes | None
    created_at: datetime
    address: str
    seen_at: datetime | None
    begun_by: str
    factors: int

    @property
    def opened_with(self) -> bytes | None:
        """Return the hash of the client key or token that began it; None for what has no secret that could end."""
        return None if self.begun_by else self.through

    @property
    def subject(self) -> Subject:
        """Return who is signed in."""
        return Subject(self.role, self.subject_id, self.cell, self.person_id)


async def browser_session(db: asyncpg.Connection, secret_hash: bytes) -> BrowserSession | None:
    """Return the session of a cookie, given by its hash; None for one that ended or never was."""
    return read_one(BrowserSession, await db.fetchrow(SQL.browser_session, secret_hash))


async def browser_sessions(db: asyncpg.Connection, subject: Subject) -> list[BrowserSession]:
    """Return where somebody is signed in, the session that was used last first; at most `MOST_LISTED`."""
    rows = await db.fetch(SQL.browser_sessions, subject.role, subject.subject_id, MOST_LISTED, person_of(subject))
    return read(BrowserSession, rows)


async def note_session(db: asyncpg.Connection, secret_hash: bytes, address: str) -> None:
    """Note from where a session is used, unless that was noted within the hour."""
    await db.execute(SQL.note_session, secret_hash, address, NOTED_SECONDS)


async def spent_link(db: asyncpg.Connection, secret_hash: bytes) -> Subject | None:
    """Return whom a spent link had signed in; None when it is unknown, unused or long gone."""
    return read_one(Subject, await db.fetchrow(SQL.spent_link, secret_hash))


def person_of(subject: Subject) -> int | None:
    """Return which of an account's people is meant; None: all of them."""
    return None if subject.person_id == EVERY_PERSON else subject.person_id
