"""Give reviewers a complaint back on which they have just voted, while nothing follows from it (decision 0081)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import MarkedLooks, load_looks, save_looks
from manyeyes.actions.shared.reviewers_room import make_room
from manyeyes.actions.shared.slot_leases import LOST, SEEN_ENOUGH, TOO_LATE, SlotId
from manyeyes.reports import slots, store
from manyeyes.reports.rules import SLOT_SECONDS, ReportState, Slot, SlotState
from manyeyes.reports.voting import store as voting
from manyeyes.values.refusals import Refusal


class TakeBackVote(msgspec.Struct, frozen=True):
    cell: int
    reviewer_id: int
    slot: SlotId


async def take_back_votes(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[TakeBackVote]
) -> list[Slot | Refusal]:
    """Return the complaints, each before its reviewer again under the same lease; else SLOT_LOST or TOO_LATE.

    A whole lease begins, within three from when it was first shown. What the reviewer looked at meanwhile lies behind
    it, and what lay behind that goes to others. Nothing marked lies behind: it goes to others, too, and a look at what
    is marked begins again within their day, or is refused with TOO_LATE (docs/decisions/0079).
    The same again gives the same.
    """
    # 1. Load: the complaints, their slots and what lies before these reviewers, locked.
    cell = commands[0].cell
    task_ids = sorted({c.slot.task_id for c in commands})
    reports = await store.lock_reports(tx, cell, task_ids)
    people = sorted({c.reviewer_id for c in commands})
    desks = {(s.task_id, s.n): s for s in await voting.lock_with_desks(tx, cell, task_ids, people)}
    looks = MarkedLooks()
    await load_looks(tx, cell, looks, {s.reviewer_id for s in desks.values() if s.marks | s.looked_marks} & set(people))
    # 2. Decide: what can be taken back lies before what they look at.
    undecided = {task_id for task_id, report in reports.items() if report.state is ReportState.OPEN}
    outcomes: list[Slot | Refusal] = []
    touched: set[tuple[int, int]] = set()
    back: set[tuple[int, int]] = set()
    for command in commands:
        key = command.slot.task_id, command.slot.n
        slot = _taken_back(desks.get(key), command, undecided, looks, now)
        if isinstance(slot, Slot) and desks[key].state is SlotState.ASIDE:
            touched |= make_room(desks, SlotState, command.reviewer_id, looks, now)
            until = looks.begin(slot.reviewer_id, slot.queue_id, slot.marks, slot.ends_at, now, is_new=False)
            assert until is not None, "it was asked before"
            slot = desks[key] = msgspec.structs.replace(slot, lease_until=until, looked_marks=slot.marks)
            back.add(key)
        outcomes.append(slot)
    # 3. Save.
    moved = [desks[key] for key in sorted(touched)]
    await voting.take_back(tx, cell, [desks[key] for key in sorted(back)])
    await voting.let_in(tx, cell, sorted({task_id for task_id, _ in back}))
    await voting.put_behind(tx, cell, _keys(moved, SlotState.AHEAD), now + timedelta(seconds=SLOT_SECONDS))
    await slots.reopen(tx, cell, _keys(moved, SlotState.OPEN))
    await save_looks(tx, cell, looks)
    return outcomes


def _taken_back(
    slot: Slot | None, command: TakeBackVote, undecided: set[int], looks: MarkedLooks, now: datetime
) -> Slot | Refusal:
    """Return the slot as it lies before its reviewer again, or lies there already; else why it does not."""
    if slot is None or (slot.reviewer_id, slot.lease) != (command.reviewer_id, command.slot.number):
        return LOST
    if slot.state is SlotState.LEASED and slot.ends_at > now:
        return slot
    is_open = slot.task_id in undecided and slot.state is SlotState.ASIDE and slot.settles_at is not None
    if not is_open or slot.settles_at is None or slot.settles_at <= now:
        return TOO_LATE
    until = min(now + timedelta(seconds=SLOT_SECONDS), slot.latest_end)
    if until <= now:
        return TOO_LATE
    if not looks.may_look_again(slot, until, now):
        return SEEN_ENOUGH
    return msgspec.structs.replace(
        slot, state=SlotState.LEASED, vote=None, reason="", settles_at=None, lease_until=until
    )


def _keys(moved: Sequence[Slot], state: SlotState) -> list[tuple[int, int]]:
    return [(slot.task_id, slot.n) for slot in moved if slot.state is state]
