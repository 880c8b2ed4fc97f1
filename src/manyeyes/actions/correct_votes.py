"""Reviewers say something else of a complaint than they said, while it is undecided (docs/decisions/0081)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.ballots import Voted, lock_ballot
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.reports.rules import Vote
from manyeyes.values.refusals import Refusal


class CorrectVote(msgspec.Struct, frozen=True, kw_only=True):
    """``slot``: under which they voted; ``vote`` and ``reason``: what they say now."""

    cell: int
    reviewer_id: int
    slot: SlotId
    vote: Vote
    reason: str


async def correct_votes(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[CorrectVote]
) -> list[Voted | Refusal]:
    """Return what each vote earned when it was given, or why it stays: SLOT_LOST (no vote of theirs), ALREADY_DECIDED.

    A corrected vote is counted once and paid once. What makes a verdict by it decides at once.
    """
    cell = commands[0].cell
    ballot = await lock_ballot(tx, cell, sorted({c.slot.task_id for c in commands}))
    outcomes = [ballot.correct(c.slot, c.reviewer_id, c.vote, c.reason) for c in commands]
    await ballot.save(tx, now, cell)
    return outcomes
