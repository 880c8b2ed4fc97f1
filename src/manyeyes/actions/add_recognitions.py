"""Add recognitions to apps."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Recognition


class AddRecognition(msgspec.Struct, frozen=True):
    """``recognition`` has a taskId and a number that were made for it alone."""

    recognition: Recognition
    cell: int = DIRECTORY


async def add_recognitions(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddRecognition]) -> list[None]:
    """Add the recognitions; a taskId that is known already came before, with a command whose reply was lost."""
    for command in commands:
        if await recognitions.recognition(tx, command.recognition.task_id) is None:
            await recognitions.insert_recognition(tx, command.recognition)
    return [None for _ in commands]
