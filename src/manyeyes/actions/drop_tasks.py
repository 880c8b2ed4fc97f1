"""Drop tasks of months that are over and sealed: their rows go, their sums stay (docs/decisions/0095)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger.seals import store as seals
from manyeyes.panels import store as panels
from manyeyes.tasks.dropping import store as dropping
from manyeyes.tasks.dropping.store import DropRange

LARGEST_SWEEP = 1_000  # tasks that are looked at in a batch, whether they can be dropped or not


class DropTasks(msgspec.Struct, frozen=True):
    """Tasks with numbers above ``after`` and up to ``through`` that ended before ``until``, the end of a month."""

    cell: int
    after: int
    through: int
    until: datetime


class DroppedTasks(msgspec.Struct, frozen=True):
    """The tasks that were dropped, in order, and up to which number was looked; ``through`` 0: to the end."""

    task_ids: list[int]
    through: int


async def drop_tasks(tx: asyncpg.Connection, now: datetime, commands: Sequence[DropTasks]) -> list[DroppedTasks]:
    """Drop what can be dropped of the first `LARGEST_SWEEP` tasks of each.

    What is disputed, judged, gold, still kept or part of a job stays, with all that was booked for it.
    """
    cell, outcomes = commands[0].cell, []
    for command in commands:
        among = DropRange(command.after, command.through, command.until)
        through = await dropping.window_end(tx, cell, among, LARGEST_SWEEP) or 0
        going = await dropping.droppable(tx, cell, DropRange(command.after, through, command.until)) if through else []
        if going:
            answers = await panels.drop(tx, cell, going)
            await seals.drop_entries(tx, cell, sorted([*going, *answers]))
            await dropping.drop(tx, cell, going)
        outcomes.append(DroppedTasks(going, through))
    return outcomes
