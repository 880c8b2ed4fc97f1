"""Named queries of a customer's statement → frozen values (docs/decisions/0050).

A statement is about all that is a customer's, held money with it: holding changes nothing of that, a charge does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.ledger.rules import TransferKind
from manyeyes.ledger.seals import store as seals
from manyeyes.ledger.store import SQL
from manyeyes.values.time_window import Window

FIRST_PLACE = (-1, -1, -1)  # before all entries of an instant


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer as it stands on a statement; ``change_micros`` is below zero when the customer has less after it."""

    cause_id: int
    kind: TransferKind
    n: int
    at: datetime
    change_micros: int

    @property
    def place(self) -> tuple[int, int, int]:
        """Return what orders the entries of one instant."""
        return self.cause_id, self.kind, self.n


class KindSum(msgspec.Struct, frozen=True):
    """All transfers of a kind in the window with this index; ``amount_micros`` is above zero."""

    index: int
    kind: TransferKind
    entries: int
    amount_micros: int


async def kind_sums(db: asyncpg.Connection, cell: int, account_id: int, windows: Sequence[Window]) -> list[KindSum]:
    """Return the sums of top-ups, refunds, shares and recognitions in each window, where there are any."""
    starts, ends = [w.start for w in windows], [w.end for w in windows]
    return read(KindSum, await db.fetch(SQL.statement_sums, cell, account_id, list(range(len(starts))), starts, ends))


async def newest(
    db: asyncpg.Connection,
    cell: int,
    account_id: int,
    start: datetime,
    before: tuple[datetime, tuple[int, int, int]],
    limit: int,
) -> list[LedgerEntry]:
    """Return the entries since ``start`` before a place, newest first; dropped tasks stand under the number 0."""
    asked = (cell, account_id, start, before[0], *before[1], limit)
    rows = await db.fetch(SQL.statement_newest, *asked), await seals.dropped_newest(db, *asked)
    return _in_order(rows, is_newest_first=True)[:limit]


async def oldest(
    db: asyncpg.Connection,
    cell: int,
    account_id: int,
    after: tuple[datetime, tuple[int, int, int]],
    end: datetime,
    limit: int,
) -> list[LedgerEntry]:
    """Return the entries until ``end`` after a place, oldest first; dropped tasks stand under the number 0."""
    asked = (cell, account_id, after[0], end, *after[1], limit)
    rows = await db.fetch(SQL.statement_oldest, *asked), await seals.dropped_oldest(db, *asked)
    return _in_order(rows, is_newest_first=False)[:limit]


def _in_order(rows: Sequence[Sequence[asyncpg.Record]], *, is_newest_first: bool) -> list[LedgerEntry]:
    found = [entry for each in rows for entry in read(LedgerEntry, each)]
    return sorted(found, key=lambda entry: (entry.at, entry.place), reverse=is_newest_first)


async def rest_of_second(
    db: asyncpg.Connection, cell: int, account_id: int, after: tuple[datetime, tuple[int, int, int]]
) -> tuple[datetime, int]:
    """Return the second that begins after a place, and what entries after the place moved before it, in micros."""
    ends = after[0].replace(microsecond=0) + timedelta(seconds=1)
    return ends, int(await db.fetchval(SQL.statement_rest, cell, account_id, after[0], ends, *after[1]))
