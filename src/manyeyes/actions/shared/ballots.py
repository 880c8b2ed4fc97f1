"""A batch's complaints and their votes: what a vote earns, when two of them are a verdict, and what follows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.slot_leases import DECIDED, LOST, SlotId, live_slot
from manyeyes.actions.shared.verdict_effects import DecidedComplaint, count_late_votes, decide, mail_verdicts
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.reports import slots, store
from manyeyes.reports.rules import ReportState, Slot, SlotState, Vote, verdict
from manyeyes.reports.store import Report
from manyeyes.reports.voting import store as voting
from manyeyes.values.refusals import Refusal


class Voted(msgspec.Struct, frozen=True):
    """What the vote earned; ``state`` of the complaint after it. A repeated vote is answered again, not paid again.

    ``undo_until``: until then it can be taken back, and nothing follows from it.
    """

    task_id: int
    earned_micros: int
    state: ReportState
    undo_until: datetime | None = None


class Ballot:
    """Complaints and their slots, locked; each vote sees those before it."""

    def __init__(self, reports: Mapping[int, Report], found: Iterable[Slot]) -> None:
        self._reports = reports
        self._slots = {(slot.task_id, slot.n): slot for slot in found}
        self._states = {task_id: report.state for task_id, report in reports.items()}
        self._voted: dict[tuple[int, int], Slot] = {}
        self._late: list[Slot] = []  # votes that were given before a verdict, and counted after it
        self._laid: dict[tuple[int, int], Slot] = {}
        self._corrected: dict[tuple[int, int], Slot] = {}
        self.ended: list[Slot] = []  # what somebody looked at until they voted just now

    def cast(
        self, lease: SlotId, reviewer_id: int, vote: Vote, reason: str, now: datetime, undo_seconds: float
    ) -> Voted | Refusal:
        """Take one vote into account; return what it earns, or why its slot is not the reviewer's."""
        # 1. The slot must be this reviewer's, by its newest lease; the same vote again gets the same answer.
        slot = self._of(lease, reviewer_id)
        if slot is None:
            return LOST
        if slot.state in GIVEN and (slot.vote, slot.reason) == (vote, reason):
            return self._outcome(slot)  # the reply was lost on the way
        # 2. It must still be open to a vote.
        live = live_slot(slot, lease, reviewer_id, now)
        if isinstance(live, Refusal):
            return live
        if self._states[slot.task_id] is not ReportState.OPEN:  # decided by a vote of this very batch
            return LOST
        # 3. Lay the vote aside for as long as it can be taken back; else count it.
        until = now + timedelta(seconds=undo_seconds) if undo_seconds else None
        state = SlotState.ASIDE if until else SlotState.VOTED
        slot = msgspec.structs.replace(slot, state=state, vote=vote, reason=reason, settles_at=until)
        self.ended.append(slot)
        if until:
            self._slots[slot.task_id, slot.n] = self._laid[slot.task_id, slot.n] = slot
        else:
            self._count(slot)
        return self._outcome(slot)

    def settle(self, now: datetime) -> Counter[int]:
        """Count the votes that can be taken back no more, paid after a verdict too; return how many, by task."""
        due = [s for s in self._slots.values() if s.settles_at and s.settles_at <= now]
        for slot in sorted(due, key=lambda s: (s.settles_at or now, s.task_id, s.n)):
            is_late = self._states[slot.task_id] is not ReportState.OPEN
            counted = msgspec.structs.replace(slot, state=SlotState.VOTED, settles_at=None)
            if is_late:
                self._late.append(counted)
                self._voted[slot.task_id, slot.n] = self._slots[slot.task_id, slot.n] = counted
            else:
                self._count(counted)
        return Counter(slot.task_id for slot in due)

    def correct(self, lease: SlotId, reviewer_id: int, vote: Vote, reason: str) -> Voted | Refusal:
        """Change a vote that was given, while the complaint is undecided; it is paid no second time."""
        slot = self._of(lease, reviewer_id)
        if slot is None or slot.state not in GIVEN:
            return LOST
        if (slot.vote, slot.reason) == (vote, reason):
            return self._outcome(slot)
        if self._states[slot.task_id] is not ReportState.OPEN:
            return DECIDED
        slot = msgspec.structs.replace(slot, vote=vote, reason=reason)
        self._slots[slot.task_id, slot.n] = self._corrected[slot.task_id, slot.n] = slot
        self._look(slot.task_id)
        return self._outcome(slot)

    async def save(self, tx: asyncpg.Connection, now: datetime, cell: int) -> None:
        """Write the votes, the verdicts with all that follows, and the reviewers' pay."""
        voted = list(self._voted.values())
        await voting.lay_aside(tx, now, cell, list(self._laid.values()))
        await voting.correct(tx, cell, list(self._corrected.values()))
        if voted:
            await slots.save_votes(tx, now, cell, voted)
        await self._ask_for_thirds(tx, cell)
        decided = self._verdicts()
        await decide(tx, now, cell, decided)
        await count_late_votes(tx, cell, [(slot, self._states[slot.task_id]) for slot in self._late])
        await _pay(tx, now, cell, voted)
        await mail_verdicts(tx, now, cell, decided)

    def _of(self, lease: SlotId, reviewer_id: int) -> Slot | None:
        slot = self._slots.get((lease.task_id, lease.n))
        return slot if slot and (slot.reviewer_id, slot.lease) == (reviewer_id, lease.number) else None

    def _count(self, slot: Slot) -> None:
        self._slots[slot.task_id, slot.n] = self._voted[slot.task_id, slot.n] = slot
        self._look(slot.task_id)

    def _look(self, task_id: int) -> None:
        """Take two equal votes for a verdict."""
        decision = verdict(each.vote for each in self._votes(task_id, [SlotState.VOTED]) if each.vote)
        if decision and self._states[task_id] is ReportState.OPEN:
            self._states[task_id] = STATES[decision]

    def _outcome(self, slot: Slot) -> Voted:
        return Voted(slot.task_id, slot.pay_micros, self._states[slot.task_id], slot.settles_at)

    def _votes(self, task_id: int, states: Sequence[SlotState]) -> list[Slot]:
        return [s for s in self._slots.values() if s.task_id == task_id and s.state in states]

    def _verdicts(self) -> list[DecidedComplaint]:
        """Return what was decided just now, with the votes that decided it: late ones are counted by themselves."""
        late = {(slot.task_id, slot.n) for slot in self._late}
        return [
            DecidedComplaint(
                report,
                self._states[task_id],
                tuple(s for s in self._votes(task_id, [SlotState.VOTED]) if (s.task_id, s.n) not in late),
            )
            for task_id, report in self._reports.items()
            if self._states[task_id] is not report.state
        ]

    async def _ask_for_thirds(self, tx: asyncpg.Connection, cell: int) -> None:
        """Ask nobody for a third vote while two agree, and one of them can be taken back; else ask (again)."""
        changed = {task_id for task_id, _ in self._laid.keys() | self._corrected.keys() | self._voted.keys()}
        undecided = sorted(t for t in changed if self._states[t] is ReportState.OPEN)
        agreed = [t for t in undecided if agreement(self._votes(t, GIVEN))]
        held = [t for t in undecided if t not in agreed and self._votes(t, [SlotState.CLOSED])]
        await voting.hold_back(tx, cell, [t for t in agreed if self._votes(t, [SlotState.OPEN])])
        await voting.let_in(tx, cell, held)


def agreement(given: Iterable[Slot]) -> Vote | None:
    """Return what two of the votes say, those that can be taken back among them; None while no two agree."""
    return verdict(each.vote for each in given if each.vote and each.state in GIVEN)


async def lock_ballot(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> Ballot:
    """Return the complaints with their slots, locked: reports before slots."""
    return Ballot(await store.lock_reports(tx, cell, task_ids), await slots.lock_slots(tx, cell, task_ids))


async def _pay(tx: asyncpg.Connection, now: datetime, cell: int, voted: Sequence[Slot]) -> None:
    """Pay each vote, whatever it says, from what the house earned (docs/decisions/0010)."""
    paid = [slot for slot in voted if slot.pay_micros]
    if not paid:
        return
    booked = [posting(TransferKind.VOTE_PAY, s.task_id, s.reviewer_id, s.pay_micros, s.n) for s in paid]
    await ledger.insert_transfers(tx, now, cell, booked)
    sums: Counter[int] = Counter()
    for slot in paid:
        sums[slot.reviewer_id] += slot.pay_micros
    await ledger.add_to_wallets(tx, cell, dict(sorted(sums.items())))


GIVEN = (SlotState.VOTED, SlotState.ASIDE)
STATES = {Vote.CONFIRM: ReportState.CONFIRMED, Vote.REJECT: ReportState.REJECTED}
