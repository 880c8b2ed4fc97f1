"""Named queries of evidence: answers that were checked, each with what was right → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import columns
from manyeyes.skills.rules import EvidenceSource
from manyeyes.skills.store import SQL


class NewEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that proved right or wrong; ``truth`` and ``given`` are keys. ``labels``: how many there are to choose.

    ``is_unanimous``: of peers, all of them said so.
    """

    queue_id: int
    worker_id: int
    task_id: int
    source: EvidenceSource
    truth: str
    given: str
    is_unanimous: bool = False
    labels: int = 0


async def insert_evidence(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[NewEvidence]) -> None:
    """Keep what proved right or wrong; what is known from the same source stays as it is."""
    if rows:
        found = columns(rows, "queue_id", "worker_id", "task_id", "source", "truth", "given", "is_unanimous", "labels")
        await tx.execute(SQL.insert_evidence, cell, now, *found)
