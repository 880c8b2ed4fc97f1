"""Add recognitions to apps."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Recognition
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class AddRecognition(msgspec.Struct, frozen=True):
    """``recognition`` has a taskId and a number that were made for it alone."""

    recognition: Recognition
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def add_recognitions(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddRecognition]) -> list[None]:
    """Add the recognitions; a taskId that is known already came before, with a command whose reply was lost."""
    entries = []
    for c in commands:
        new = c.recognition
        if await recognitions.recognition(tx, new.task_id) is None:
            await recognitions.insert_recognition(tx, new)
            entries.append(change_of(c.actor, Deed.RECOGNITION_ADD, f"recognition:{new.task_id}", None, new))
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
