"""Named queries of when people come, and of their breaks after two hours of work (docs/decisions/0079, 0088)."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read

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


class ReviewerRest(msgspec.Struct, frozen=True):
    """A reviewer's break, ``since`` when; ``begun``: it stands in their record."""

    reviewer_id: int
    begun: bool
    since: datetime


async def resting(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Collection[int], deciding: Collection[int] = ()
) -> list[ReviewerRest]:
    """Return the breaks of those of the reviewers who have one, or for whom it is due.

    ``deciding``: who decided something just now, and has worked until now.
    """
    return read(ReviewerRest, await tx.fetch(SQL.resting_reviewers, cell, now, sorted(reviewer_ids), sorted(deciding)))


async def begin_rests(tx: asyncpg.Connection, now: datetime, cell: int, due: Sequence[ReviewerRest]) -> None:
    """Let breaks of reviewers begin."""
    await tx.execute(SQL.begin_rests, cell, now, *columns(due, "reviewer_id", "since"))


async def note_judging(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Collection[int], deciding: Collection[int]
) -> None:
    """Note that something was laid before reviewers, or that they decided something just now: the ``deciding``."""
    await tx.execute(SQL.note_judging, cell, now, sorted(reviewer_ids), sorted(deciding))


def _array(items: Sequence[object]) -> str:
    """Return a PostgreSQL array literal of numbers or language codes (neither needs quoting)."""
    return "{" + ",".join(str(item) for item in items) + "}"
