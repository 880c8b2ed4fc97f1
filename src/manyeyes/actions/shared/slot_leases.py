"""A reviewer's lease of a slot, and why it is not live any more."""

from datetime import datetime

import msgspec

from manyeyes.reports.rules import Slot, SlotState
from manyeyes.values.refusals import Reason, Refusal


class SlotId(msgspec.Struct, frozen=True):
    """A slot's lease as clients name it, ``cell-task-n-number``; the number tells it from the slot's earlier leases."""

    cell: int
    task_id: int
    n: int
    number: int

    def __str__(self) -> str:
        return f"{self.cell}-{self.task_id}-{self.n}-{self.number}"


def live_slot(slot: Slot | None, lease: SlotId, reviewer_id: int, now: datetime) -> Slot | Refusal:
    """Return the slot while the lease of it is this reviewer's and its time is not over; else why it is not live."""
    if slot is None or (slot.reviewer_id, slot.lease) != (reviewer_id, lease.number):
        return LOST
    if slot.state in (SlotState.VOTED, SlotState.ASIDE):
        return JUDGED
    if slot.state is not SlotState.LEASED or slot.lease_until is None or slot.lease_until <= now:
        return LOST
    return slot


LOST = Refusal(Reason.SLOT_LOST, "the time for this complaint was over, or it is decided; go on with the next")
JUDGED = Refusal(Reason.ALREADY_ANSWERED, "you have judged this already; go on with the next")
DECIDED = Refusal(Reason.ALREADY_DECIDED, "that complaint is decided: what was said of it stays")
TOO_LATE = Refusal(Reason.TOO_LATE, "that can be taken back no more: its time is over, or it is decided")
SEEN_ENOUGH = Refusal(Reason.TOO_LATE, "that can be taken back no more: its marks are not for you now")
