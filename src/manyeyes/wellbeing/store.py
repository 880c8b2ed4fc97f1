"""Named queries of what people said of marks and were shown of them → frozen values."""

from collections.abc import Iterable, Sequence

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.wellbeing.rules import Cap, Spent, Wellbeing

SQL = Queries(__package__)


async def of(db: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> dict[int, Wellbeing]:
    """Return what is known of those of the people who ever said anything of marks; not locked."""
    return _by_worker(await db.fetch(SQL.wellbeing, cell, sorted(set(worker_ids))))


async def lock(tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> dict[int, Wellbeing]:
    """Return the same, locked; their presences, and what lies on their desks, are locked before."""
    return _by_worker(await tx.fetch(SQL.lock_wellbeing, cell, sorted(set(worker_ids))))


async def open_rows(tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> None:
    """Make rows for people who have none: nothing is agreed to."""
    await tx.execute(SQL.open_wellbeing, cell, sorted(set(worker_ids)))


async def save_spent(tx: asyncpg.Connection, cell: int, rows: Sequence[Wellbeing]) -> None:
    """Write what people, whose rows are locked, were shown."""
    if rows:
        found = columns(
            rows,
            *("worker_id", "day", "spent", "in_a_row", "marked_until"),
            spent=lambda row: _text(row.spent),
        )
        await tx.execute(SQL.save_spent, cell, *found)


async def save_choices(tx: asyncpg.Connection, cell: int, rows: Sequence[Wellbeing]) -> None:
    """Write what people, whose rows are locked, said of marks, and what they may be shown."""
    if rows:
        found = columns(
            rows,
            *("worker_id", "agreed", "avoided", "caps", "zone"),
            agreed=lambda row: _text(row.agreed),
            caps=lambda row: _text(row.caps),
        )
        await tx.execute(SQL.save_choices, cell, *found)


async def marks_of(db: asyncpg.Connection, cell: int, task_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return the queue of each task, and the marks that it has there now."""
    rows = await db.fetch(SQL.marks_of, cell, sorted(set(task_ids)))
    return {row["task_id"]: (row["queue_id"], row["marks"]) for row in rows}


async def share_caps(db: asyncpg.Connection, cell: int, cells: int, nth: int) -> None:
    """Note which of so many cells this one is."""
    await db.execute(SQL.share_caps, cell, cells, nth)


def _by_worker(records: Sequence[asyncpg.Record]) -> dict[int, Wellbeing]:
    found = read(Wellbeing, records, agreed=_AGREED.decode, caps=_CAPS.decode, spent=_SPENT.decode)
    return {row.worker_id: row for row in found}


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


_AGREED = msgspec.json.Decoder(dict[int, int])
_CAPS = msgspec.json.Decoder(dict[int, Cap])
_SPENT = msgspec.json.Decoder(dict[int, Spent])
