"""What tests of reviewers' slots name them by."""

from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.reports.rules import Slot
from support.action_stage import Stage


def slot_of(stage: Stage, slot: Slot) -> SlotId:
    """Return the lease of a slot."""
    return SlotId(stage.cell, slot.task_id, slot.n, slot.lease)
