"""Months of a stage: a clock set back into one, and its seal."""

from datetime import datetime, timedelta

from manyeyes.actions.seal_months import due_months, seal_months
from manyeyes.db.picture_days import keep_days
from manyeyes.ledger.seals.rules import QUIET, month_start
from manyeyes.runtime.context import Context
from manyeyes.trail.heads import public_key_of
from support.action_stage import Stage

KEY = bytes(range(32))
TRUSTED = [public_key_of(KEY)]


def months_ago(stage: Stage, many: int) -> datetime:
    """Return the 20th of the month that was so many months before the one that is not closed."""
    start = month_start(stage.now - QUIET)  # on the first of a month the last one is not closed
    for _ in range(many):
        start = month_start(start - timedelta(days=1))
    return start + timedelta(days=19, hours=12)


async def go_to(stage: Stage, at: datetime) -> None:
    """Set the stage's clock, and make room for pictures of that day."""
    stage.now = at
    async with stage.pool.acquire() as db:
        await keep_days(db, at.date())


async def seal(stage: Stage) -> list[str]:
    """Seal all months that are over; return their names."""
    async with stage.pool.acquire() as db:
        return await seal_months(db, stage.cell, KEY, await due_months(db, stage.cell))


async def drop_one(context: Context, cell: int, task_id: int) -> None:
    """Let a task be gone as one of a month that was dropped."""
    async with context.cells.pool(cell).acquire() as db:
        await db.execute("DELETE FROM task WHERE cell = $1 AND task_id = $2", cell, task_id)
        await db.execute(
            "INSERT INTO seal (cell, until, transfers, previous, digest, sealed_at, public_key, signature, dropped_at, "
            "gone_through) VALUES ($1, '2024-02-01Z', 0, '', '', now(), '', '', now(), $2)",
            cell,
            task_id,
        )
