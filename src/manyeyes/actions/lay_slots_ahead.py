"""Lay the next complaint behind the one that a reviewer looks at, so that its picture is there at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.reports import slots
from manyeyes.reports.rules import REVIEWERS, SLOT_SECONDS, SPARE_SLOTS, Slot, assign
from manyeyes.reports.voting import store as voting
from manyeyes.workers.breaks import store as breaks


class LaySlotAhead(msgspec.Struct, frozen=True):
    """``queue_ids``: what the reviewer may judge (workers/rules.py, `may_judge`)."""

    cell: int
    reviewer_id: int
    queue_ids: tuple[int, ...]


async def lay_slots_ahead(tx: asyncpg.Connection, now: datetime, commands: Sequence[LaySlotAhead]) -> list[Slot | None]:
    """Return what lies behind what each reviewer looks at, else None; who looks at nothing gets nothing.

    It is kept for them for a lease's time and counts as shown to nobody (docs/decisions/0042, 0081). Nothing marked
    ever lies there: a look at such a thing is counted where it begins (docs/decisions/0079).
    """
    cell = commands[0].cell
    asking = {c.reviewer_id: frozenset(c.queue_ids) for c in commands}
    held, ahead = await slots.desks(tx, now, cell, asking)
    if (held.keys() - ahead.keys()) and await slots.any_open(tx, cell):
        ahead |= await _lay(tx, now, cell, asking)
    unmarked = {r: slot for r, slot in ahead.items() if not slot.marks}  # its queue may be marked since
    return [unmarked.get(c.reviewer_id) for c in commands]


async def _lay(
    tx: asyncpg.Connection, now: datetime, cell: int, asking: Mapping[int, frozenset[int]]
) -> dict[int, Slot]:
    await slots.lock_reviewers(tx, cell, sorted(asking))
    held, ahead = await slots.desks(tx, now, cell, asking)  # again: another process may have laid one meanwhile
    free = [r for r in asking if r in held and r not in ahead]
    resting = {each.reviewer_id for each in await breaks.resting(tx, now, cell, free)}  # whose break comes next
    wanting = {r: asking[r] for r in free if r not in resting}
    limit = REVIEWERS * len(wanting) + SPARE_SLOTS
    first = await slots.lock_open(tx, cell, limit)
    unmarked = [slot for slot in first if not slot.marks]
    given = assign(unmarked, wanting, await slots.judges(tx, cell, [slot.task_id for slot in unmarked]))
    until = now + timedelta(seconds=SLOT_SECONDS)
    ahead |= await voting.lay_ahead(tx, cell, given, until)
    if len(first) == limit:  # those who got nothing may fit further down
        for reviewer_id in sorted(wanting.keys() - ahead.keys()):
            queue_ids = sorted(wanting[reviewer_id])
            found = await slots.lock_open_for(tx, cell, reviewer_id, queue_ids, [0 for _ in queue_ids])
            ahead |= await voting.lay_ahead(tx, cell, [(slot, reviewer_id) for slot in found], until)
    return ahead
