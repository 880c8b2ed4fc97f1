"""Workers pass tasks on: each goes back to its place, never to the same worker; after five failures it ends."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.lost_leases import ANSWERED, LOST, Held, answered, passed_on
from manyeyes.actions.shared.panel_ends import ClosedSeat, end_works
from manyeyes.actions.shared.passed_works import parted
from manyeyes.actions.shared.practice_answers import keep_practice
from manyeyes.actions.shared.worker_desks import Desks, LeaseId, load_desks_and_aside, promote_queued
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.aside import store as aside
from manyeyes.dispatch.aside.store import Aside
from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import Work
from manyeyes.panels.rules import SeatEnd
from manyeyes.skills import gold_items
from manyeyes.values.refusals import Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.rules import SkipReason
from manyeyes.workers.skips import store as skips
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
    # 1. Load: the workers' desks, and what they have laid aside, locked.
    cell = commands[0].cell
    desks, laid = await load_desks_and_aside(tx, cell, [c.worker_id for c in commands])
    # 2. Decide: each task goes back to its queue, or ends when too many have failed.
    taken = [desks.take(command.worker_id, command.lease, now) for command in commands]
    passed = parted((work, c.reason) for c, work in zip(commands, taken, strict=True) if work)
    # 3. A lost lease may be one whose reply was lost; a skip before this batch's own is judged by what was before.
    missing = [n for n, work in enumerate(taken) if work is None]
    taken_at = {work.task_id: n for n, work in enumerate(taken) if work}
    too_early = [n for n in missing if n < taken_at.get(commands[n].lease.task_id, -1)]  # before this batch skipped it
    repeated = await _repeated(tx, now, cell, commands, too_early)
    # 4. Save: the tasks, then what lies on the desks now, and what is counted.
    await dispatch.put_back(tx, cell, passed.returning)
    await gold_items.note_passed(tx, now, cell, passed.gold)
    await end_works(tx, now, cell, passed.ended, passed.seats, seed=commands[0].seed)
    practice = [ClosedSeat(work, SeatEnd.FAILED) for work in taken if work and work.purpose is Purpose.PRACTICE]
    await keep_practice(tx, now, cell, desks, practice)
    skipped = Counter(work.worker_id for work in taken if work)
    if skipped:
        await promote_queued(tx, now, cell, desks, skipped, [work for work in taken if work])
        await workers.change_desks(
            tx, now, cell, {w: SessionChange(held=-n, is_awake=True) for w, n in sorted(skipped.items())}
        )
        await aside.hasten(tx, now, cell, laid, skipped)
    await skips.count(tx, now, cell, passed.skips)
    # 5. Answer: the other lost leases are judged by what has become of the tasks.
    repeated |= await _repeated(tx, now, cell, commands, sorted(set(missing) - set(too_early)))
    repeated |= {n for n in missing if (commands[n].worker_id, commands[n].lease) in _laid(cell, laid, is_passed=True)}
    whys = await _whys(tx, cell, [commands[n] for n in missing if n not in repeated], laid)
    return [
        _skipped(command, work, desks) if work or n in repeated else whys[command.worker_id, command.lease]
        for n, (command, work) in enumerate(zip(commands, taken, strict=True))
    ]


async def _whys(
    tx: asyncpg.Connection, cell: int, missing: Sequence[SkipTask], laid: Iterable[Aside]
) -> dict[Held, Refusal]:
    """Return why leases that nobody skipped are lost; what is ``laid`` aside was answered, or passed on."""
    gone = [(command.worker_id, command.lease) for command in missing]
    done = await answered(tx, cell, gone) | _laid(cell, laid, is_passed=False) if gone else set()
    return {held: ANSWERED if held in done else LOST for held in gone}


def _laid(cell: int, laid: Iterable[Aside], *, is_passed: bool) -> set[Held]:
    """Return the leases of what is laid aside and was passed on, or was answered."""
    found = [each for each in laid if (each.aside_text is None) is is_passed]
    return {(each.worker_id, LeaseId(cell, each.task_id, each.lease)) for each in found}


def _skipped(command: SkipTask, work: Work | None, desks: Desks) -> Skipped:
    upcoming = desks.next_for(command.worker_id)
    return Skipped(work.subject_id, work.queue_id, upcoming) if work else Skipped(command.lease.task_id, 0, upcoming)


async def _repeated(
    tx: asyncpg.Connection, now: datetime, cell: int, commands: Sequence[SkipTask], places: Sequence[int]
) -> set[int]:
    """Return those of the commands' places whose skip was done before and its reply lost on the way."""
    held = [(commands[n].worker_id, commands[n].lease) for n in places]
    return {places[at] for at in await passed_on(tx, now, cell, held)}
