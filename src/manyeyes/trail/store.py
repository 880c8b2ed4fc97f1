"""Named queries of the audit trail → frozen values."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read, read_one, values
from manyeyes.trail.heads import SignedHead
from manyeyes.trail.rules import ChainedEntry, ChainEnd, TrailEntry, written
from manyeyes.values.actor import Actor

SQL = Queries(__package__)
PAGE = 1_000  # entries at a time: memory stays flat, however long a chain is


async def record(tx: asyncpg.Connection, now: datetime, cell: int, entries: Iterable[TrailEntry | None]) -> None:
    """Write entries behind the last one of the cell's chain, in their order; None: nothing was changed.

    It is the last thing that an action says: the chain is locked from then on, and no other row after it.
    """
    for entry in entries:
        if entry is not None:
            who = values(entry.actor, "role", "actor_id", "name", "via", "address", "through")
            what = values(entry, "deed", "subject")
            sides = values(entry, "before", "after")
            await tx.execute(SQL.advance, cell, written(cell, now, entry))
            await tx.execute(SQL.record, cell, now, *what, *who, *sides)


async def entries_after(db: asyncpg.Connection, cell: int, number: int, limit: int = PAGE) -> list[ChainedEntry]:
    """Return the next entries of a chain after that number, in their order, at most so many."""
    return [_recorded(row) for row in await db.fetch(SQL.entries_after, cell, number, limit)]


async def chain_end(db: asyncpg.Connection, cell: int) -> ChainEnd | None:
    """Return where a chain says that it has got to; None for one that has no entry."""
    return read_one(ChainEnd, await db.fetchrow(SQL.chain_end, cell))


class TrailFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are asked for; None: whatever it is. ``since`` is within, ``until`` is not.

    ``role`` and ``actor_id`` or ``name``: whose.
    """

    deed: str | None = None
    subject: str | None = None
    role: str | None = None
    actor_id: int | None = None
    name: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class TrailPlace(msgspec.Struct, frozen=True, order=True):
    """Where a list of entries of all cells goes on: before this instant, and of the same one before this entry."""

    at: datetime
    cell: int
    number: int


NEWEST = TrailPlace(datetime(9999, 1, 1, tzinfo=UTC), 2**31 - 1, 2**62)


async def entries_before(
    db: asyncpg.Connection, cell: int, wanted: TrailFilter, place: TrailPlace, limit: int
) -> list[ChainedEntry]:
    """Return a cell's entries that come before a place in the list of all cells', the newest first."""
    at, number = place.at, place.number if cell == place.cell else 2**62 if cell < place.cell else 0
    if wanted.until is not None and wanted.until <= at:
        at, number = wanted.until, 0
    given = (wanted.since, wanted.deed, wanted.subject, wanted.role, wanted.actor_id, wanted.name)
    rows = await db.fetch(_statement(wanted), cell, at, number, *given, limit)
    return [_recorded(row) for row in rows]


def _statement(wanted: TrailFilter) -> str:
    """Return the statement whose index leaves the fewest entries to look at: it names what it looks for."""
    if wanted.subject is not None:
        return SQL.entries_about
    if wanted.role is not None and wanted.actor_id is not None:
        return SQL.entries_by
    if wanted.name is not None:
        return SQL.entries_named
    if wanted.deed is not None:
        return SQL.entries_done
    return SQL.entries_of_role if wanted.role is not None else SQL.entries_before


async def hold_chain_end(tx: asyncpg.Connection, cell: int) -> ChainEnd | None:
    """Return where a chain has got to, locked: nothing is written behind it until the transaction ends."""
    return read_one(ChainEnd, await tx.fetchrow(SQL.hold_chain_end, cell))


async def has_head(db: asyncpg.Connection, cell: int, day: date) -> bool:
    """Tell whether the chain was signed on that day."""
    return bool(await db.fetchval(SQL.has_head, cell, day))


async def insert_head(tx: asyncpg.Connection, head: SignedHead) -> None:
    """Keep a head; of a day there is one."""
    row = values(head, "cell", "day", "number", "hash", "signed_at", "public_key", "signature")
    await tx.execute(SQL.insert_head, *row)


async def heads(db: asyncpg.Connection, cell: int) -> list[SignedHead]:
    """Return the signed heads of a chain, the oldest first."""
    return read(SignedHead, await db.fetch(SQL.heads, cell))


def _recorded(row: asyncpg.Record) -> ChainedEntry:
    actor = Actor(**{name: row[name] for name in Actor.__struct_fields__})
    entry = TrailEntry(actor=actor, **{name: row[name] for name in ("deed", "subject", "before", "after")})
    place = {name: row[name] for name in ("cell", "number", "previous", "hash", "at")}
    return ChainedEntry(entry=entry, **place)
