"""Named queries of what a run of the matcher may give whom: the heads of a queue → frozen values."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

import asyncpg

from manyeyes.db.rows import read
from manyeyes.dispatch.rules import NO_FILTERS, NOTHING_CLEAR, ClearMarks, WaitingTask, WorkerFilters
from manyeyes.dispatch.store import SQL


async def waiting_head(
    tx: asyncpg.Connection,
    cell: int,
    queue_id: int,
    workers: Sequence[int],
    limit: int,
    filters: WorkerFilters = NO_FILTERS,
    *,
    known: Sequence[int] = (),
    clear: ClearMarks = NOTHING_CLEAR,
) -> list[WaitingTask]:
    """Return the first waiting tasks, locked, but for ``known`` ones and those that none of ``workers`` may have."""
    may_see = [clear.of(worker_id) for worker_id in workers]
    of_filters = _filter_columns(filters)
    rows = await tx.fetch(
        SQL.waiting_head, cell, queue_id, workers, limit, *of_filters, known, may_see, clear.queue_marks
    )
    return read(WaitingTask, rows)


async def queued_head(
    tx: asyncpg.Connection,
    cell: int,
    queue_id: int,
    workers: Sequence[int],
    *,
    filters: WorkerFilters,
    now: datetime,
    seconds: float,
    idle: bool,
    clear: ClearMarks = NOTHING_CLEAR,
) -> list[WaitingTask]:
    """Return the first unseen tasks on desks, as many as there are ``workers`` one of whom may have each, all locked.

    They have lain there for ``seconds``; for ``idle`` workers longer, where they were passed on before, and younger
    ones too, of holders who do not ask or look at another task.
    """
    of_filters = _filter_columns(filters)
    may_see = [clear.of(worker_id) for worker_id in workers]
    rows = await tx.fetch(
        SQL.queued_head,
        cell,
        queue_id,
        workers,
        len(workers),
        *of_filters,
        now,
        seconds,
        idle,
        may_see,
        clear.queue_marks,
    )
    return read(WaitingTask, rows)


async def oldest_of(
    tx: asyncpg.Connection, cell: int, queue_id: int, lists: Mapping[int, AbstractSet[int]]
) -> list[WaitingTask]:
    """Return the oldest waiting tasks of the listing accounts, locked.

    Of each account they are as many as it lists workers: more could not be taken.
    """
    workers = ["{" + ",".join(map(str, listed)) + "}" for listed in lists.values()]
    counts = [len(listed) for listed in lists.values()]
    return read(WaitingTask, await tx.fetch(SQL.oldest_of, cell, queue_id, list(lists), workers, counts))


def _filter_columns(filters: WorkerFilters) -> tuple[list[int], list[int], list[str]]:
    """Return the pairs of accounts and the workers they filter, side by side, and the kinds that it goes for.

    Filters that only come last bar nobody: there are none.
    """
    if filters.are_last:
        return [], [], []
    pairs = [(account, worker) for account, barred in filters.workers.items() for worker in barred]
    return [a for a, _ in pairs], [w for _, w in pairs], list(filters.kinds)
