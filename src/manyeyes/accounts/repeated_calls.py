"""Calls that may be sent again: what a key named once, it names for ever (docs/decisions/0048)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts.store import SQL
from manyeyes.db.rows import columns, read

Name = tuple[int, bytes]  # account, SHA-256 of its key


class CallKey(msgspec.Struct, frozen=True):
    """How a caller names a call: SHA-256 of their key, and of method, path and body of what it is for."""

    key_hash: bytes
    body_hash: bytes


class NamedCall(msgspec.Struct, frozen=True):
    """An account's call by its key, and what it made: a task, a job."""

    account_id: int
    key_hash: bytes
    body_hash: bytes
    subject_id: int

    @property
    def name(self) -> Name:
        """Return what no two calls share."""
        return self.account_id, self.key_hash


async def claim(tx: asyncpg.Connection, now: datetime, cell: int, calls: Sequence[NamedCall]) -> set[Name]:
    """Take the keys that are free; return them. Whoever takes one in another transaction is waited for."""
    found = columns(calls, "account_id", "key_hash", "body_hash", "subject_id")
    return {(row["account_id"], row["key_hash"]) for row in await tx.fetch(SQL.claim_calls, cell, now, *found)}


async def known(db: asyncpg.Connection, cell: int, names: Sequence[Name]) -> dict[Name, NamedCall]:
    """Return what came of those of the calls that came before."""
    rows = await db.fetch(SQL.known_calls, cell, [name[0] for name in names], [name[1] for name in names])
    return {call.name: call for call in read(NamedCall, rows)}


async def settle(tx: asyncpg.Connection, cell: int, calls: Sequence[NamedCall]) -> None:
    """Write what calls of this transaction made, whose keys it took for another call."""
    if calls:
        found = columns(calls, "account_id", "key_hash", "body_hash", "subject_id")
        await tx.execute(SQL.settle_calls, cell, *found)


async def release(tx: asyncpg.Connection, cell: int, names: Sequence[Name]) -> None:
    """Give keys back that this transaction took for calls that are refused."""
    if names:
        await tx.execute(SQL.release_calls, cell, [name[0] for name in names], [name[1] for name in names])
