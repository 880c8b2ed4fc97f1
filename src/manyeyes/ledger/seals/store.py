"""Named queries of seals → frozen values (docs/decisions/0095)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries
from manyeyes.db.rows import read, values
from manyeyes.ledger.rules import Book, TransferKind
from manyeyes.ledger.seals.rules import DROPPED_KINDS, DroppedGap, MonthGap, Seal

SQL = Queries(__package__)


async def seals(db: asyncpg.Connection, cell: int) -> list[Seal]:
    """Return the seals of a cell, the oldest first."""
    return read(Seal, await db.fetch(SQL.seals, cell))


async def hold_seals(tx: asyncpg.Connection) -> None:
    """Wait until nobody else makes seals, until the transaction ends."""
    await tx.execute(SQL.lock_seals)


async def first_entry(db: asyncpg.Connection, cell: int) -> datetime | None:
    """Return when about the oldest transfer of a cell was booked; None: there is none."""
    found: datetime | None = await db.fetchval(SQL.first_entry, cell)
    return found


async def sum_up(tx: asyncpg.Connection, cell: int, since: datetime, until: datetime) -> None:
    """Write the sums at ``until``: those of the seal at ``since``, and what was booked in between."""
    await tx.execute(SQL.add_seal_sums, cell, since, until, timeout=PROOF_SECONDS)


async def digest(db: asyncpg.Connection, cell: int, until: datetime, previous: bytes) -> tuple[bytes, int]:
    """Return the SHA-256 of the sums at an instant behind the digest before, and of how many entries they are."""
    row = await db.fetchrow(SQL.seal_digest, cell, until, previous, timeout=PROOF_SECONDS)
    assert row is not None  # it sums up: there is a row always
    return row["digest"], row["transfers"]


async def insert_seal(tx: asyncpg.Connection, seal: Seal) -> None:
    """Keep a seal whose sums are there."""
    what = values(seal, "cell", "until", "transfers", "previous", "digest")
    await tx.execute(SQL.add_seal, *what, *values(seal, "sealed_at", "public_key", "signature"))


async def sealed_books(db: asyncpg.Connection, cell: int, until: datetime) -> dict[tuple[int, int], int]:
    """Return the micros of each (book, owner) up to a seal."""
    rows = await db.fetch(SQL.sealed_books, cell, until, timeout=PROOF_SECONDS)
    return {(Book(row["book"]), row["owner"]): row["amount_micros"] for row in rows}


async def sealed_pay(db: asyncpg.Connection, cell: int, until: datetime, kind: TransferKind) -> dict[int, int]:
    """Return what each worker got by postings of a kind up to a seal, in micros."""
    return dict(await db.fetch(SQL.sealed_pay, cell, until, kind))


async def month_gaps(
    db: asyncpg.Connection, cell: int, since: datetime, until: datetime, *, is_dropped: bool = False
) -> list[MonthGap]:
    """Return where the entries between two seals are not what the second one says beyond the first.

    ``is_dropped``: entries of tasks that were dropped are no longer there, and others may not have come.
    """
    gone = DROPPED_KINDS if is_dropped else ()
    return read(MonthGap, await db.fetch(SQL.month_gaps, cell, since, until, gone, timeout=PROOF_SECONDS))


async def dropped_gaps(db: asyncpg.Connection, cell: int, since: datetime, until: datetime) -> list[DroppedGap]:
    """Return whose charges and pay between two seals are not those left and those summed up when tasks were dropped."""
    return read(DroppedGap, await db.fetch(SQL.dropped_gaps, cell, since, until, timeout=PROOF_SECONDS))


async def mark_exported(tx: asyncpg.Connection, now: datetime, cell: int, until: datetime) -> bool:
    """Note that a month was written to files; tell whether it is sealed."""
    return await tx.fetchval(SQL.mark_exported, cell, until, now) is not None


async def mark_dropped(tx: asyncpg.Connection, now: datetime, cell: int, until: datetime, gone_through: int) -> bool:
    """Note that a month's tasks are dropped, up to a number; tell whether it is sealed and was not noted before."""
    return await tx.fetchval(SQL.mark_dropped, cell, until, now, gone_through) is not None


async def gone_through(db: asyncpg.Connection, cell: int) -> int:
    """Return up to which number tasks were dropped; 0: none were."""
    return int(await db.fetchval(SQL.gone_through, cell))


async def drop_entries(tx: asyncpg.Connection, cell: int, cause_ids: Sequence[int]) -> None:
    """Sum up what people earned by the entries of these causes, and delete them."""
    await tx.execute(SQL.keep_pay, cell, cause_ids)
    await tx.execute(SQL.drop_entries, cell, cause_ids)


async def dropped_newest(db: asyncpg.Connection, *asked: object) -> list[asyncpg.Record]:
    """Return what stands for dropped tasks on a statement, asked as `statement_newest` is."""
    return await db.fetch(SQL.dropped_newest, *asked)


async def dropped_oldest(db: asyncpg.Connection, *asked: object) -> list[asyncpg.Record]:
    """Return what stands for dropped tasks on a statement, asked as `statement_oldest` is."""
    return await db.fetch(SQL.dropped_oldest, *asked)


async def dropped_earned(db: asyncpg.Connection, *asked: object) -> list[asyncpg.Record]:
    """Return what stands for dropped entries of a worker's money, asked as `earned_newest` is."""
    return await db.fetch(SQL.dropped_earned, *asked)
