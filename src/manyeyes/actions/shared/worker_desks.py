"""A worker's desk while a batch changes it: what they hold, and which task becomes current next."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.dispatch import leases as work_leases
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.aside import store as aside
from manyeyes.dispatch.aside.store import Aside
from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import Returning, Work
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange


class LeaseId(msgspec.Struct, frozen=True):
    """A lease as clients name it, ``cell-task-number``; the number tells it from earlier leases of the task."""

    cell: int
    task_id: int
    number: int

    def __str__(self) -> str:
        return f"{self.cell}-{self.task_id}-{self.number}"


class Desks:
    """All leases of the workers in a batch, locked; `take` removes one, `next_for` tells what comes then."""

    def __init__(self, works: Iterable[Work]) -> None:
        self._works: dict[int, Work] = {work.task_id: work for work in works}

    def take(self, worker_id: int, lease: LeaseId, now: datetime) -> Work | None:
        """Remove and return the leased task; None when the lease is not this worker's or is over."""
        work = self._works.get(lease.task_id)
        if work is None or work.worker_id != worker_id or work.lease != lease.number:
            return None
        if work.lease_until is None or work.lease_until <= now:
            return None
        return self._works.pop(lease.task_id)

    def put_down(self, work: Work) -> None:
        """Put a task that `take` removed back on its desk."""
        self._works[work.task_id] = work

    def clear(self, works: Iterable[Work]) -> None:
        """Remove what was taken off the desks."""
        for work in works:
            self._works.pop(work.task_id, None)

    def next_for(self, worker_id: int) -> Work | None:
        """Return what the worker looks at next: what is current, else what is queued."""
        return next(iter(self.of(worker_id)), None)

    def of(self, worker_id: int) -> list[Work]:
        """Return what lies on the worker's desk, in the order in which they look at it."""
        held = [w for w in self._works.values() if w.worker_id == worker_id]
        return sorted(held, key=work_leases.desk_order)

    def works(self) -> list[Work]:
        """Return everything that lies on the desks now."""
        return list(self._works.values())

    def replace(self, work: Work) -> None:
        """Replace a task by what has become of it."""
        self._works[work.task_id] = work


async def load_desks(tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> Desks:
    """Lock the workers' presences, then what lies on their desks: in this order everywhere, so nobody dead-locks.

    A task that the matcher queues meanwhile is either seen here or not there yet; none appears later.
    """
    ids = sorted(set(worker_ids))
    await workers.lock_sessions(tx, cell, ids)
    return Desks(await dispatch.lock_leased(tx, cell, ids))


async def load_desks_and_aside(
    tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]
) -> tuple[Desks, list[Aside]]:
    """Lock the same, and by the same statement what the workers have laid aside."""
    ids = sorted(set(worker_ids))
    await workers.lock_sessions(tx, cell, ids)
    on_desks, laid = await aside.lock_desks(tx, cell, ids)
    return Desks(on_desks), laid


async def promote_queued(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    desks: Desks,
    worker_ids: Iterable[int],
) -> None:
    """Begin the lease of each worker's queued task that nothing lies before: the reply to the batch shows it."""
    leases: dict[int, datetime] = {}
    for worker_id in sorted(set(worker_ids)):
        work = desks.next_for(worker_id)
        if work is not None and work.state is WorkState.QUEUED:
            current = work_leases.shown(work, now)
            assert current.lease_until is not None
            leases[work.task_id] = current.lease_until
            desks.replace(current)
    await dispatch.promote(tx, now, cell, leases)


async def put_away(
    tx: asyncpg.Connection, now: datetime, cell: int, desks: Desks, offline: Mapping[int, bool]
) -> list[Work]:
    """Take workers, whose desks are locked, out of the match, and return what went back to its queues.

    All that they hold when they said that they go (True), else only what nobody has seen.
    """
    back = [
        w for w in desks.works() if w.worker_id in offline and (offline[w.worker_id] or w.state is WorkState.QUEUED)
    ]
    await dispatch.put_back(tx, cell, [Returning(work.task_id, work.failures) for work in back])
    counts = Counter(work.worker_id for work in back)
    await workers.change_desks(tx, now, cell, {w: SessionChange(held=-n) for w, n in sorted(counts.items())})
    for value in (False, True):
        going = sorted(worker_id for worker_id, said_so in offline.items() if said_so is value)
        await workers.leave(tx, now, cell, going, offline=value)
    return back
