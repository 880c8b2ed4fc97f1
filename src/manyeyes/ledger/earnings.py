"""Named queries of a worker's money → frozen values: what was earned, taken back, asked for and paid."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.ledger.rules import TransferKind
from manyeyes.ledger.seals import store as seals
from manyeyes.ledger.statements import KindSum
from manyeyes.ledger.store import SQL
from manyeyes.values.time_window import Window

EarnedPlace = tuple[datetime, tuple[int, int, int]]  # an instant, and what orders the entries of one


class EarnedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer of a worker's money; ``amount_micros`` is above zero whichever way it went."""

    cause_id: int
    kind: TransferKind
    n: int
    at: datetime
    amount_micros: int

    @property
    def place(self) -> EarnedPlace:
        """Return where it stands among the others."""
        return self.at, (self.cause_id, self.kind, self.n)


class WaitingPay(msgspec.Struct, frozen=True):
    """Pay that is pending; ``due_at`` None: a complaint holds it, or its result is not decided."""

    task_id: int
    amount_micros: int
    due_at: datetime | None


async def earned_sums(db: asyncpg.Connection, cell: int, worker_id: int, windows: Sequence[Window]) -> list[KindSum]:
    """Return the sums of all kinds in each window, where there are any."""
    starts, ends = [w.start for w in windows], [w.end for w in windows]
    return read(KindSum, await db.fetch(SQL.earned_sums, cell, worker_id, list(range(len(starts))), starts, ends))


async def earned_newest(
    db: asyncpg.Connection,
    cell: int,
    worker_id: int,
    kinds: Sequence[TransferKind],
    start: datetime,
    before: EarnedPlace,
    limit: int,
) -> list[EarnedEntry]:
    """Return entries of these kinds since ``start`` before a place, newest first; dropped ones under the number 0."""
    asked = (cell, worker_id, kinds, start, before[0], *before[1], limit)
    found = read(EarnedEntry, await db.fetch(SQL.earned_newest, *asked))
    found += read(EarnedEntry, await seals.dropped_earned(db, *asked))
    return sorted(found, key=lambda entry: entry.place, reverse=True)[:limit]


async def pending_of(db: asyncpg.Connection, cell: int, worker_id: int, limit: int) -> list[WaitingPay]:
    """Return what a worker's pay waits for, of the newest tasks."""
    return read(WaitingPay, await db.fetch(SQL.pending_of, cell, worker_id, limit))


async def cancelled_among(db: asyncpg.Connection, cell: int, cause_ids: Sequence[int]) -> set[int]:
    """Return which of these answers had their pay taken back."""
    return {row["cause_id"] for row in await db.fetch(SQL.cancelled_among, cell, cause_ids)}
