"""Leases whose time is over: the tasks return to their places, their workers count as away."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.laid_work import laid_until, lie_on
from manyeyes.dispatch.rules import Purpose, WorkState
from manyeyes.dispatch.store import Returning, Work
from manyeyes.workers import store as workers
from manyeyes.workers.rules import LAPSES_BEFORE_BREAK
from manyeyes.workers.store import SessionChange

LARGEST_SWEEP = 500


class ReturnLapsedLeases(msgspec.Struct, frozen=True):
    cell: int


class Lapsed(msgspec.Struct, frozen=True):
    """The queues that tasks went back to, and whose leases they were."""

    queue_ids: tuple[int, ...]
    worker_ids: tuple[int, ...]


async def return_lapsed_leases(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ReturnLapsedLeases]
) -> list[Lapsed]:
    """Return what was swept, and what lay queued behind it. A lapse is no failure: the same worker may get it again.

    A worker before whom a lease runs out is away until their program or page asks again; after a second one in a row
    they are offline until they say that they are back.
    """
    # 1. Load: who has leases that are over, and all that these workers hold, locked.
    cell = commands[0].cell
    holders = await workers.lock_free(tx, cell, await dispatch.lapsed(tx, now, cell, LARGEST_SWEEP))
    held = await dispatch.lock_leased(tx, cell, holders) if holders else []
    # 2. Decide: what is over goes back, with all behind it; what is for one person waits while they do other work.
    over = [work for work in held if work.lease_until is None or work.lease_until <= now]
    gone = {work.worker_id for work in over if work.state is WorkState.LEASED}
    waiting = _still_to_be_seen(held, over, now)
    lapsed = [work for work in held if work.worker_id in gone or (work in over and work.task_id not in waiting)]
    # 3. Save: the tasks, the desks, and who is away or offline now.
    await lie_on(tx, cell, waiting)
    await dispatch.put_back(tx, cell, [Returning(work.task_id, work.failures) for work in lapsed])
    counts = Counter(work.worker_id for work in lapsed)
    await workers.change_desks(tx, now, cell, {w: SessionChange(held=-n) for w, n in sorted(counts.items())})
    lapses = await workers.count_lapses(tx, cell, sorted(gone))
    asleep = sorted(w for w, count in lapses.items() if count >= LAPSES_BEFORE_BREAK)
    await workers.leave(tx, now, cell, sorted(gone - set(asleep)), offline=False)
    await workers.leave(tx, now, cell, asleep, offline=True)
    swept = Lapsed(tuple(sorted({work.queue_id for work in lapsed})), tuple(counts))
    return [swept for _ in commands]


def _still_to_be_seen(held: Sequence[Work], over: Sequence[Work], now: datetime) -> dict[int, datetime]:
    """Return what is laid for one person behind something that they still look at, and until when it lies there.

    It would be nobody else's: put back it were lost, though they never saw it (docs/decisions/0072).
    """
    busy = {work.worker_id for work in held if work.state is WorkState.LEASED and work not in over}
    late = [w for w in over if w.worker_id in busy and w.state is WorkState.QUEUED and w.purpose >= Purpose.GOLD]
    return {
        each.task_id: laid_until(
            now, each.lease_seconds, [w for w in held if w.worker_id == each.worker_id and w is not each]
        )
        for each in late
    }
