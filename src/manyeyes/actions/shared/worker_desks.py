"""A worker's desk while a batch changes it: what they hold, and which task becomes current next."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import MarkedLooks, load_looks, save_looks
from manyeyes.dispatch import leases as work_leases
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.aside import store as aside
from manyeyes.dispatch.aside.store import Aside
from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import Returning, Work
from manyeyes.logs.spans import note_steps
from manyeyes.wellbeing.rules import Wellbeing
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
        self.looks = MarkedLooks()

    def take(self, worker_id: int, lease: LeaseId, now: datetime) -> Work | None:
        """Remove and return the leased task; None when the lease is not this worker's or is over."""
        work = self._works.get(lease.task_id)
        if work is None or work.worker_id != worker_id or work.lease != lease.number:
            return None
        if work.lease_until is None or work.lease_until <= now:
            return None
        if work.marks and work.state is WorkState.QUEUED:
            return None  # nobody answers what they were not warned of
        return self._works.pop(lease.task_id)

    def put_down(self, work: Work) -> None:
        """Put a task that `take` removed back on its desk."""
        self._works[work.task_id] = work

    def clear(self, works: Iterable[Work]) -> None:
        """Remove what was taken off the desks."""
        for work in works:
            self._works.pop(work.task_id, None)

    def next_for(self, worker_id: int) -> Work | None:
        """Return what the worker looks at next: what is current, else what is queued.

        None where that is marked and was not shown yet: nothing is told of it before its look is counted.
        """
        first = next(iter(self.of(worker_id)), None)
        return None if first and first.marks and first.state is WorkState.QUEUED else first

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
    desks = Desks(await dispatch.lock_leased(tx, cell, ids))
    await _load_looks(tx, cell, desks)
    return desks


async def load_desks_and_aside(
    tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]
) -> tuple[Desks, list[Aside]]:
    """Lock the same, and by the same statement what the workers have laid aside."""
    ids = sorted(set(worker_ids))
    await workers.lock_sessions(tx, cell, ids)
    on_desks, laid = await aside.lock_desks(tx, cell, ids)
    desks = Desks(on_desks)
    await _load_looks(tx, cell, desks, laid)
    return desks, laid


async def _load_looks(tx: asyncpg.Connection, cell: int, desks: Desks, beside: Iterable[Work] = ()) -> None:
    """Load what is known of those before whom something marked lies: where nothing is, as nearly always, nothing."""
    await load_looks(tx, cell, desks.looks, {w.worker_id for w in (*desks.works(), *beside) if w.marks})


async def promote_queued(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    desks: Desks,
    worker_ids: Iterable[int],
    ended: Iterable[Work] = (),
) -> None:
    """Begin the lease of each worker's queued task that nothing lies before: the reply to the batch shows it.

    ``ended``: what they looked at until now.
    What they may not be shown goes back: here, and nowhere else, a picture of a desk comes before anybody's eyes.
    """
    await _load_looks(tx, cell, desks)  # what was laid since then
    desks.looks.end(ended, now)
    leases: dict[int, datetime] = {}
    refused: list[Work] = []
    for worker_id in sorted(set(worker_ids)):
        for work in desks.of(worker_id):
            if work.state is not WorkState.QUEUED:
                break
            current = _shown(desks, work, now)
            if current is not None and current.lease_until is not None:
                leases[work.task_id] = current.lease_until
                desks.replace(current)
                note_steps("handed_out", cell, [work.subject_id])
                break
            refused.append(work)
    await dispatch.promote(tx, now, cell, leases)
    await _send_back(tx, now, cell, desks, refused)
    await save_looks(tx, cell, desks.looks)


def _shown(desks: Desks, work: Work, now: datetime) -> Work | None:
    """Return a queued task as its worker looks at it from now on; None: they may not be shown it."""
    current = work_leases.shown(work, now)
    assert current.lease_until is not None
    is_new = not work.aside_ms
    until = desks.looks.begin(work.worker_id, work.queue_id, work.marks, current.lease_until, now, is_new=is_new)
    return None if until is None else msgspec.structs.replace(current, lease_until=until)


async def _send_back(tx: asyncpg.Connection, now: datetime, cell: int, desks: Desks, refused: Sequence[Work]) -> None:
    """Put what may not be shown back into its queue: it failed nobody, and others may have it."""
    if refused:
        await dispatch.put_back(tx, cell, [Returning(work.task_id, work.failures) for work in refused])
        counts = Counter(work.worker_id for work in refused)
        await workers.change_desks(tx, now, cell, {w: SessionChange(held=-n) for w, n in sorted(counts.items())})
        desks.clear(refused)


async def put_down_unwilling(
    tx: asyncpg.Connection, now: datetime, cell: int, desks: Desks, known: Mapping[int, Wellbeing]
) -> list[Work]:
    """Put back, and return, what lies on locked desks, seen or not, with marks that its worker does not agree to."""
    back = [w for w in desks.works() if w.worker_id in known and w.marks & ~known[w.worker_id].willing(w.queue_id)]
    desks.looks.end([work for work in back if work.state is WorkState.LEASED], now)
    await save_looks(tx, cell, desks.looks)
    await _send_back(tx, now, cell, desks, back)
    return back


async def put_away(
    tx: asyncpg.Connection, now: datetime, cell: int, desks: Desks, offline: Mapping[int, bool]
) -> list[Work]:
    """Take workers, whose desks are locked, out of the match, and return what went back to its queues.

    All that they hold when they said that they go (True), else only what nobody has seen.
    """
    back = [
        w for w in desks.works() if w.worker_id in offline and (offline[w.worker_id] or w.state is WorkState.QUEUED)
    ]
    desks.looks.end([work for work in back if work.state is WorkState.LEASED], now)
    await save_looks(tx, cell, desks.looks)
    await dispatch.put_back(tx, cell, [Returning(work.task_id, work.failures) for work in back])
    counts = Counter(work.worker_id for work in back)
    await workers.change_desks(tx, now, cell, {w: SessionChange(held=-n) for w, n in sorted(counts.items())})
    for value in (False, True):
        going = sorted(worker_id for worker_id, said_so in offline.items() if said_so is value)
        await workers.leave(tx, now, cell, going, offline=value)
    return back
