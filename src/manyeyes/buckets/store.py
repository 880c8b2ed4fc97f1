"""Named queries of accounts' buckets → frozen values."""

from collections.abc import Collection, Sequence

import asyncpg

from manyeyes.buckets.rules import Bucket
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read

SQL = Queries(__package__)
BucketKey = tuple[int, str]  # (account, name)
_COLUMNS = ("account_id", "name", "endpoint", "region", "access_key", "secret", "created_at")


async def buckets_of(db: asyncpg.Connection, cell: int, account_id: int) -> list[Bucket]:
    """Return an account's buckets by their names."""
    return read(Bucket, await db.fetch(SQL.buckets_of, cell, account_id))


async def buckets(db: asyncpg.Connection, cell: int, keys: Sequence[BucketKey]) -> list[Bucket | None]:
    """Return a bucket for each key, None where there is none."""
    rows = await db.fetch(SQL.buckets, cell, *_key_columns(set(keys)))
    found = {(b.account_id, b.name): b for b in read(Bucket, rows)}
    return [found.get(key) for key in keys]


async def lock_buckets_of(tx: asyncpg.Connection, cell: int, account_ids: Collection[int]) -> dict[BucketKey, Bucket]:
    """Return all buckets of accounts; nobody else adds any to these before the transaction ends."""
    owners = sorted(set(account_ids))
    await tx.execute(SQL.lock_owners, cell, owners)
    # A statement of its own: one that waited for a lock would read what was there before it.
    return {(b.account_id, b.name): b for b in read(Bucket, await tx.fetch(SQL.buckets_of_all, cell, owners))}


async def put_buckets(tx: asyncpg.Connection, cell: int, given: Sequence[Bucket]) -> None:
    """Store buckets, each in the place of one with its name, which keeps its ``created_at``."""
    await tx.execute(SQL.put_buckets, cell, *columns(given, *_COLUMNS))


async def remove_buckets(tx: asyncpg.Connection, cell: int, keys: Collection[BucketKey]) -> set[BucketKey]:
    """Remove buckets; return those that were there."""
    rows = await tx.fetch(SQL.remove_buckets, cell, *_key_columns(set(keys)))
    return {(row["account_id"], row["name"]) for row in rows}


async def forget_bucket_secrets(tx: asyncpg.Connection, cell: int) -> int:
    """Forget the secrets of all buckets of a cell; return how many there were."""
    return len(await tx.fetch(SQL.forget_bucket_secrets, cell))


def _key_columns(keys: Collection[BucketKey]) -> tuple[list[int], list[str]]:
    ordered = sorted(keys)
    return [account_id for account_id, _ in ordered], [name for _, name in ordered]
