"""What becomes of tasks that their workers passed on: each goes back to its place, or has failed too often and ends."""

from collections.abc import Iterable

import msgspec

from manyeyes.actions.shared.panel_ends import ClosedSeat
from manyeyes.actions.shared.task_endings import EndedWork
from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import Returning, Work
from manyeyes.panels.rules import SeatEnd
from manyeyes.skills.gold_items import PassedGold
from manyeyes.tasks.rules import Ending, is_unsolvable
from manyeyes.workers.rules import SkipReason, counts_as_failure
from manyeyes.workers.skips.store import CountedSkip


class PassedWorks(msgspec.Struct, frozen=True):
    """``gold``: which of it is gold or practice, whose row does not stay. ``skips``: all of it but practice."""

    returning: list[Returning]
    seats: list[ClosedSeat]
    ended: list[EndedWork]
    gold: list[PassedGold]
    skips: list[CountedSkip]


def parted(passed: Iterable[tuple[Work, SkipReason]]) -> PassedWorks:
    """Return what becomes of each task that its worker passed on for a reason. Practice only counts as passed."""
    found = PassedWorks([], [], [], [], [])
    for work, reason in passed:
        if work.purpose >= Purpose.GOLD:
            found.gold.append(PassedGold(work.worker_id, work.of_task, work.task_id, work.lease))
        if work.purpose is Purpose.PRACTICE:
            continue
        found.skips.append(CountedSkip(work.worker_id, work.queue_id, reason))
        failed = msgspec.structs.replace(work, failures=work.failures + counts_as_failure(reason))
        if not is_unsolvable(failed.failures):
            found.returning.append(Returning(work.task_id, failed.failures, work.worker_id))
        elif work.of_task:
            found.seats.append(ClosedSeat(failed, SeatEnd.FAILED))
        else:
            found.ended.append(EndedWork(failed, Ending.UNSOLVABLE))
    return found
