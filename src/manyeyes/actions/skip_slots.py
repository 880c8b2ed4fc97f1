"""Reviewers pass on complaints that they cannot or will not judge: they go to others, and never to them again."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import end_looks
from manyeyes.actions.shared.slot_leases import LOST, SlotId, live_slot
from manyeyes.reports import slots
from manyeyes.reports.rules import Slot
from manyeyes.reports.voting import store as voting
from manyeyes.values.refusals import Refusal


class SkipSlot(msgspec.Struct, frozen=True):
    cell: int
    reviewer_id: int
    slot: SlotId


class SlotSkipped(msgspec.Struct, frozen=True):
    task_id: int


async def skip_slots(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[SkipSlot]
) -> list[SlotSkipped | Refusal]:
    """Return which complaints others are asked about now, or why one is not the reviewer's any more."""
    cell = commands[0].cell
    found = {(s.task_id, s.n): s for s in await slots.lock_slots(tx, cell, sorted({c.slot.task_id for c in commands}))}
    passed: dict[tuple[int, int], Slot] = {}
    outcomes: list[SlotSkipped | Refusal] = []
    for command in commands:
        key = command.slot.task_id, command.slot.n
        slot = live_slot(found.get(key), command.slot, command.reviewer_id, now)
        if isinstance(slot, Refusal) or key in passed:
            outcomes.append(slot if isinstance(slot, Refusal) else LOST)
            continue
        passed[key] = slot
        outcomes.append(SlotSkipped(slot.task_id))
    await voting.pass_on(tx, cell, [passed[key] for key in sorted(passed)])
    await end_looks(tx, now, cell, passed.values())
    return outcomes
