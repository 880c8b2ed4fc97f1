"""Named queries of the keys that workers have set → values."""

from collections.abc import Mapping, Sequence

import asyncpg

from manyeyes.db.queries import Queries
from manyeyes.workers.keys.rules import kept_keys, read_keys

SQL = Queries(__package__)


async def own_keys(db: asyncpg.Connection, worker_id: int) -> dict[str, str]:
    """Return the keys that a worker has set, by action; nothing for nobody."""
    return read_keys(await db.fetchval(SQL.own_keys, worker_id) or "")


async def every_own_keys(tx: asyncpg.Connection, worker_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return the keys that each of these workers has set, by worker and action."""
    rows = await tx.fetch(SQL.every_own_keys, worker_ids)
    return {row["worker_id"]: read_keys(row["own_keys"]) for row in rows}


async def save_own_keys(tx: asyncpg.Connection, own: Mapping[int, Mapping[str, str]]) -> None:
    """Keep the keys that workers have set, all of them; their rows are locked."""
    if own:
        worker_ids = sorted(own)
        await tx.execute(SQL.save_own_keys, worker_ids, [kept_keys(own[each]) for each in worker_ids])
