"""How people judged: counts of verdicts, and how wrong the certain results may be at the most."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.recognitions.store import SQL
from manyeyes.values.binomial_bounds import upper_bound

CONFIDENCE = 0.95


class VerdictCount(msgspec.Struct, frozen=True):
    """Verdicts that stand; ``sampled``: of certain results drawn by lot, ``wrong`` of which a person overturned."""

    verdicts: int = 0
    overturned: int = 0
    sampled: int = 0
    wrong: int = 0

    @property
    def most_wrong(self) -> float | None:
        """Return the share of certain results that is wrong at the most; None while no certain result was looked at.

        With 95 % confidence (Clopper and Pearson 1934).
        """
        return upper_bound(self.wrong, self.sampled, CONFIDENCE) if self.sampled else None


async def verdict_counts(
    db: asyncpg.Connection, cell: int, recognition_ids: Sequence[int], since: datetime
) -> dict[int, VerdictCount]:
    """Return what people said since an instant, by recognition; those without a verdict are left out."""
    rows = await db.fetch(SQL.verdict_counts, cell, list(recognition_ids), since)
    return {row["recognition_id"]: count for row, count in zip(rows, read(VerdictCount, rows), strict=True)}
