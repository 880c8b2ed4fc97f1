"""End the open tasks of sites whose proof ended: not charged, not paid, taken off the desks they lie on."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.task_endings import EndedWork, end_tasks
from manyeyes.actions.shared.worker_desks import load_desks
from manyeyes.dispatch.site_work import store as site_tasks
from manyeyes.dispatch.store import Work
from manyeyes.sites import store as sites
from manyeyes.sites.rules import SiteEvent, SiteState
from manyeyes.sites.store import Event
from manyeyes.tasks.rules import Ending
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange

LARGEST_SWEEP = 500
MOST_SITES = 20


class EndBarredTasks(msgspec.Struct, frozen=True):
    cell: int


class Barred(msgspec.Struct, frozen=True):
    """``ended`` tasks; whose desks became freer, and their queues; ``again``: there is more to end."""

    ended: int = 0
    worker_ids: tuple[int, ...] = ()
    again: bool = False


async def end_barred_tasks(tx: asyncpg.Connection, now: datetime, commands: Sequence[EndBarredTasks]) -> list[Barred]:
    """Return what was ended. A site is swept when none of its tasks is left; `submit_tasks` lets no new one in."""
    cell = commands[0].cell
    keys = await sites.unswept(tx, cell, MOST_SITES)
    outcome = await _sweep(tx, now, cell, keys) if keys else Barred()
    return [outcome for _ in commands]


async def _sweep(tx: asyncpg.Connection, now: datetime, cell: int, keys: Sequence[sites.Key]) -> Barred:
    """Lock desks, then waiting tasks, then the sites; a site that was proven again meanwhile keeps its tasks."""
    # 1. Load: desks, waiting tasks and sites, locked in this order.
    holders = await site_tasks.site_holders(tx, cell, keys)
    desks = await load_desks(tx, cell, holders)
    waiting = await site_tasks.lock_site_waiting(tx, cell, keys, LARGEST_SWEEP)
    known = await sites.lock(tx, cell, keys)
    # 2. Decide: which of these tasks stand on a proof that has ended.
    barred = {key for key in keys if known[key].state is not SiteState.LIVE}
    ending = [work for work in [*desks.works(), *waiting] if (work.account_id, work.site) in barred]
    # 3. Save: the ends of tasks, the trail, the desks, which sites have no task left.
    await end_tasks(tx, now, cell, [EndedWork(work, Ending.BARRED) for work in ending])
    await sites.add_events(tx, now, cell, [_event(work) for work in ending])
    counts = Counter(work.worker_id for work in ending if work.worker_id)
    if counts:
        await workers.change_desks(tx, now, cell, {w: SessionChange(held=-n) for w, n in sorted(counts.items())})
    busy = await site_tasks.busy_sites(tx, cell, keys)
    await sites.mark_swept(tx, cell, set(keys) - (busy & barred))
    return Barred(len(ending), tuple(counts), again=bool(busy & barred) or len(keys) == MOST_SITES)


def _event(work: Work) -> Event:
    return Event(
        cause_id=work.task_id,
        kind=SiteEvent.TASK_ENDED,
        account_id=work.account_id,
        domain=work.site,
        n=work.lease,
        worker_id=work.worker_id,
    )
