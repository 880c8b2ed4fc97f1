"""Reviewers judge complaints: each vote is paid, and two equal ones are a verdict with all that follows."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.ballots import Voted, lock_ballot
from manyeyes.actions.shared.marked_looks import end_looks
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.reports.rules import Vote
from manyeyes.values.refusals import Refusal


class CastVote(msgspec.Struct, frozen=True, kw_only=True):
    """``undo_seconds``: for so long it can be taken back, and nothing follows from it (docs/decisions/0081)."""

    cell: int
    reviewer_id: int
    slot: SlotId
    vote: Vote
    reason: str
    undo_seconds: float = 0


async def cast_votes(tx: asyncpg.Connection, now: datetime, commands: Sequence[CastVote]) -> list[Voted | Refusal]:
    """Return what each vote earned, or its refusal SLOT_LOST: over, somebody else's, or decided without it."""
    # 1. Load: the complaints and their slots, locked.
    cell = commands[0].cell
    ballot = await lock_ballot(tx, cell, sorted({c.slot.task_id for c in commands}))
    # 2. Decide: each vote after those before it.
    outcomes = [ballot.cast(c.slot, c.reviewer_id, c.vote, c.reason, now, c.undo_seconds) for c in commands]
    # 3. Save: the looks, since the pictures are gone from their screens, be the votes counted or laid aside; then the
    # votes, the verdicts with all that follows, the reviewers' pay.
    await end_looks(tx, now, cell, ballot.ended)
    await ballot.save(tx, now, cell)
    return outcomes
