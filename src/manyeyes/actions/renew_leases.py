"""Give workers more time for the task that they are working at, up to three leases in all (docs/decisions/0074)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.lost_leases import lost
from manyeyes.actions.shared.marked_looks import save_looks
from manyeyes.actions.shared.worker_desks import Desks, LeaseId, load_desks
from manyeyes.dispatch import leases
from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import Work
from manyeyes.values.lease_time import Renewed
from manyeyes.values.refusals import Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange


class RenewLease(msgspec.Struct, frozen=True):
    cell: int
    worker_id: int
    lease: LeaseId


async def renew_leases(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[RenewLease]
) -> list[Renewed | Refusal]:
    """Return until when each lease lasts, or what became of one that is over.

    What lies behind the task waits as much longer. Whoever asks for more time is awake: leases that ran out before
    them are forgotten. Practice and gold are renewed as any other task is.
    """
    # 1. Load: the workers' desks, locked.
    cell = commands[0].cell
    desks = await load_desks(tx, cell, [c.worker_id for c in commands])
    before = {work.task_id: work.lease_until for work in desks.works()}
    # 2. Decide: a whole lease from now, as far as three in all allow.
    found = [_renewed(desks, command, now) for command in commands]
    # 3. Save: the leases that last longer, and who is awake.
    longer = {w.task_id: w.lease_until for w in desks.works() if w.lease_until and w.lease_until != before[w.task_id]}
    await leases.renew(tx, cell, longer)
    await save_looks(tx, cell, desks.looks)
    awake = sorted({command.worker_id for command, work in zip(commands, found, strict=True) if work})
    if awake:
        await workers.change_desks(tx, now, cell, {worker_id: SessionChange(is_awake=True) for worker_id in awake})
    # 4. Answer: of a lease that is over, what became of it.
    missing = [(c.worker_id, c.lease) for c, work in zip(commands, found, strict=True) if work is None]
    whys = await lost(tx, now, cell, missing)
    return [
        Renewed(work.lease_until, leases.renewable_until(work))
        if work and work.lease_until
        else whys[command.worker_id, command.lease]
        for command, work in zip(commands, found, strict=True)
    ]


def _renewed(desks: Desks, command: RenewLease, now: datetime) -> Work | None:
    """Renew a live lease and what lies behind it; return the task, None when the lease is not live."""
    work = desks.take(command.worker_id, command.lease, now)
    if work is None or work.lease_until is None:
        return None
    longer = leases.renewed(work, now)
    if longer.lease_until is not None and longer is not work:
        until = desks.looks.lengthen(work, longer.lease_until, now)
        longer = msgspec.structs.replace(longer, lease_until=until)
    desks.put_down(longer)
    assert longer.lease_until is not None
    more = longer.lease_until - work.lease_until
    for behind in desks.of(command.worker_id) if more else []:
        if behind.state is WorkState.QUEUED and behind.lease_until is not None:
            desks.replace(msgspec.structs.replace(behind, lease_until=behind.lease_until + more))
    return longer
