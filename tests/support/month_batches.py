"""Batches about months that are over, one function per action with its name (support/batch_draw.py)."""

from datetime import UTC, datetime

from manyeyes.actions.drop_tasks import DropTasks
from manyeyes.actions.mark_months import MarkMonth
from support.batch_draw import Draw
from support.batch_world import CELL, World

SEALED, NEVER_SEALED = datetime(2020, 2, 1, tzinfo=UTC), datetime(2020, 3, 1, tzinfo=UTC)


def mark_months(draw: Draw, world: World) -> list[MarkMonth]:
    """Draw exports of months that are sealed or not."""
    some = draw.few([SEALED, NEVER_SEALED])
    return draw.batch(lambda: MarkMonth(cell=CELL, until=draw.one(some)))


def drop_tasks(draw: Draw, world: World) -> list[DropTasks]:
    """Draw months in which nobody's tasks ended."""
    some = draw.few([SEALED, NEVER_SEALED])
    return draw.batch(lambda: DropTasks(CELL, 0, max(world.owners), draw.one(some)))
