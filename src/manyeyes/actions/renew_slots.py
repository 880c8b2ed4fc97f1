"""Give reviewers more time for the complaint that they are looking at, up to three leases (docs/decisions/0074)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import MarkedLooks, load_looks, save_looks
from manyeyes.actions.shared.slot_leases import SlotId, live_slot
from manyeyes.reports import slots
from manyeyes.values.lease_time import Renewed
from manyeyes.values.refusals import Refusal


class RenewSlot(msgspec.Struct, frozen=True):
    cell: int
    reviewer_id: int
    slot: SlotId


async def renew_slots(tx: asyncpg.Connection, now: datetime, commands: Sequence[RenewSlot]) -> list[Renewed | Refusal]:
    """Return until when each slot is the reviewer's now, or why it is not any more."""
    cell = commands[0].cell
    found = {(s.task_id, s.n): s for s in await slots.lock_slots(tx, cell, sorted({c.slot.task_id for c in commands}))}
    looks = MarkedLooks()
    await load_looks(tx, cell, looks, {each.reviewer_id for each in found.values() if each.marks and each.reviewer_id})
    outcomes: list[Renewed | Refusal] = []
    longer = {}
    for command in commands:
        key = command.slot.task_id, command.slot.n
        slot = live_slot(found.get(key), command.slot, command.reviewer_id, now)
        if isinstance(slot, Refusal):
            outcomes.append(slot)
            continue
        until = looks.lengthen(slot, slot.renewed(now).ends_at, now)
        found[key] = longer[key] = msgspec.structs.replace(slot, lease_until=until)
        outcomes.append(Renewed(longer[key].ends_at, slot.latest_end))
    await slots.renew(tx, cell, [longer[key] for key in sorted(longer)])
    await save_looks(tx, cell, looks)
    return outcomes
