"""What must be true of panels and of what people gave, read from every place that tells of it → where it is not."""

from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.rows import read
from manyeyes.panels.store import SQL


class PanelGap(msgspec.Struct, frozen=True):
    """``what`` of the task, or of the answer with this number, is off by ``gap``: a count, or micros."""

    cause_id: int
    what: str
    gap: int


async def panel_gaps(db: asyncpg.Connection, cell: int, since: datetime) -> list[PanelGap]:
    """Return where panels, open or decided since an instant, differ from seats, answers, holds, results and charges."""
    return read(PanelGap, await db.fetch(SQL.panel_gaps, cell, since, timeout=PROOF_SECONDS))


async def answer_gaps(db: asyncpg.Connection, cell: int, since: datetime) -> list[PanelGap]:
    """Return where answers and what was booked for them since an instant differ, and pay that waits for nothing."""
    return read(PanelGap, await db.fetch(SQL.answer_gaps, cell, since, timeout=PROOF_SECONDS))


async def cancelled_by_task(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return the micros of pay cancelled since an instant, by the task: of several answers the sum of theirs."""
    return dict(await db.fetch(SQL.cancelled_by_task, cell, since, timeout=PROOF_SECONDS))
