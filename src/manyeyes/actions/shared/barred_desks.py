"""Who loses a queue while they are there, by its floor or the operator: it is none of their presence any more."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg

from manyeyes.actions.shared.worker_desks import Desks
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import Returning, Work
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange


async def take_queues_away(
    tx: asyncpg.Connection, now: datetime, cell: int, desks: Desks, lost: Sequence[tuple[int, int]]
) -> tuple[int, ...]:
    """Take queues from people's presences, by (queue, worker); return the queues that work went back to.

    Their presences and ``desks`` are locked. What they look at they may still answer; what lies behind it, unseen,
    goes back.
    """
    if not lost:
        return ()
    gone = set(lost)
    lying = [work for work in desks.works() if (work.queue_id, work.worker_id) in gone]
    back = await put_unseen_back(tx, now, cell, desks, lying)
    await workers.drop_queues(tx, cell, lost)
    return tuple(sorted({work.queue_id for work in back}))


async def put_unseen_back(
    tx: asyncpg.Connection, now: datetime, cell: int, desks: Desks, lying: Sequence[Work]
) -> list[Work]:
    """Put back, and return, what of this lies on locked ``desks`` unseen."""
    back = [work for work in lying if work.state is WorkState.QUEUED]
    await dispatch.put_back(tx, cell, [Returning(work.task_id, work.failures) for work in back])
    counts = Counter(work.worker_id for work in back)
    await workers.change_desks(tx, now, cell, {w: SessionChange(held=-n) for w, n in sorted(counts.items())})
    desks.clear(back)
    return back
