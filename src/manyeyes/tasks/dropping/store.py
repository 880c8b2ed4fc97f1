"""Named queries of tasks that are dropped, while their sums stay → plain values (docs/decisions/0095)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries

SQL = Queries(__package__)
# What a month is exported from, by its table; each takes the cell, the month's beginning and its end.
EXPORTED = {
    "transfer": SQL.transfers_of_month,
    "result": SQL.results_of_month,
    "task": SQL.tasks_of_month,
    "answer": SQL.answers_of_month,
    "panel": SQL.panels_of_month,
    "truth": SQL.truths_of_month,
}


class DropRange(msgspec.Struct, frozen=True):
    """Tasks that ended before ``until``, whose numbers are above ``after`` and up to ``through``."""

    after: int
    through: int
    until: datetime


async def last_ended(db: asyncpg.Connection, cell: int, until: datetime) -> int:
    """Return the highest number of the tasks that ended before an instant, 0 if there are none."""
    return int(await db.fetchval(SQL.last_ended, cell, until, timeout=PROOF_SECONDS))


async def window_end(tx: asyncpg.Connection, cell: int, among: DropRange, limit: int) -> int | None:
    """Return the number of the last of the first ``limit`` tasks of a range; None: there is none."""
    found: int | None = await tx.fetchval(SQL.window_end, cell, among.after, among.through, limit)
    return found


async def droppable(tx: asyncpg.Connection, cell: int, among: DropRange) -> list[int]:
    """Return the tasks of a range that can be dropped, in the order of their numbers."""
    rows = await tx.fetch(SQL.droppable, cell, among.after, among.through, among.until)
    return [row["task_id"] for row in rows]


async def drop(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Sum up what the tasks were charged, and delete them with how they ended."""
    await tx.execute(SQL.keep_charges, cell, task_ids)
    await tx.execute(SQL.drop_results, cell, task_ids)
    await tx.execute(SQL.drop_truths, cell, task_ids)
    await tx.execute(SQL.drop_tasks, cell, task_ids)
