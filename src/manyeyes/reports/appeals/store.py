"""Named queries of workers' appeals against verdicts → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.reports.rules import ReportKind, ReportState

SQL = Queries(__package__)


class AppealableVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker may appeal against; ``why`` is empty when votes decided."""

    task_id: int
    worker_id: int
    kind: ReportKind
    state: ReportState
    why: str
    cancelled_micros: int


class NewAppeal(msgspec.Struct, frozen=True):
    """``pay_micros``: what the worker lost, and gets when the appeal is accepted."""

    task_id: int
    worker_id: int
    words: str
    pay_micros: int


class Appeal(msgspec.Struct, frozen=True, kw_only=True):
    """``accepted`` and ``decided_at`` are None until the operator has decided."""

    task_id: int
    worker_id: int
    words: str
    pay_micros: int
    filed_at: datetime
    decided_at: datetime | None
    accepted: bool | None
    answer: str


async def verdicts(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, AppealableVerdict]:
    """Return the reports on these tasks as workers may appeal against them, by task."""
    return {v.task_id: v for v in read(AppealableVerdict, await tx.fetch(SQL.verdicts, cell, task_ids))}


async def insert_appeals(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[NewAppeal]) -> set[int]:
    """Store the appeals and return their tasks, but for those that have one already."""
    if not rows:
        return set()
    found = columns(rows, "task_id", "worker_id", "words", "pay_micros")
    return {row["task_id"] for row in await tx.fetch(SQL.insert_appeals, cell, *found, now)}


async def appeals(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Appeal]:
    """Return the appeals on these tasks, by task."""
    return {a.task_id: a for a in read(Appeal, await db.fetch(SQL.appeals, cell, task_ids))}


async def open_appeals(db: asyncpg.Connection, cell: int, limit: int) -> list[Appeal]:
    """Return the appeals that wait for the operator, the oldest first."""
    return read(Appeal, await db.fetch(SQL.open_appeals, cell, limit))


async def lock_appeals(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Appeal]:
    """Return the appeals on these tasks, by task, locked."""
    return {a.task_id: a for a in read(Appeal, await tx.fetch(SQL.lock_appeals, cell, task_ids))}


async def decide_appeals(
    tx: asyncpg.Connection, now: datetime, cell: int, decided: Sequence[tuple[int, bool, str]]
) -> None:
    """Write (task, accepted, answer) of appeals that are locked."""
    if decided:
        await tx.execute(SQL.decide_appeals, cell, *zip(*decided, strict=True), now)


async def all_accepted(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return what appeals paid that were accepted since an instant, in micros by task."""
    return dict(await db.fetch(SQL.all_accepted, cell, since, timeout=PROOF_SECONDS))
