"""Give reviewers a complaint back on which they have just voted, while nothing follows from it (decision 0081)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.slot_leases import LOST, TOO_LATE, SlotId
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
    it, and what lay behind that goes to others. The same again gives the same.
    """
    # 1. Load: the complaints, their slots and what lies before these reviewers, locked.
    cell = commands[0].cell
    task_ids = sorted({c.slot.task_id for c in commands})
    reports = await store.lock_reports(tx, cell, task_ids)
    found = await voting.lock_with_desks(tx, cell, task_ids, sorted({c.reviewer_id for c in commands}))
    desks = {(s.task_id, s.n): s for s in found}
    # 2. Decide: what can be taken back lies before what they look at.
    undecided = {task_id for task_id, report in reports.items() if report.state is ReportState.OPEN}
    outcomes: list[Slot | Refusal] = []
    touched: set[tuple[int, int]] = set()
    back: set[tuple[int, int]] = set()
    for command in commands:
        slot = _taken_back(desks.get((command.slot.task_id, command.slot.n)), command, undecided, now)
        outcomes.append(slot)
        if isinstance(slot, Slot) and desks[slot.task_id, slot.n].state is SlotState.ASIDE:
            touched |= _make_room(desks, command.reviewer_id)
            desks[slot.task_id, slot.n] = slot
            back.add((slot.task_id, slot.n))
    # 3. Save.
    moved = [desks[key] for key in sorted(touched)]
    await voting.take_back(tx, cell, [desks[key] for key in sorted(back)])
    await voting.let_in(tx, cell, sorted({task_id for task_id, _ in back}))
    await voting.put_behind(tx, cell, _keys(moved, SlotState.AHEAD), now + timedelta(seconds=SLOT_SECONDS))
    await slots.reopen(tx, cell, _keys(moved, SlotState.OPEN))
    return outcomes


def _taken_back(slot: Slot | None, command: TakeBackVote, undecided: set[int], now: datetime) -> Slot | Refusal:
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
    return msgspec.structs.replace(
        slot, state=SlotState.LEASED, vote=None, reason="", settles_at=None, lease_until=until
    )


def _make_room(desks: dict[tuple[int, int], Slot], reviewer_id: int) -> set[tuple[int, int]]:
    """Lay what a reviewer looks at behind, and give back what lay behind that; return what was moved."""
    theirs = {key: slot for key, slot in desks.items() if slot.reviewer_id == reviewer_id}
    moved = {key for key, slot in theirs.items() if slot.state in (SlotState.LEASED, SlotState.AHEAD)}
    is_followed = any(slot.state is SlotState.LEASED for slot in theirs.values())
    for key in moved:
        is_behind = theirs[key].state is SlotState.LEASED or not is_followed
        state = SlotState.AHEAD if is_behind else SlotState.OPEN
        owner = reviewer_id if is_behind else 0
        desks[key] = msgspec.structs.replace(theirs[key], state=state, reviewer_id=owner)
    return moved


def _keys(moved: Sequence[Slot], state: SlotState) -> list[tuple[int, int]]:
    return [(slot.task_id, slot.n) for slot in moved if slot.state is state]
