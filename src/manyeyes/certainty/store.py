"""Named queries of judgements and of what audits prove → frozen values."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.certainty.rules import JudgementPurpose
from manyeyes.consensus.rules import Proof
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns

SQL = Queries(__package__)


class NewJudgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer is asked to decide; ``proposal``: the result, or the best there is, with its ``score``."""

    task_id: int
    purpose: JudgementPurpose
    account_id: int
    queue_id: int
    question_id: int
    proposal: str
    score: float
    pay_micros: int


async def proofs(
    db: asyncpg.Connection, cell: int, scopes: Collection[tuple[int, int, int]]
) -> dict[tuple[int, int, int, float], Proof]:
    """Return what audits prove, by (account, queue, question, target); of others nothing is proven."""
    rows = await db.fetch(SQL.thresholds, cell, *zip(*sorted(scopes), strict=True)) if scopes else []
    scoped = [((r["account_id"], r["queue_id"], r["question_id"], round(r["target"], 4)), r) for r in rows]
    return {scope: Proof(row["threshold"], row["is_refused"]) for scope, row in scoped}


async def insert_judgements(
    tx: asyncpg.Connection, now: datetime, cell: int, judgements: Sequence[NewJudgement]
) -> None:
    """Ask reviewers. Raises asyncpg.UniqueViolationError for what was asked before."""
    if judgements:
        found = columns(
            judgements,
            *("task_id", "purpose", "account_id", "queue_id", "question_id", "proposal", "score", "pay_micros"),
        )
        await tx.execute(SQL.insert_judgements, cell, now, *found)
