"""What became of leases that are not live any more, as far as their holders did it themselves."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.aside import store as aside
from manyeyes.panels import store as panels
from manyeyes.skills import gold_items
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import Ending
from manyeyes.values.refusals import Reason, Refusal

Held = tuple[int, LeaseId]  # a worker and their lease


async def lost(tx: asyncpg.Connection, now: datetime, cell: int, leases: Collection[Held]) -> dict[Held, Refusal]:
    """Return why each of the leases is not live: its worker answered, or passed on, already; else it is over."""
    if not leases:
        return {}
    done = await answered(tx, cell, leases)
    laid = await aside.laid_by(tx, cell, sorted({lease.task_id for _, lease in leases}))
    held = {(w, n, by): is_passed for n, (w, by, is_passed) in laid.items()}
    said = {each: held.get((each[0], each[1].task_id, each[1].number)) for each in leases}
    done |= {each for each, is_passed in said.items() if is_passed is False}
    left = sorted(set(leases) - done, key=_key)
    passed = {left[n] for n in await passed_on(tx, now, cell, left)} | {each for each in left if said[each]}
    return {held: ANSWERED if held in done else PASSED_ON if held in passed else LOST for held in leases}


async def answered(tx: asyncpg.Connection, cell: int, leases: Collection[Held]) -> set[Held]:
    """Return those of the leases that ended by an answer, their worker's; of tasks, of seats, of gold and practice."""
    task_ids = sorted({lease.task_id for _, lease in leases})
    solved = await tasks.answered_leases(tx, cell, task_ids)
    seats = [n for n in task_ids if n not in solved]
    given = await panels.answers_by_number(tx, cell, seats) if seats else {}
    by = {n: (each.worker_id, each.lease) for n, each in solved.items()}
    by |= {n: (each.worker_id, each.lease) for n, each in given.items()}
    return {held for held in leases if by.get(held[1].task_id) == (held[0], held[1].number)}


async def passed_on(tx: asyncpg.Connection, now: datetime, cell: int, leases: Sequence[Held]) -> set[int]:
    """Return the places of those of the leases that ended by a skip, their worker's, or by their time before one.

    A worker who passed a task on never gets it again: any lease that they had of it is the one they skipped, or one
    before it that ran out. Who skipped last is not kept with an ended task; the number of its last lease is. With a
    task of several answers it is: of its seats nobody has two.
    """
    if not leases:
        return set()
    task_ids = [lease.task_id for _, lease in leases]
    handed = await dispatch.handed(tx, cell, task_ids)
    unsolvable = await tasks.last_leases(tx, cell, task_ids, Ending.UNSOLVABLE)
    gone = sorted({n for n in task_ids if n not in handed and n not in unsolvable})
    closed = await panels.passed_on(tx, cell, gone) if gone else {}
    golden = await gold_items.passed_gold(tx, now, cell, gone)
    found = set()
    for place, (worker_id, lease) in enumerate(leases):
        over, tried = handed.get(lease.task_id, (0, frozenset()))
        is_passed = worker_id in tried and lease.number <= over
        is_passed |= worker_id in closed.get(lease.task_id, ())
        is_passed |= golden.get(lease.task_id) == (worker_id, lease.number)
        if is_passed or unsolvable.get(lease.task_id) == lease.number:
            found.add(place)
    return found


def _key(held: Held) -> tuple[int, int, int]:
    return held[0], held[1].task_id, held[1].number


LOST = Refusal(Reason.LEASE_LOST, "the time for this picture was over; go on with the next")
ANSWERED = Refusal(Reason.ALREADY_ANSWERED, "you have answered this picture already; go on with the next")
PASSED_ON = Refusal(Reason.ALREADY_PASSED_ON, "you have passed this picture on already; go on with the next")
