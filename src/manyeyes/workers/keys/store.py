"""Named queries of the keys that workers have set → values."""

import asyncpg

from manyeyes.db.queries import Queries
from manyeyes.workers.keys.rules import kept_keys, read_keys

SQL = Queries(__package__)


async def own_keys(db: asyncpg.Connection, worker_id: int) -> dict[str, str]:
    """Return the keys that a worker has set, by action; nothing for nobody."""
    return read_keys(await db.fetchval(SQL.own_keys, worker_id) or "")


async def save_own_keys(tx: asyncpg.Connection, worker_id: int, own: dict[str, str]) -> None:
    """Keep the keys that a worker has set, all of them."""
    await tx.execute(SQL.save_own_keys, worker_id, kept_keys(own))
