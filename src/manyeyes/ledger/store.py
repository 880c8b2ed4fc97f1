"""Named queries of the ledger → frozen values."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.ledger.rules import Book, Transfer, TransferKind

SQL = Queries(__package__)
ANY_DUE_PAY = SQL.any_due_pay  # whether any pay of a cell ($1) becomes payable


class Pay(msgspec.Struct, frozen=True):
    """One task's pay to one worker, in micro-units."""

    task_id: int
    worker_id: int
    amount_micros: int


class Posting(msgspec.Struct, frozen=True):
    """What was booked for a task, by its kind; ``n``: which one of several of a kind."""

    kind: TransferKind
    n: int
    amount_micros: int
    at: datetime


class MovementSum(msgspec.Struct, frozen=True):
    """All transfers of one kind in a window."""

    kind: TransferKind
    entries: int
    available_change: int
    held_change: int


class CauseEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One transfer of a task or of an answer to it; ``account_id`` and ``worker_id`` 0: of none."""

    cause_id: int
    kind: TransferKind
    n: int
    amount_micros: int
    account_id: int
    worker_id: int
    at: datetime


class EarningSum(msgspec.Struct, frozen=True):
    """All entries of one kind about a worker in a time, in micro-units."""

    kind: TransferKind
    entries: int
    amount_micros: int


async def open_balances(tx: asyncpg.Connection, cell: int, account_ids: Sequence[int]) -> None:
    """Open empty balances for accounts; those that are open stay as they are."""
    await tx.execute(SQL.open_balances, cell, account_ids)


async def lock_balances(tx: asyncpg.Connection, cell: int, account_ids: Sequence[int]) -> dict[int, int]:
    """Return the available micros by account; the rows stay locked until the transaction ends."""
    return dict(await tx.fetch(SQL.lock_balances, cell, account_ids))


async def balances(db: asyncpg.Connection, cell: int, account_ids: Sequence[int]) -> dict[int, int]:
    """Return the available micros by account."""
    return dict(await db.fetch(SQL.balances, cell, account_ids))


async def change_balances(tx: asyncpg.Connection, cell: int, changes: Mapping[int, int]) -> None:
    """Add ``changes`` (micros by account) to balances that `lock_balances` locked."""
    if changes:
        await tx.execute(SQL.change_balances, cell, list(changes), list(changes.values()))


async def insert_transfers(tx: asyncpg.Connection, now: datetime, cell: int, transfers: Sequence[Transfer]) -> None:
    """Book the batch. Raises asyncpg.UniqueViolationError when one of them was booked before."""
    if not transfers:
        return
    found = columns(
        transfers,
        *("cause_id", "kind", "n", "debit_book", "debit_id", "credit_book", "credit_id", "amount_micros"),
        *("account_id", "worker_id"),
    )
    await tx.execute(SQL.insert_transfers, cell, *found, now)


async def booked_causes(tx: asyncpg.Connection, cell: int, kind: TransferKind, cause_ids: Sequence[int]) -> set[int]:
    """Return which of ``cause_ids`` have a posting of ``kind``."""
    return {row["cause_id"] for row in await tx.fetch(SQL.booked_causes, cell, kind, cause_ids)}


async def insert_pending(tx: asyncpg.Connection, cell: int, pays: Sequence[Pay], due_at: datetime) -> None:
    """Put pays on the waiting list, to vest at ``due_at``."""
    if pays:
        await tx.execute(SQL.insert_pending, cell, *columns(pays, "task_id", "worker_id", "amount_micros"), due_at)


async def set_due(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int], due_at: datetime) -> None:
    """Let pay that was held until its result stood vest at ``due_at``."""
    if task_ids:
        await tx.execute(SQL.set_due, cell, task_ids, due_at)


async def take_due_pay(tx: asyncpg.Connection, now: datetime, cell: int, limit: int) -> list[Pay]:
    """Take at most ``limit`` pays that are due off the waiting list, and return them."""
    return read(Pay, await tx.fetch(SQL.take_due_pay, cell, now, limit))


async def hold_pay(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Keep the tasks' pay from vesting until `free_pay` or `cancel_pay`; what has vested already stays so."""
    if task_ids:
        await tx.execute(SQL.hold_pay, cell, task_ids)


async def free_pay(tx: asyncpg.Connection, now: datetime, cell: int, task_ids: Sequence[int]) -> None:
    """Let pay that was held vest at once."""
    if task_ids:
        await tx.execute(SQL.free_pay, cell, task_ids, now)


async def cancel_pay(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> list[Pay]:
    """Take the tasks' pay off the waiting list and return what was still there."""
    return read(Pay, await tx.fetch(SQL.cancel_pay, cell, task_ids)) if task_ids else []


async def worker_pending(db: asyncpg.Connection, cell: int, worker_id: int) -> int:
    """Return the micros that still wait for their complaint window."""
    return int(await db.fetchval(SQL.worker_pending, cell, worker_id))


async def worker_payable(db: asyncpg.Connection, cell: int, worker_id: int) -> int:
    """Return the micros that may be paid out."""
    return int(await db.fetchval(SQL.worker_payable, cell, worker_id) or 0)


async def purses(db: asyncpg.Connection, cell: int, worker_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return (pending, payable) micros of each of these workers."""
    return {row["worker_id"]: (row["pending"], row["payable"]) for row in await db.fetch(SQL.purses, cell, worker_ids)}


async def add_to_wallets(tx: asyncpg.Connection, cell: int, sums: Mapping[int, int]) -> None:
    """Add ``sums`` (micros by worker) to what workers may be paid out."""
    if sums:
        await tx.execute(SQL.add_to_wallets, cell, list(sums), list(sums.values()))


async def lock_wallets(tx: asyncpg.Connection, cell: int, worker_ids: Sequence[int]) -> dict[int, int]:
    """Return what workers may be paid out in micros, by worker; the rows stay locked until the transaction ends."""
    return dict(await tx.fetch(SQL.lock_wallets, cell, worker_ids))


async def take_from_wallets(tx: asyncpg.Connection, cell: int, sums: Mapping[int, int]) -> None:
    """Take ``sums`` (micros by worker) from wallets that `lock_wallets` locked."""
    if sums:
        await tx.execute(SQL.take_from_wallets, cell, list(sums), list(sums.values()))


async def sum_of_books(db: asyncpg.Connection, cell: int, since: datetime) -> tuple[dict[tuple[int, int], int], int]:
    """Return the micros of each (book, owner) in a cell, from all transfers since an instant, and how many they are."""
    rows = await db.fetch(SQL.sum_of_books, cell, since, timeout=PROOF_SECONDS)
    sums: dict[tuple[int, int], int] = {(Book(row["book"]), row["owner"]): row["amount_micros"] for row in rows}
    return sums, sum(row["entries"] for row in rows)


async def stored_sums(db: asyncpg.Connection, cell: int) -> dict[tuple[int, int], int]:
    """Return the stored running sums in the same form as `sum_of_books`."""
    sums: dict[tuple[int, int], int] = {}
    for book, query in ((Book.AVAILABLE, SQL.all_balances), (Book.PAYABLE, SQL.all_wallets)):
        sums |= {(book, owner): micros for owner, micros in await db.fetch(query, cell, timeout=PROOF_SECONDS)}
    pending = await db.fetch(SQL.all_pending, cell, timeout=PROOF_SECONDS)
    return sums | {(Book.PENDING, owner): micros for owner, micros in pending}


async def share_sums(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return the micros that were booked as shares of each soft app since an instant."""
    return dict(await db.fetch(SQL.share_sums, cell, since, timeout=PROOF_SECONDS))


async def double_endings(db: asyncpg.Connection, cell: int, since: datetime) -> list[int]:
    """Return the tasks that ended since an instant, and twice in the ledger: always empty."""
    return [row["cause_id"] for row in await db.fetch(SQL.double_endings, cell, since, timeout=PROOF_SECONDS)]


async def double_pays(db: asyncpg.Connection, cell: int, since: datetime) -> list[int]:
    """Return the tasks whose pay was both vested and cancelled, one of them since an instant: always empty."""
    return [row["cause_id"] for row in await db.fetch(SQL.double_pays, cell, since, timeout=PROOF_SECONDS)]


async def settled_sums(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return what each account was charged since an instant less what it was given back, in micros."""
    return dict(await db.fetch(SQL.settled_sums, cell, since, timeout=PROOF_SECONDS))


async def amounts(db: asyncpg.Connection, cell: int, kind: TransferKind, since: datetime) -> dict[int, int]:
    """Return what all postings of a kind since an instant moved, in micros by cause."""
    return dict(await db.fetch(SQL.amounts, cell, kind, since, timeout=PROOF_SECONDS))


async def amounts_for(
    db: asyncpg.Connection, cell: int, kind: TransferKind, cause_ids: Sequence[int]
) -> dict[int, int]:
    """Return what the postings of a kind moved for these causes, in micros by cause."""
    return dict(await db.fetch(SQL.amounts_for, cell, kind, cause_ids, timeout=PROOF_SECONDS))


async def workers_sums(db: asyncpg.Connection, cell: int, kind: TransferKind, since: datetime) -> dict[int, int]:
    """Return what each worker got by postings of a kind since an instant, in micros."""
    return dict(await db.fetch(SQL.workers_sums, cell, kind, since, timeout=PROOF_SECONDS))


async def postings_of(db: asyncpg.Connection, cell: int, account_id: int, task_id: int) -> list[Posting]:
    """Return what was booked for one of the account's tasks on its statement, in order."""
    return read(Posting, await db.fetch(SQL.postings_of, cell, task_id, account_id))


async def entries_of_causes(db: asyncpg.Connection, cell: int, cause_ids: Sequence[int]) -> list[CauseEntry]:
    """Return all that was booked for these tasks and answers, in order."""
    return read(CauseEntry, await db.fetch(SQL.entries_of_causes, cell, cause_ids))


async def worker_sums(db: asyncpg.Connection, cell: int, worker_id: int, since: datetime) -> list[EarningSum]:
    """Return what a worker earned, and lost again, since an instant, by kind of entry."""
    return read(EarningSum, await db.fetch(SQL.worker_sums, cell, worker_id, since))


async def recent_holds(
    db: asyncpg.Connection, cell: int, account_id: int, limit: int
) -> list[tuple[int, datetime, int]]:
    """Return (task_id, submitted at, micros held) of the account's latest tasks, newest first."""
    return [tuple(row) for row in await db.fetch(SQL.recent_holds, cell, account_id, limit)]


async def movement_sums(
    db: asyncpg.Connection, cell: int, account_id: int, start: datetime, end: datetime
) -> list[MovementSum]:
    """Return the sums by kind of all the account's transfers in ``[start, end)``."""
    return read(MovementSum, await db.fetch(SQL.entry_sums, cell, account_id, start, end))
