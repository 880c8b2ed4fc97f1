"""Named queries of the addresses that notices go to → frozen values."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read, read_one
from manyeyes.notices.rules import A_DAY, NoticeAddress

SQL = Queries(__package__)


class LastMail(msgspec.Struct, frozen=True, kw_only=True):
    """The newest notice to ``url``; ``state`` as deliveries have it: 0 waits, 1 delivered, 2 given up.

    ``told_at``: when that became so; of one that waits, from when on it is due.
    """

    url: str
    state: int
    tries: int
    last_status: int
    last_fault: str
    told_at: datetime


async def insert_address(tx: asyncpg.Connection, cell: int, new: NoticeAddress) -> None:
    """Keep an address that nobody confirmed yet."""
    await tx.execute(
        SQL.insert_address,
        *(cell, new.account_id, new.address_id, new.address, new.notices, new.language, new.created_at),
    )


async def addresses(db: asyncpg.Connection, cell: int, account_id: int) -> list[NoticeAddress]:
    """Return an account's addresses, ended ones too, the newest first."""
    return read(NoticeAddress, await db.fetch(SQL.addresses, cell, account_id))


async def lock_addresses(
    tx: asyncpg.Connection, now: datetime, cell: int, named: Collection[tuple[int, int]]
) -> dict[tuple[int, int], NoticeAddress]:
    """Return addresses by (account, number): those that are ``named`` so, and of their accounts all that count.

    Those that have ended and were given more than a day ago count for nothing. The rows stay locked.
    """
    account_ids, numbers = (sorted(set(each)) for each in zip(*named, strict=True))
    found = read(NoticeAddress, await tx.fetch(SQL.lock_addresses, cell, account_ids, numbers, now - A_DAY))
    return {(each.account_id, each.address_id): each for each in found}


async def address_at(db: asyncpg.Connection, cell: int, account_id: int, address: str) -> NoticeAddress | None:
    """Return the account's address that is spelt so; None when there is none, or it has ended."""
    return read_one(NoticeAddress, await db.fetchrow(SQL.address_at, cell, account_id, address))


async def set_address(tx: asyncpg.Connection, cell: int, now_so: NoticeAddress) -> None:
    """Write what is so of an address by now; the row is locked."""
    await tx.execute(
        SQL.set_address,
        *(cell, now_so.account_id, now_so.address_id),
        *(now_so.notices, now_so.confirmed_at, now_so.ended_at, now_so.unsubscribed),
    )


async def delete_ended(tx: asyncpg.Connection, cell: int, before: datetime, limit: int) -> None:
    """Sweep addresses that ended before an instant."""
    await tx.execute(SQL.delete_ended, cell, before, limit)


async def low_mailed(
    tx: asyncpg.Connection, cell: int, account_ids: Sequence[int], since: datetime
) -> dict[int, datetime]:
    """Return which of the accounts were mailed of a low balance since then, or are about to be, and for when it is."""
    return {row["account_id"]: row["told_at"] for row in await tx.fetch(SQL.low_mailed, cell, account_ids, since)}


async def wanting(tx: asyncpg.Connection, cell: int, news: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return (place in ``news``, from 0; address) of whoever wants to be told; ``news``: account and kind each."""
    rows = await tx.fetch(SQL.wanting, cell, *zip(*news, strict=True))
    return [(row["place"] - 1, row["address"]) for row in rows]


async def last_mails(db: asyncpg.Connection, cell: int, account_id: int, urls: Sequence[str]) -> dict[str, LastMail]:
    """Return what became of the newest notice to each address, by its ``mailto:``."""
    return {each.url: each for each in read(LastMail, await db.fetch(SQL.last_mails, cell, account_id, urls))}
