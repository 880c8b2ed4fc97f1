"""Give workers back what they have just answered or passed on, while nobody has seen that (docs/decisions/0074)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.worker_desks import Desks, LeaseId, load_desks
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.aside import store as aside
from manyeyes.dispatch.aside.store import Aside
from manyeyes.dispatch.rules import QUEUED_LEASES, WorkState
from manyeyes.dispatch.store import Work
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange


class TakeBack(msgspec.Struct, frozen=True):
    cell: int
    worker_id: int
    lease: LeaseId


async def take_back(tx: asyncpg.Connection, now: datetime, commands: Sequence[TakeBack]) -> list[Work | Refusal]:
    """Return the tasks, each on its desk again under the same lease with a whole one before it; else TOO_LATE.

    What the worker looked at meanwhile lies behind it, as if they had not seen it. The same again gives the same.
    """
    # 1. Load: the desks, and what was laid aside, locked.
    cell = commands[0].cell
    people = sorted({c.worker_id for c in commands})
    desks = await load_desks(tx, cell, people)
    laid = {each.task_id: each for each in await aside.lock(tx, cell, people)}
    # 2. Decide: what can be taken back lies before what they look at.
    behind: dict[int, datetime] = {}
    taken: dict[int, datetime] = {}
    outcomes: list[Work | Refusal] = []
    for command in commands:
        found = _taken_back(command, laid, desks, now)
        outcomes.append(found)
        if isinstance(found, Aside) and found.task_id not in taken:
            for work in desks.of(command.worker_id):
                if work.state is WorkState.LEASED:
                    behind[work.task_id] = now + timedelta(seconds=QUEUED_LEASES * work.lease_seconds)
                    desks.replace(_laid_down(work, WorkState.QUEUED, behind[work.task_id], now))
            taken[found.task_id] = now + timedelta(seconds=found.lease_seconds)
            desks.replace(_laid_down(found, WorkState.LEASED, taken[found.task_id], now))
    # 3. Save.
    await aside.lay_behind(tx, now, cell, {task_id: until for task_id, until in behind.items() if task_id not in taken})
    await dispatch.promote(tx, now, cell, taken)
    back = [laid[task_id].worker_id for task_id in taken]
    changes = {w: SessionChange(held=back.count(w), is_awake=True) for w in sorted(set(back))}
    if changes:
        await workers.change_desks(tx, now, cell, changes)
    on_desks = {work.task_id: work for work in desks.works()}
    return [o if isinstance(o, Refusal) else on_desks[o.task_id] for o in outcomes]


def _taken_back(command: TakeBack, laid: dict[int, Aside], desks: Desks, now: datetime) -> Work | Refusal:
    """Return what a command takes back, or took back before; else that it is too late."""
    of = (command.lease.task_id, command.worker_id, command.lease.number)
    for work in desks.of(command.worker_id):
        is_live = work.lease_until is not None and work.lease_until > now
        if (work.task_id, work.worker_id, work.lease) == of and work.state is WorkState.LEASED and is_live:
            return work
    found = laid.get(command.lease.task_id)
    if found and (found.task_id, found.worker_id, found.lease) == of and found.aside_until > now:
        return found
    return _TOO_LATE


def _laid_down(work: Work, state: WorkState, until: datetime, now: datetime) -> Work:
    named = {name: getattr(work, name) for name in Work.__struct_fields__}
    return msgspec.structs.replace(Work(**named), state=state, lease_until=until, desk_since=now)


_TOO_LATE = Refusal(Reason.TOO_LATE, "that can be taken back no more: its time is over, or you have gone on")
