"""Named queries of client keys, as their people see and change them → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts.store import SQL
from manyeyes.db.rows import read, read_one
from manyeyes.values.refusals import Reason, Refusal

MOST_KEYS = 100  # of an account that may be used
MOST_LISTED = 200


class ClientKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of an account; ``hint``: its last characters. ``used_at`` is a minute or two late, None: not known.

    ``ends_at``: when it ends by itself, having been replaced. ``made_by``: the name its maker had; empty: the operator.
    """

    key_hash: bytes
    label: str
    hint: str
    scopes: tuple[str, ...]
    allowed_addresses: tuple[str, ...]
    made_by: str
    created_at: datetime
    used_at: datetime | None
    ends_at: datetime | None
    revoked_at: datetime | None
    has_ended: bool


async def client_keys(db: asyncpg.Connection, account_id: int) -> list[ClientKey]:
    """Return an account's keys, those that may be used first; at most `MOST_LISTED`."""
    return read(ClientKey, await db.fetch(SQL.client_keys, account_id, MOST_LISTED))


async def refused_number(tx: asyncpg.Connection, account_id: int, more: int = 1) -> Refusal | None:
    """Return why an account may not have so many keys ``more`` that may be used; None when it may. Lock its people."""
    if await tx.fetchval(SQL.count_keys, account_id) + more <= MOST_KEYS:
        return None
    return Refusal(Reason.ENOUGH_OF_THEM, f"the account has {MOST_KEYS} keys; revoke one first")


async def client_key(tx: asyncpg.Connection, key_hash: bytes, account_id: int) -> ClientKey | None:
    """Return a key of the account, which is locked (`lock_places`); None: it has no such key."""
    return read_one(ClientKey, await tx.fetchrow(SQL.client_key, key_hash, account_id))


async def change_key(tx: asyncpg.Connection, account_id: int, key: ClientKey) -> None:
    """Write down what a key is called by now, what it opens and from where."""
    lists = list(key.scopes), list(key.allowed_addresses)
    await tx.execute(SQL.change_key, key.key_hash, account_id, key.label, *lists)


async def end_key_later(tx: asyncpg.Connection, key_hash: bytes, account_id: int, ends_at: datetime) -> None:
    """Have a key end by itself at an instant."""
    await tx.execute(SQL.end_key_later, key_hash, account_id, ends_at)


async def note_key_uses(tx: asyncpg.Connection, now: datetime, key_hashes: Sequence[bytes]) -> None:
    """Write down that keys were used in this minute."""
    await tx.execute(SQL.note_key_uses, key_hashes, now)
