"""Named queries of the audit trail → frozen values."""

from collections.abc import Iterable
from datetime import datetime

import asyncpg

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read_one, values
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


async def entries_after(db: asyncpg.Connection, cell: int, number: int) -> list[ChainedEntry]:
    """Return the next entries of a chain after that number, in their order, at most `PAGE`."""
    return [_recorded(row) for row in await db.fetch(SQL.entries_after, cell, number, PAGE)]


async def chain_end(db: asyncpg.Connection, cell: int) -> ChainEnd | None:
    """Return where a chain says that it has got to; None for one that has no entry."""
    return read_one(ChainEnd, await db.fetchrow(SQL.chain_end, cell))


def _recorded(row: asyncpg.Record) -> ChainedEntry:
    actor = Actor(**{name: row[name] for name in Actor.__struct_fields__})
    entry = TrailEntry(actor=actor, **{name: row[name] for name in ("deed", "subject", "before", "after")})
    place = {name: row[name] for name in ("cell", "number", "previous", "hash", "at")}
    return ChainedEntry(entry=entry, **place)
