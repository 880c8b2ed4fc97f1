"""What is asked about pictures, stored once for each account and wording."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from manyeyes.tasks import question_store
from manyeyes.tasks.question_store import NewQuestion

__all__ = ["NewQuestion", "hold_questions"]


async def hold_questions(
    tx: asyncpg.Connection, now: datetime, cell: int, asked: Sequence[NewQuestion]
) -> dict[int, int]:
    """Return for each question the number of the one that holds it: its own, or that of the same one of before."""
    return await question_store.hold(tx, now, cell, asked)
