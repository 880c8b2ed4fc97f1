"""Named queries of accounts and keys → frozen values."""

from collections.abc import Iterable
from typing import Protocol

import asyncpg
import msgspec

from manyeyes.accounts.rules import EVERY_SCOPE, USUAL_KEEP_DAYS
from manyeyes.db.queries import Queries
from manyeyes.db.rows import read, read_one, values
from manyeyes.values.integers import whole_number

SQL = Queries(__package__)


class KeyOwner(msgspec.Struct, frozen=True):
    """``allowed_addresses`` are networks; empty means from anywhere. ``scopes``: what the key opens."""

    cell: int
    account_id: int
    allowed_addresses: tuple[str, ...]
    scopes: tuple[str, ...] = EVERY_SCOPE


class KeyMarks(msgspec.Struct, frozen=True):
    """By what a key's people recognise it: what they call it, its last characters, and the name of who made it.

    ``by``: who of the account's people that is, by number; None: the operator.
    """

    label: str = ""
    hint: str = ""
    made_by: str = ""
    by: int | None = None


class Owner(Protocol):
    """An account in its cell: a key's owner, or an account's place."""

    @property
    def cell(self) -> int:
        """Return the cell that the account lives in."""
        ...

    @property
    def account_id(self) -> int:
        """Return the account's number."""
        ...


class AccountPlace(msgspec.Struct, frozen=True):
    account_id: int
    name: str
    cell: int


class Terms(msgspec.Struct, frozen=True):
    """``weight`` is the account's share of a queue; ``max_bid_micros`` 0 means the queue's price.

    ``keep_days``: how long after a task's end its answer and picture are kept; 0: not at all.
    """

    account_id: int
    weight: int
    max_bid_micros: int
    suspended: bool
    keep_days: int = USUAL_KEEP_DAYS


UNMARKED = KeyMarks()


async def key_owner(db: asyncpg.Connection, key_hash: bytes) -> KeyOwner | None:
    """Return whose key it is; None for an unknown or revoked one."""
    return read_one(KeyOwner, await db.fetchrow(SQL.key_owner, key_hash))


async def blocked_networks(db: asyncpg.Connection) -> list[str]:
    """Return the networks from which no call is taken, as `canonical_network` writes them."""
    return [row["network"] for row in await db.fetch(SQL.blocked_networks)]


async def block_network(db: asyncpg.Connection, network: str) -> bool:
    """Block a network; return whether it was not blocked before."""
    return await db.fetchval(SQL.block_network, network) is not None


async def unblock_network(db: asyncpg.Connection, network: str) -> bool:
    """Unblock a network; return whether it was blocked."""
    return await db.fetchval(SQL.unblock_network, network) is not None


async def take_numbers(db: asyncpg.Connection, name: str, count: int) -> int:
    """Return the first of ``count`` fresh numbers of the counter ``name``."""
    return int(await db.fetchval(SQL.take_numbers, name, count))


async def insert_place(db: asyncpg.Connection, place: AccountPlace) -> None:
    """Write down which cell an account lives in, for look-ups by its name or number."""
    await db.execute(SQL.insert_place, *values(place, "account_id", "name", "cell"))


async def insert_key(db: asyncpg.Connection, key_hash: bytes, owner: KeyOwner, marks: KeyMarks = UNMARKED) -> None:
    """Store a client key by its hash, with its owner, the networks that it may be used from, and its marks."""
    lists = list(owner.allowed_addresses), list(owner.scopes)
    named = values(marks, "label", "hint", "made_by")
    await db.execute(SQL.insert_key, key_hash, owner.cell, owner.account_id, *lists, *named)


async def revoke_key(db: asyncpg.Connection, key_hash: bytes, of: int | None = None) -> int | None:
    """Return the account whose key ended, ``of`` this account alone when one is named; None: no such key was valid."""
    account_id: int | None = await db.fetchval(SQL.revoke_key, key_hash, of)
    return account_id


async def has_key(db: asyncpg.Connection, account_id: int) -> bool:
    """Tell whether any client key of the account is valid."""
    return bool(await db.fetchval(SQL.has_key, account_id))


async def places(db: asyncpg.Connection, name_or_id: str) -> list[AccountPlace]:
    """Return the accounts that ``name_or_id`` may mean: one by id, several by name."""
    number = whole_number(name_or_id, 18) or 0
    return read(AccountPlace, await db.fetch(SQL.places, number, name_or_id))


async def place_of(db: asyncpg.Connection, account_id: int) -> AccountPlace | None:
    """Return an account by its number; None when there is none."""
    return read_one(AccountPlace, await db.fetchrow(SQL.place_of, account_id))


async def names_of(db: asyncpg.Connection, account_ids: Iterable[int]) -> dict[int, str]:
    """Return what those of the accounts that there are are called, by their numbers."""
    return dict(await db.fetch(SQL.names_of, sorted(set(account_ids))))


async def insert_accounts(tx: asyncpg.Connection, now: object, cell: int, accounts: list[tuple[int, str]]) -> set[int]:
    """Store accounts, given as (account, name), in a cell; return those that did not exist before."""
    ids, names = [a[0] for a in accounts], [a[1] for a in accounts]
    return {row["account_id"] for row in await tx.fetch(SQL.insert_accounts, cell, ids, names, now)}


async def lock_accounts(tx: asyncpg.Connection, cell: int, account_ids: list[int]) -> set[int]:
    """Return those of the accounts that there are; their rows are locked until the transaction ends."""
    return {row["account_id"] for row in await tx.fetch(SQL.lock_accounts, cell, account_ids)}


async def terms(tx: asyncpg.Connection, cell: int, account_ids: list[int]) -> dict[int, Terms]:
    """Return the terms of those accounts that exist, by id."""
    return {t.account_id: t for t in read(Terms, await tx.fetch(SQL.terms, cell, account_ids))}


async def found_places(db: asyncpg.Connection, words: str, after: int, limit: int) -> list[AccountPlace]:
    """Return accounts by number behind ``after``: those whose name has ``words`` or whose number that is; "": all."""
    return read(AccountPlace, await db.fetch(SQL.found_places, words, after, limit))


async def lock_terms(tx: asyncpg.Connection, cell: int, account_ids: list[int]) -> dict[int, Terms]:
    """Return the terms of those accounts that exist, by id, locked until they are changed."""
    return {t.account_id: t for t in read(Terms, await tx.fetch(SQL.lock_terms, cell, account_ids))}


async def set_terms(
    db: asyncpg.Connection,
    place: AccountPlace,
    *,
    suspended: bool | None = None,
    max_bid_micros: int | None = None,
    weight: int | None = None,
    keep_days: int | None = None,
) -> None:
    """Change an account's terms; None leaves a term as it is, ``max_bid_micros`` 0 means the queue's price."""
    await db.execute(SQL.set_terms, place.cell, place.account_id, suspended, max_bid_micros, weight, keep_days)
