"""Named queries of payouts → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.payouts.rules import PayoutState

SQL = Queries(__package__)
AskKey = tuple[int, bytes]  # (worker, key)


class Payout(msgspec.Struct, frozen=True, kw_only=True):
    """What one cell gives of a request. ``details``: where the money is to go, sealed; ``shown``: their end.

    ``words``: of a paid one the reference, of a declined one why.
    """

    payout_id: int
    request_id: int
    worker_id: int
    ask_key: bytes
    amount_micros: int
    state: PayoutState
    shown: str
    details: bytes
    words: str
    asked_at: datetime
    approved_at: datetime | None
    ended_at: datetime | None


class ProvenPayout(msgspec.Struct, frozen=True, kw_only=True):
    """What the books are compared with."""

    payout_id: int
    worker_id: int
    amount_micros: int
    state: PayoutState
    asked_at: datetime
    ended_at: datetime | None


async def asked_before(db: asyncpg.Connection, cell: int, keys: Sequence[AskKey]) -> dict[AskKey, Payout]:
    """Return the payouts that were asked for with these keys."""
    wanted = sorted(set(keys))
    found = read(Payout, await db.fetch(SQL.asked_before, cell, *zip(*wanted, strict=True)))
    return {(payout.worker_id, payout.ask_key): payout for payout in found}


async def insert_payouts(tx: asyncpg.Connection, now: datetime, cell: int, asked: Sequence[Payout]) -> None:
    """Store new payouts; the wallets of their workers are locked."""
    if asked:
        found = columns(asked, "payout_id", "request_id", "worker_id", "ask_key", "amount_micros", "shown", "details")
        await tx.execute(SQL.insert_payouts, cell, *found, now)


async def lock_requests(tx: asyncpg.Connection, cell: int, request_ids: Sequence[int]) -> dict[int, Payout]:
    """Return the payouts of these requests, by request; the rows stay locked until the transaction ends."""
    return {p.request_id: p for p in read(Payout, await tx.fetch(SQL.lock_requests, cell, request_ids))}


async def save_steps(tx: asyncpg.Connection, cell: int, moved: Sequence[Payout]) -> None:
    """Write what became of payouts that are locked."""
    if moved:
        await tx.execute(
            SQL.save_steps, cell, *columns(moved, "payout_id", "state", "words", "approved_at", "ended_at")
        )


async def of_request(db: asyncpg.Connection, cell: int, request_id: int) -> list[Payout]:
    """Return what the cell gives of a request: nothing, or one payout."""
    return read(Payout, await db.fetch(SQL.of_request, cell, request_id))


async def of_worker(db: asyncpg.Connection, cell: int, worker_id: int, limit: int) -> list[Payout]:
    """Return what a worker asked for last, newest first."""
    return read(Payout, await db.fetch(SQL.of_worker, cell, worker_id, limit))


async def open_payouts(db: asyncpg.Connection, cell: int, limit: int) -> list[Payout]:
    """Return what waits for the operator, the oldest first."""
    return read(Payout, await db.fetch(SQL.open_payouts, cell, limit))


async def ended_payouts(db: asyncpg.Connection, cell: int, limit: int) -> list[Payout]:
    """Return what was paid, declined or withdrawn last, newest first."""
    return read(Payout, await db.fetch(SQL.ended_payouts, cell, limit))


async def sums_of(db: asyncpg.Connection, cell: int, worker_id: int) -> tuple[int, int]:
    """Return (requested, paid) micros of a worker: what they asked for and have not got yet, and what they got."""
    (row,) = await db.fetch(SQL.sums_of, cell, worker_id)
    return row["requested"], row["paid"]


async def all_payouts(db: asyncpg.Connection, cell: int) -> list[ProvenPayout]:
    """Return every payout of a cell."""
    return read(ProvenPayout, await db.fetch(SQL.all_payouts, cell, timeout=PROOF_SECONDS))
