"""Give reviewers who ask for it a complaint to judge: the oldest one that fits each of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg

from manyeyes.actions.shared.marked_looks import MarkedLooks, load_looks, save_looks
from manyeyes.actions.shared.reviewer_turns import TurnsOf, TurnWanted, take_turns
from manyeyes.reports import slots
from manyeyes.reports.rules import REVIEWERS, SLOT_SECONDS, SPARE_SLOTS, Slot, assign
from manyeyes.reports.voting import store as voting
from manyeyes.values.refusals import Refusal


class TakeSlot(TurnWanted, frozen=True):
    """A complaint is wanted."""


async def take_slots(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[TakeSlot]
) -> list[Slot | Refusal | None]:
    """Return what each reviewer has before them: what they had already, else a fresh slot, else None.

    Nobody ever gets two slots of one complaint, or one about their own answer, be it one of several. Refused with
    BREAK_DUE is who has judged for two hours. When nothing is open, as most of the time, this costs two look-ups and
    no lock.
    """
    return await take_turns(tx, now, commands, TURNS)


async def _give(
    tx: asyncpg.Connection, now: datetime, cell: int, asking: Mapping[int, frozenset[int]]
) -> dict[int, Slot]:
    await slots.lock_reviewers(tx, cell, sorted(asking))
    held, ahead = await slots.desks(tx, now, cell, asking)  # again: another process may have given one meanwhile
    coming = {r for r, slot in ahead.items() if not slot.marks}  # being shown to them now: they look again
    wanting = {r: queues for r, queues in asking.items() if r not in held and r not in coming}
    limit = REVIEWERS * len(wanting) + SPARE_SLOTS
    first = await slots.lock_open(tx, cell, limit)
    judges, looks = await slots.judges(tx, cell, [slot.task_id for slot in first]), MarkedLooks()
    if len(first) == limit or any(slot.marks for slot in first):
        await load_looks(tx, cell, looks, wanting)
    given = assign(first, wanting, judges | looks.barred(first, wanting, now))
    until = now + timedelta(seconds=SLOT_SECONDS)
    taken = await slots.lease(tx, now, cell, given, until)
    if len(first) == limit:  # those who got nothing may fit further down
        for reviewer_id in sorted(wanting.keys() - taken.keys()):
            queue_ids = sorted(wanting[reviewer_id])
            clear = looks.clear(reviewer_id, queue_ids, now)
            found = await slots.lock_open_for(tx, cell, reviewer_id, queue_ids, clear)
            taken |= await slots.lease(tx, now, cell, [(slot, reviewer_id) for slot in found], until)
    # What is marked is counted, and lies there no longer than they may look at such things today.
    counted, refused = looks.begin_all(taken.values(), now)
    await slots.renew(tx, cell, counted)
    await slots.reopen(tx, cell, [(slot.task_id, slot.n) for slot in refused])
    await save_looks(tx, cell, looks)
    taken |= {slot.reviewer_id: slot for slot in counted}
    return held | {r: slot for r, slot in taken.items() if slot not in refused}


async def _show_ahead(tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Sequence[int]) -> dict[int, Slot]:
    return await voting.show_ahead(tx, now, cell, reviewer_ids, now + timedelta(seconds=SLOT_SECONDS))


TURNS = TurnsOf[Slot](desks=slots.desks, is_open=slots.any_open, show_ahead=_show_ahead, give=_give)
