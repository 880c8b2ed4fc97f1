"""Named queries of the presences of workers who practise with a queue's training set."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import columns
from manyeyes.workers.store import SQL


class PracticePresence(msgspec.Struct, frozen=True):
    """Somebody who practises a queue from now on, through this node; the languages are theirs if they were offline."""

    worker_id: int
    node_id: int
    queue_id: int
    languages: tuple[str, ...]


async def open_sessions(tx: asyncpg.Connection, now: datetime, cell: int, worker_ids: Iterable[int]) -> None:
    """Make presences, which have not begun, for workers who never came."""
    await tx.execute(SQL.open_sessions, cell, sorted(set(worker_ids)), now)


async def begin_practising(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[PracticePresence]) -> None:
    """Let workers practise, who come online by that if they were not; their presences are locked."""
    if rows:
        languages = {"languages": lambda row: "{" + ",".join(row.languages) + "}"}
        found = columns(rows, "worker_id", "node_id", "queue_id", "languages", **languages)
        await tx.execute(SQL.begin_practising, cell, *found, now)


async def end_practising(tx: asyncpg.Connection, cell: int, ended: Iterable[tuple[int, int, bool]]) -> None:
    """Let workers practise a queue no more, and have it again if they passed: (worker, queue, whether) each.

    Their presences are locked.
    """
    rows = sorted(ended)
    for queue_id in sorted({queue for _, queue, _ in rows}):
        theirs = [(worker, passed) for worker, queue, passed in rows if queue == queue_id]
        await tx.execute(SQL.end_practising, cell, queue_id, *zip(*theirs, strict=True))
