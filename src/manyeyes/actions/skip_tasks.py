"""Workers pass tasks on: each goes back to its place, never to the same worker; after five failures it ends."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.parts.desk import LeaseId, load_desks, promote_queued
from manyeyes.actions.parts.ending import Ended, end_tasks
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.store import Returning, Work
from manyeyes.refusals import Reason, Refusal
from manyeyes.tasks.rules import Ending, is_unsolvable
from manyeyes.workers import store as workers
from manyeyes.workers.rules import counts_as_failure
from manyeyes.workers.store import Desk


class SkipTask(msgspec.Struct, frozen=True):
    """``reason``: unreadable, wrong_language, upsetting, other; whether it counts as a failure: workers/rules.py."""

    cell: int
    worker_id: int
    lease: LeaseId
    reason: str


class Skipped(msgspec.Struct, frozen=True):
    task_id: int
    queue_id: int
    next_work: Work | None = None


async def skip_tasks(tx: asyncpg.Connection, now: datetime, commands: Sequence[SkipTask]) -> list[Skipped | Refusal]:
    """Return for each skip what comes next, or that the lease is lost."""
    cell = commands[0].cell
    desks = await load_desks(tx, cell, [c.worker_id for c in commands])
    ended: list[Ended] = []
    returning: list[Returning] = []
    taken: list[Work | None] = []
    for command in commands:
        work = desks.take(command.worker_id, command.lease, now)
        taken.append(work)
        if work is None:
            continue
        failures = work.failures + counts_as_failure(command.reason)
        if is_unsolvable(failures):
            ended.append(Ended(msgspec.structs.replace(work, failures=failures), Ending.UNSOLVABLE))
        else:
            returning.append(Returning(work.task_id, failures, command.worker_id))
    await dispatch.put_back(tx, cell, returning)
    await end_tasks(tx, now, cell, ended)
    skipped = Counter(work.worker_id for work in taken if work)
    if skipped:
        await promote_queued(tx, now, cell, desks, skipped)
        await workers.change_desks(tx, now, cell, {w: Desk(held=-n, is_awake=True) for w, n in sorted(skipped.items())})
    return [Skipped(work.task_id, work.queue_id, desks.next_for(work.worker_id)) if work else _LOST for work in taken]


_LOST = Refusal(Reason.LEASE_LOST, "the time for this picture was over; go on with the next")
