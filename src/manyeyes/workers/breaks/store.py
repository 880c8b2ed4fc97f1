"""Named queries of when people come, and of their breaks after two hours of work (docs/decisions/0079, 0088)."""

from collections.abc import Collection, Sequence
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


async def resting(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Collection[int], deciding: Collection[int]
) -> dict[int, datetime | None]:
    """Return which of the reviewers have a break, and since when; None: it is due and begins now.

    ``deciding``: who decided something just now, and has worked until now.
    """
    return dict(await tx.fetch(SQL.resting_reviewers, cell, now, sorted(reviewer_ids), sorted(deciding)))


async def begin_rests(tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Collection[int]) -> None:
    """Let breaks of reviewers, whose records are locked, begin."""
    await tx.execute(SQL.begin_rests, cell, now, sorted(reviewer_ids))


async def note_judging(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Collection[int], deciding: Collection[int]
) -> None:
    """Note that something was laid before reviewers, or that they decided something just now: the ``deciding``."""
    await tx.execute(SQL.note_judging, cell, now, sorted(reviewer_ids), sorted(deciding))


def _array(items: Sequence[object]) -> str:
    """Return a PostgreSQL array literal of numbers or language codes (neither needs quoting)."""
    return "{" + ",".join(str(item) for item in items) + "}"
