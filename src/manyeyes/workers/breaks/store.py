"""Named queries of when people come, and of the breaks that they have after two hours of work (docs/decisions/0079)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from manyeyes.db.queries import Queries

SQL = Queries(__package__)


async def go_online(
    tx: asyncpg.Connection, now: datetime, cell: int, sessions: Sequence[tuple[int, int, Sequence[int], Sequence[str]]]
) -> set[int]:
    """Begin presences: (worker_id, node_id, queues, languages) each; return whose began. Others have a break."""
    columns = zip(*[(w, n, _array(q), _array(lang)) for w, n, q, lang in sessions], strict=True)
    rows = await tx.fetch(SQL.go_online, cell, *columns, now)
    return {row["worker_id"] for row in rows}


async def due(tx: asyncpg.Connection, now: datetime, cell: int, limit: int) -> list[int]:
    """Return who has worked for two hours and is not on a break, locked; at most ``limit``."""
    return [row["worker_id"] for row in await tx.fetch(SQL.due_for_break, cell, now, limit)]


async def ends(tx: asyncpg.Connection, cell: int, worker_ids: Sequence[int]) -> dict[int, datetime]:
    """Return until when the breaks of these workers last at the least."""
    return dict(await tx.fetch(SQL.break_ends, cell, worker_ids))


def _array(items: Sequence[object]) -> str:
    """Return a PostgreSQL array literal of numbers or language codes (neither needs quoting)."""
    return "{" + ",".join(str(item) for item in items) + "}"
