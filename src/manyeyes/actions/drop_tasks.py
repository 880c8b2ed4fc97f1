"""Drop tasks of months that are over and sealed: their rows go, their sums stay (docs/decisions/0095)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger.seals import store as seals
from manyeyes.panels import store as panels
from manyeyes.tasks.dropping import store as dropping
from manyeyes.tasks.dropping.store import DropRange

LARGEST_SWEEP = 1_000  # tasks in a batch


class DropTasks(msgspec.Struct, frozen=True):
    """Tasks with numbers above ``after`` and up to ``through`` that ended before ``until``, the end of a month."""

    cell: int
    after: int
    through: int
    until: datetime


async def drop_tasks(tx: asyncpg.Connection, now: datetime, commands: Sequence[DropTasks]) -> list[list[int]]:
    """Return for each the tasks that were dropped, in order; as many as `LARGEST_SWEEP`: there may be more behind them.

    What is disputed, judged, gold, still kept or part of a job stays, with all that was booked for it.
    """
    cell, outcomes = commands[0].cell, []
    for command in commands:
        among = DropRange(command.after, command.through, command.until)
        going = await dropping.droppable(tx, cell, among, LARGEST_SWEEP)
        if going:
            answers = await panels.drop(tx, cell, going)
            await seals.drop_entries(tx, cell, sorted([*going, *answers]))
            await dropping.drop(tx, cell, going)
        outcomes.append(going)
    return outcomes
