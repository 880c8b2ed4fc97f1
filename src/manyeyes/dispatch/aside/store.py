"""What was answered or passed on and may still be taken back: named queries → frozen values (docs/decisions/0074)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import Work

SQL = Queries(__package__)


class Aside(Work, frozen=True, kw_only=True):
    """A row of `work` that is laid aside: ``aside_text`` is the answer, None: it was passed on for ``aside_reason``.

    From ``aside_until`` on it is settled.
    """

    aside_text: str | None
    aside_reason: str
    aside_until: datetime


class LayingAside(msgspec.Struct, frozen=True):
    """A task on a locked desk, and what was done with it."""

    task_id: int
    text: str | None
    reason: str
    until: datetime
    took_ms: int


async def lay(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[LayingAside]) -> None:
    """Take tasks off their locked desks; what was done with them can be taken back until then."""
    if rows:
        await tx.execute(SQL.lay_aside, cell, *columns(rows, "task_id", "text", "reason", "until", "took_ms"), now)


async def hasten(
    tx: asyncpg.Connection, now: datetime, cell: int, laid: Iterable[Aside], worker_ids: Collection[int]
) -> None:
    """Let what of ``laid``, all locked, these workers have laid aside be settled from now on: they have gone on."""
    waits = sorted({each.worker_id for each in laid if each.worker_id in worker_ids and each.aside_until > now})
    if waits:
        await tx.execute(SQL.hasten_aside, cell, waits, now)


async def lock(tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> list[Aside]:
    """Return all that these workers have laid aside, locked; their presences are locked before."""
    return read(Aside, await tx.fetch(SQL.lock_aside, cell, sorted(set(worker_ids))))


async def lock_desks(tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> tuple[list[Work], list[Aside]]:
    """Return what these workers have on their desks, and what they have laid aside, locked after their presences."""
    rows = await tx.fetch(SQL.lock_desks, cell, sorted(set(worker_ids)))
    laid = [row for row in rows if row["state"] == WorkState.ASIDE]
    return read(Work, [row for row in rows if row["state"] != WorkState.ASIDE]), read(Aside, laid)


async def laid_by(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, tuple[int, int, bool]]:
    """Return (worker, lease, whether it was passed on) of those of the tasks that are laid aside; not locked."""
    rows = await tx.fetch(SQL.aside_of, cell, task_ids)
    return {row["task_id"]: (row["worker_id"], row["lease"], row["is_passed"]) for row in rows}


async def lay_behind(tx: asyncpg.Connection, now: datetime, cell: int, works: Sequence[Work]) -> None:
    """Let what workers looked at, for ``aside_ms``, lie behind what they take back, each until its lease is over."""
    if works:
        await tx.execute(SQL.lay_behind, cell, *columns(works, "task_id", "lease_until", "aside_ms"), now)


async def take_back(tx: asyncpg.Connection, cell: int, works: Sequence[Work]) -> None:
    """Let what was laid aside lie before its workers again, each until its lease is over."""
    if works:
        await tx.execute(SQL.take_back, cell, *columns(works, "task_id", "lease_until"))
