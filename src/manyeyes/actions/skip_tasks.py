"""Workers pass tasks on: each goes back to its place, never to the same worker; after five failures it ends."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.panel_ends import ClosedSeat, end_works
from manyeyes.actions.shared.practice_answers import keep_practice
from manyeyes.actions.shared.task_endings import EndedWork
from manyeyes.actions.shared.worker_desks import Desks, LeaseId, load_desks, promote_queued
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import Returning, Work
from manyeyes.panels import store as panels
from manyeyes.panels.rules import SeatEnd
from manyeyes.skills import gold_items
from manyeyes.skills.gold_items import PassedGold
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import Ending, is_unsolvable
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.rules import SkipReason, counts_as_failure
from manyeyes.workers.store import SessionChange


class SkipTask(msgspec.Struct, frozen=True):
    """``seed``: chance, for the audits by lot of what this pass may complete; empty: none is drawn."""

    cell: int
    worker_id: int
    lease: LeaseId
    reason: SkipReason
    seed: bytes = b""


class Skipped(msgspec.Struct, frozen=True):
    """``next_work`` lies on the desk now. ``queue_id`` is 0 when an earlier skip is repeated."""

    task_id: int
    queue_id: int
    next_work: Work | None = None


async def skip_tasks(tx: asyncpg.Connection, now: datetime, commands: Sequence[SkipTask]) -> list[Skipped | Refusal]:
    """Return for each skip what comes next, or that the lease is lost. A repeated skip counts once."""
    # 1. Load: the workers' desks, locked.
    cell = commands[0].cell
    desks = await load_desks(tx, cell, [c.worker_id for c in commands])
    # 2. Decide: each task goes back to its queue, or ends when too many have failed.
    ended: list[EndedWork] = []
    seats: list[ClosedSeat] = []
    practice: list[ClosedSeat] = []
    returning: list[Returning] = []
    taken: list[Work | None] = []
    for command in commands:
        work = desks.take(command.worker_id, command.lease, now)
        taken.append(work)
        if work is None:
            continue
        failures = work.failures + counts_as_failure(command.reason)
        if work.purpose is Purpose.PRACTICE:
            practice.append(ClosedSeat(work, SeatEnd.FAILED))
        elif is_unsolvable(failures) and work.of_task:
            seats.append(ClosedSeat(msgspec.structs.replace(work, failures=failures), SeatEnd.FAILED))
        elif is_unsolvable(failures):
            ended.append(EndedWork(msgspec.structs.replace(work, failures=failures), Ending.UNSOLVABLE))
        else:
            returning.append(Returning(work.task_id, failures, command.worker_id))
    # 3. A lost lease may be one whose reply was lost; a skip before this batch's own is judged by what was before.
    lost = [n for n, work in enumerate(taken) if work is None]
    taken_at = {work.task_id: n for n, work in enumerate(taken) if work}
    too_early = [n for n in lost if n < taken_at.get(commands[n].lease.task_id, -1)]  # before this batch skipped it
    repeated = await _repeated(tx, now, cell, commands, too_early)
    # 4. Save: the tasks, then what lies on the desks now.
    await dispatch.put_back(tx, cell, returning)
    await gold_items.note_passed(tx, now, cell, _passed_gold(taken))
    await end_works(tx, now, cell, ended, seats, seed=commands[0].seed)
    await keep_practice(tx, now, cell, desks, practice)
    skipped = Counter(work.worker_id for work in taken if work)
    if skipped:
        await promote_queued(tx, now, cell, desks, skipped)
        await workers.change_desks(
            tx, now, cell, {w: SessionChange(held=-n, is_awake=True) for w, n in sorted(skipped.items())}
        )
    # 5. Answer: the other lost leases are judged by what has become of the tasks.
    repeated |= await _repeated(tx, now, cell, commands, sorted(set(lost) - set(too_early)))
    return [
        _skipped(command, work, desks) if work or n in repeated else _LOST
        for n, (command, work) in enumerate(zip(commands, taken, strict=True))
    ]


def _skipped(command: SkipTask, work: Work | None, desks: Desks) -> Skipped:
    upcoming = desks.next_for(command.worker_id)
    return Skipped(work.subject_id, work.queue_id, upcoming) if work else Skipped(command.lease.task_id, 0, upcoming)


def _passed_gold(taken: Iterable[Work | None]) -> list[PassedGold]:
    """Return which of it is gold or practice: its row is gone, and a repeated skip is to be known all the same."""
    gold = [work for work in taken if work and work.purpose >= Purpose.GOLD]
    return [PassedGold(work.worker_id, work.of_task, work.task_id, work.lease) for work in gold]


async def _repeated(
    tx: asyncpg.Connection, now: datetime, cell: int, commands: Sequence[SkipTask], places: Sequence[int]
) -> set[int]:
    """Return those of the commands' places whose skip was done before and its reply lost on the way.

    A worker who passed a task on never gets it again: any lease that they had of it is the one they skipped, or one
    before it that ran out. Who skipped last is not kept with an ended task; the number of its last lease is. With a
    task of several answers it is: of its seats nobody has two.
    """
    if not places:
        return set()
    task_ids = [commands[n].lease.task_id for n in places]
    handed = await dispatch.handed(tx, cell, task_ids)
    unsolvable = await tasks.last_leases(tx, cell, task_ids, Ending.UNSOLVABLE)
    gone = sorted({n for n in task_ids if n not in handed and n not in unsolvable})
    closed = await panels.passed_on(tx, cell, gone) if gone else {}
    golden = await gold_items.passed_gold(tx, now, cell, gone)
    found = set()
    for n in places:
        worker_id, lease = commands[n].worker_id, commands[n].lease
        over, tried = handed.get(lease.task_id, (0, frozenset()))
        passed_on = worker_id in tried and lease.number <= over
        passed_on |= worker_id in closed.get(lease.task_id, ())
        passed_on |= golden.get(lease.task_id) == (worker_id, lease.number)
        if passed_on or unsolvable.get(lease.task_id) == lease.number:
            found.add(n)
    return found


_LOST = Refusal(Reason.LEASE_LOST, "the time for this picture was over; go on with the next")
