"""Reviewers judge complaints: each vote is paid at once, and two equal ones are a verdict with all that follows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import end_looks
from manyeyes.actions.shared.slot_leases import LOST, SlotId, live_slot
from manyeyes.actions.shared.verdict_effects import DecidedComplaint, decide
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.reports import slots, store
from manyeyes.reports.rules import ReportState, Slot, SlotState, Vote, verdict
from manyeyes.reports.store import Report
from manyeyes.values.refusals import Refusal


class CastVote(msgspec.Struct, frozen=True):
    cell: int
    reviewer_id: int
    slot: SlotId
    vote: Vote
    reason: str


class Voted(msgspec.Struct, frozen=True):
    """What the vote earned; ``state`` of the complaint after it. A repeated vote is answered again, not paid again."""

    task_id: int
    earned_micros: int
    state: ReportState


async def cast_votes(tx: asyncpg.Connection, now: datetime, commands: Sequence[CastVote]) -> list[Voted | Refusal]:
    """Return what each vote earned, or its refusal SLOT_LOST: over, somebody else's, or decided without it."""
    # 1. Load: the complaints and their slots, locked.
    cell = commands[0].cell
    task_ids = sorted({c.slot.task_id for c in commands})
    reports = await store.lock_reports(tx, cell, task_ids)
    ballot = _Ballot(reports, await slots.lock_slots(tx, cell, task_ids))
    # 2. Decide: each vote after those before it.
    outcomes = [ballot.cast(command, now) for command in commands]
    # 3. Save: the votes, the verdicts with all that follows, the reviewers' pay.
    if ballot.voted:
        await slots.save_votes(tx, now, cell, ballot.voted)
        await decide(tx, now, cell, ballot.verdicts())
        await _pay(tx, now, cell, ballot.voted)
        await end_looks(tx, now, cell, ballot.voted)
    return outcomes


class _Ballot:
    """The batch's complaints, locked; each vote sees those before it."""

    def __init__(self, reports: Mapping[int, Report], found: Iterable[Slot]) -> None:
        self._reports = reports
        self._slots = {(slot.task_id, slot.n): slot for slot in found}
        self._states = {task_id: report.state for task_id, report in reports.items()}
        self.voted: list[Slot] = []

    def cast(self, command: CastVote, now: datetime) -> Voted | Refusal:
        """Take one vote into account; return what it earned, or that its slot is lost."""
        # 1. The slot must be this reviewer's, by its newest lease; the same vote again gets the same answer.
        slot = self._slots.get((command.slot.task_id, command.slot.n))
        if slot is None or (slot.reviewer_id, slot.lease) != (command.reviewer_id, command.slot.number):
            return LOST
        if slot.state is SlotState.VOTED and (slot.vote, slot.reason) == (command.vote, command.reason):
            return Voted(slot.task_id, slot.pay_micros, self._states[slot.task_id])  # the reply was lost on the way
        # 2. It must still be open to a vote.
        live = live_slot(slot, command.slot, command.reviewer_id, now)
        if isinstance(live, Refusal):
            return live
        if self._states[slot.task_id] is not ReportState.OPEN:  # decided by a vote of this very batch
            return LOST
        # 3. Count the vote; two equal ones are a verdict.
        slot = msgspec.structs.replace(slot, state=SlotState.VOTED, vote=command.vote, reason=command.reason)
        self._slots[slot.task_id, slot.n] = slot
        self.voted.append(slot)
        decision = verdict(each.vote for each in self._votes(slot.task_id) if each.vote)
        if decision:
            self._states[slot.task_id] = STATES[decision]
        return Voted(slot.task_id, slot.pay_micros, self._states[slot.task_id])

    def verdicts(self) -> list[DecidedComplaint]:
        """Return the complaints that this batch decided."""
        return [
            DecidedComplaint(report, self._states[task_id], tuple(self._votes(task_id)))
            for task_id, report in self._reports.items()
            if self._states[task_id] is not report.state
        ]

    def _votes(self, task_id: int) -> list[Slot]:
        return [s for s in self._slots.values() if s.task_id == task_id and s.state is SlotState.VOTED]


async def _pay(tx: asyncpg.Connection, now: datetime, cell: int, voted: Sequence[Slot]) -> None:
    """Pay each vote, whatever it says, from what the house earned (docs/decisions/0010)."""
    paid = [slot for slot in voted if slot.pay_micros]
    booked = [posting(TransferKind.VOTE_PAY, s.task_id, s.reviewer_id, s.pay_micros, s.n) for s in paid]
    await ledger.insert_transfers(tx, now, cell, booked)
    sums: Counter[int] = Counter()
    for slot in paid:
        sums[slot.reviewer_id] += slot.pay_micros
    await ledger.add_to_wallets(tx, cell, dict(sorted(sums.items())))


STATES = {Vote.CONFIRM: ReportState.CONFIRMED, Vote.REJECT: ReportState.REJECTED}
