"""Prove the ledger's invariants in one snapshot, and say by how many micros they fail: 0."""

from collections.abc import Iterable, Mapping
from typing import Any

import asyncpg
import msgspec

from manyeyes.dispatch import store as dispatch
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import Book
from manyeyes.statistics import store as statistics


class Books(msgspec.Struct, frozen=True):
    """``difference_micros`` sums every deviation found; ``findings`` says where, one sentence each."""

    difference_micros: int
    transfers: int
    accounts: int
    wallets: int
    open_tasks_held_micros: int
    findings: list[str]


async def check_books(db: asyncpg.Connection, cell: int) -> Books:
    """Compare a cell's running sums with the sums of its transfers. Reads only; one REPEATABLE READ snapshot.

    Invariants: the books of a cell sum to zero; every stored balance, wallet and pending sum is that of its transfers
    and none is negative; what is held equals the price of the open tasks; usage buckets equal what was settled; no
    task ended twice.
    """
    async with db.transaction(isolation="repeatable_read", readonly=True):
        await db.execute("SET LOCAL statement_timeout = 0")
        books = await ledger.sum_of_books(db, cell)
        stored = await ledger.stored_sums(db, cell)
        held = {(Book.HELD, account): micros for account, micros in (await dispatch.all_held(db, cell)).items()}
        charged = await statistics.usage_sums(db, cell)
        settled = await ledger.settled_sums(db, cell)
        twice = await ledger.double_endings(db, cell)
        count = await ledger.count_transfers(db, cell)
    findings: list[str] = []
    total = sum(books.values())
    difference = abs(total)
    if total:
        findings.append(f"the books sum to {total} micros instead of 0")
    running = (Book.AVAILABLE, Book.PAYABLE, Book.PENDING, Book.HELD)
    booked = {key: micros for key, micros in books.items() if key[0] in running}
    difference += _compare("stored and booked sums", {**stored, **held}, booked, findings)
    difference += _compare("usage buckets and settled transfers", charged, settled, findings)
    difference += _negative(stored, findings)
    findings += [f"task {task_id} ended twice" for task_id in twice]
    accounts = sum(key[0] is Book.AVAILABLE for key in stored)
    wallets = sum(key[0] is Book.PAYABLE for key in stored)
    return Books(difference + len(twice), count, accounts, wallets, sum(held.values()), findings)


def _compare(what: str, left: Mapping[Any, int], right: Mapping[Any, int], findings: list[str]) -> int:
    """Return the sum of absolute differences over all keys of both sides."""
    total = 0
    for key in sorted(set(left) | set(right)):
        gap = left.get(key, 0) - right.get(key, 0)
        if gap:
            findings.append(f"{what} differ by {gap} micros at {_name(key)}")
            total += abs(gap)
    return total


def _negative(stored: Mapping[tuple[int, int], int], findings: list[str]) -> int:
    below: Iterable[tuple[tuple[int, int], int]] = [(key, micros) for key, micros in stored.items() if micros < 0]
    findings += [f"{_name(key)} is {micros} micros" for key, micros in below]
    return sum(-micros for _, micros in below)


def _name(key: object) -> str:
    return f"{Book(key[0]).name.lower()} of {key[1]}" if isinstance(key, tuple) else f"account {key}"
