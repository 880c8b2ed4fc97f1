"""People look once more at pictures that they answered or judged: what is marked is counted (docs/decisions/0079)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import MarkedLooks, load_looks, save_looks
from manyeyes.wellbeing import store as wellbeing
from manyeyes.wellbeing.rules import LATER_LOOK_SECONDS


class CountLook(msgspec.Struct, frozen=True):
    """Somebody opens the fold over the picture of a task."""

    cell: int
    worker_id: int
    task_id: int


async def count_looks(tx: asyncpg.Connection, now: datetime, commands: Sequence[CountLook]) -> list[bool]:
    """Return whether each picture may be shown: by its marks as they are now, and what is left of the day.

    Each look is one more picture, whatever was looked at before. What is not marked is not counted.
    """
    cell = commands[0].cell
    found = await wellbeing.marks_of(tx, cell, {c.task_id for c in commands})
    looks, until = MarkedLooks(), now + timedelta(seconds=LATER_LOOK_SECONDS)
    await load_looks(tx, cell, looks, {c.worker_id for c in commands if c.task_id in found and found[c.task_id][1]})
    shown = [
        c.task_id in found and looks.begin(c.worker_id, *found[c.task_id], until, now, is_new=True) is not None
        for c in commands
    ]
    await save_looks(tx, cell, looks)
    return shown
