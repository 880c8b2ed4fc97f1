"""Give workers back what they have just answered or passed on, while nobody has seen that (docs/decisions/0074)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import MarkedLooks, save_looks
from manyeyes.actions.shared.worker_desks import Desks, LeaseId, load_desks_and_aside
from manyeyes.dispatch.aside import store as aside
from manyeyes.dispatch.aside.store import Aside
from manyeyes.dispatch.leases import looked_ms
from manyeyes.dispatch.rules import QUEUED_LEASES, WorkState
from manyeyes.dispatch.store import Work
from manyeyes.values.lease_time import latest_end
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import presences
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange


class TakeBack(msgspec.Struct, frozen=True):
    cell: int
    worker_id: int
    lease: LeaseId


async def take_back(tx: asyncpg.Connection, now: datetime, commands: Sequence[TakeBack]) -> list[Work | Refusal]:
    """Return the tasks, each on its desk again under the same lease; else TOO_LATE, KEPT_TOO_LONG,
    QUEUE_LOST or NOT_ONLINE.

    A whole lease begins, within three from when it was first shown. What the worker looked at meanwhile lies behind it,
    and counts as looked at for as long when it comes again. The same again gives the same.
    """
    # 1. Load: the desks, and what was laid aside, locked; then the queues that these people are in.
    cell = commands[0].cell
    people = sorted({c.worker_id for c in commands})
    desks, earlier = await load_desks_and_aside(tx, cell, people)
    laid = {each.task_id: each for each in earlier}
    queues = await presences.queues(tx, cell, people) if laid else {}
    # 2. Decide: what can be taken back lies before what they look at.
    moved: dict[int, int] = {}  # whose it is
    outcomes: list[Work | Refusal] = []
    for command in commands:
        found = _taken_back(command, laid, desks, queues, now)
        outcomes.append(found)
        if isinstance(found, Aside):
            for work in desks.of(command.worker_id):
                if work.state is WorkState.LEASED:
                    moved[work.task_id] = work.worker_id
                    desks.looks.end([work], now)
                    desks.replace(_behind(work, now))
            moved[found.task_id] = found.worker_id
            desks.replace(_current(desks.looks, found, now))
    # 3. Save.
    changed = [work for work in desks.works() if work.task_id in moved]
    await aside.lay_behind(tx, now, cell, [work for work in changed if work.state is WorkState.QUEUED])
    await aside.take_back(tx, cell, [work for work in changed if work.state is WorkState.LEASED])
    await save_looks(tx, cell, desks.looks)
    back = Counter(work.worker_id for work in changed if work.task_id in laid)
    if back:
        changes = {w: SessionChange(held=n, is_awake=True) for w, n in sorted(back.items())}
        await workers.change_desks(tx, now, cell, changes)
    on_desks = {work.task_id: work for work in desks.works()}
    return [o if isinstance(o, Refusal) else on_desks[o.task_id] for o in outcomes]


def _taken_back(
    command: TakeBack, laid: Mapping[int, Aside], desks: Desks, queues: Mapping[int, Collection[int]], now: datetime
) -> Work | Refusal:
    """Return what a command takes back, or took back before; else why it cannot be."""
    of = (command.lease.task_id, command.worker_id, command.lease.number)
    for work in desks.of(command.worker_id):
        is_live = work.lease_until is not None and work.lease_until > now
        if (work.task_id, work.worker_id, work.lease) == of and work.state is WorkState.LEASED and is_live:
            return work
    found = laid.get(command.lease.task_id)
    if found is None or (found.task_id, found.worker_id, found.lease) != of or found.aside_until <= now:
        return _TOO_LATE
    if _lease_end(found, now) <= now:
        return _SHOWN_FOR_LONG
    if command.worker_id not in queues:
        return _NOT_ONLINE
    if found.queue_id not in queues[command.worker_id]:
        return _NOT_THEIRS
    return found if _may_look_again(desks.looks, found, now) else _SEEN_ENOUGH


def _may_look_again(looks: MarkedLooks, found: Aside, now: datetime) -> bool:
    known, until = looks.of(found.worker_id), _lease_end(found, now)
    return not found.marks or (
        known is not None and known.look_end(found.queue_id, found.marks, until, now, is_new=False) is not None
    )


def _lease_end(found: Aside, now: datetime) -> datetime:
    whole = now + timedelta(seconds=found.lease_seconds)
    return min(whole, latest_end(found.desk_since, found.lease_seconds)) if found.desk_since else whole


def _current(looks: MarkedLooks, found: Aside, now: datetime) -> Work:
    named = {name: getattr(found, name) for name in Work.__struct_fields__}
    until = looks.begin(
        found.worker_id, found.queue_id, found.marks, _lease_end(found, now), now, is_new=False
    )  # never None: it was asked before
    return Work(**{**named, "state": WorkState.LEASED, "lease_until": until, "aside_ms": 0})


def _behind(work: Work, now: datetime) -> Work:
    until = now + timedelta(seconds=QUEUED_LEASES * work.lease_seconds)
    looked = looked_ms(work, now)
    return msgspec.structs.replace(work, state=WorkState.QUEUED, lease_until=until, desk_since=now, aside_ms=looked)


_TOO_LATE = Refusal(Reason.TOO_LATE, "that can be taken back no more: its time is over, or you have gone on")
_SHOWN_FOR_LONG = Refusal(
    Reason.KEPT_TOO_LONG, "that can be taken back no more: you have had it for as long as anybody may"
)
_SEEN_ENOUGH = Refusal(Reason.TOO_LATE, "that can be taken back no more: its marks are not for you now")
_NOT_ONLINE = Refusal(Reason.NOT_ONLINE, "go online first")
_NOT_THEIRS = Refusal(Reason.QUEUE_LOST, "that can be taken back no more: you do not get its queue any longer")
