"""A queue's new marks come onto what of it lies on desks unseen; all else gets them when it is handed out."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.dispatch import laid_work
from manyeyes.dispatch import store as dispatch


class MarkWork(msgspec.Struct, frozen=True):
    cell: int
    queue_id: int
    marks: int


async def mark_works(tx: asyncpg.Connection, now: datetime, commands: Sequence[MarkWork]) -> list[None]:
    """Mark what lies on desks unseen: whoever has not agreed is not shown it (docs/decisions/0079).

    A run of the matcher that began before the queue had its marks is waited for: it lays tasks down without them.
    """
    cell = commands[0].cell
    marks: dict[int, int] = {}
    for command in commands:
        marks[command.queue_id] = marks.get(command.queue_id, 0) | command.marks
    await dispatch.lock_gates(tx, cell, sorted(marks))
    await laid_work.mark_unseen(tx, cell, marks)
    return [None for _ in commands]
