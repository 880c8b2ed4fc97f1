"""End client keys, and the sessions that they began."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.db.pool import DIRECTORY
from manyeyes.workers import store as workers


class RevokeKey(msgspec.Struct, frozen=True):
    key_hash: bytes
    cell: int = DIRECTORY


async def revoke_keys(tx: asyncpg.Connection, now: datetime, commands: Sequence[RevokeKey]) -> list[int | None]:
    """Return the account of each key that ended; None when no such key was valid."""
    ended = {}
    for key_hash in sorted({c.key_hash for c in commands}):
        ended[key_hash] = await accounts.revoke_key(tx, key_hash)
        await workers.end_sessions_through(tx, key_hash)
    return [ended.pop(c.key_hash, None) for c in commands]
