"""What a reviewer does, alike for the JSON API and the screen: take a complaint, judge it, go."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg
import msgspec

from manyeyes.actions.cast_votes import CastVote, cast_votes
from manyeyes.actions.correct_votes import CorrectVote, correct_votes
from manyeyes.actions.lay_slots_ahead import LaySlotAhead, lay_slots_ahead
from manyeyes.actions.renew_slots import RenewSlot, renew_slots
from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots, return_lapsed_slots
from manyeyes.actions.shared.ballots import Voted
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.actions.skip_slots import SkipSlot, skip_slots
from manyeyes.actions.take_back_votes import TakeBackVote, take_back_votes
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.ledger import store as ledger
from manyeyes.reports import slots
from manyeyes.reports.rules import LONGEST_REASON, Slot, Vote
from manyeyes.reports.voting import store as voting
from manyeyes.roles.instructions import QuestionKey
from manyeyes.roles.pictures import KeptPicture
from manyeyes.roles.reviewer_desk import NO_REVIEWER, ReviewerDesk
from manyeyes.runtime.notifier import EVERY_REVIEWER
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.rules import QueueTerms
from manyeyes.tasks.store import answered_leases
from manyeyes.values.lease_time import Renewed
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import read_words
from manyeyes.workers.store import Worker

_SLOT = re.compile(r"(\d{1,9})-(\d{1,18})-(\d)-(\d{1,9})")


class LeasedSlot(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint before a reviewer: picture, question and answer, and nobody's name; the pay is for the vote.

    ``answer``: what was typed, or the name of the label that was chosen.
    """

    slot: SlotId
    expires_at: datetime
    renewable_until: datetime
    kind: str
    options: PictureOptions
    picture: KeptPicture
    queue: QueueTerms
    answer: str
    pay_micros: int
    text: str = ""  # the answer as it is kept: a number, a name, JSON
    question: QuestionKey | None = None


Judged = tuple[TaskQuestion, tuple[str, str]]  # what was asked, the answer as it is kept and as people read it


class VoteTaken(msgspec.Struct, frozen=True):
    """``undo_until``: until then the vote can be taken back, and nothing follows from it."""

    earned_micros: int
    next: LeasedSlot | None
    undo_until: datetime | None = None


class ReviewerSession(msgspec.Struct, frozen=True, kw_only=True):
    """Votes and pay for them since midnight UTC; ``payable_micros`` is all that may be paid out."""

    worker_id: int
    name: str
    votes: int
    earned_micros: int
    payable_micros: int


class ReviewDesk(ReviewerDesk[LeasedSlot]):
    """What signed-in reviewers do with complaints, in one process."""

    async def vote(
        self, worker: Worker, slot: SlotId | None, verdict: Vote, reason: str = "", *, is_undoable: bool = False
    ) -> VoteTaken | Refusal:
        """Judge a complaint; return what that earned and what comes next. A lost slot is refused with `slot_lost`."""
        if (refusal := self._not_theirs(worker, slot)) or slot is None:
            return refusal or _NO_SLOT
        try:
            reason = read_words(reason, "reason", LONGEST_REASON)
        except ValueError as error:
            return Refusal(Reason.UNREADABLE, str(error))
        seconds = self._context.settings.undo_seconds if is_undoable else 0
        command = CastVote(
            cell=slot.cell,
            reviewer_id=worker.worker_id,
            slot=slot,
            vote=verdict,
            reason=reason,
            undo_seconds=seconds,
        )
        outcome = await self._context.batcher.ask(cast_votes, command)
        if isinstance(outcome, Refusal):
            return outcome
        self._context.job_bell.ring()  # what was refunded may let a line of its job in
        return VoteTaken(outcome.earned_micros, await self._go_on(worker.worker_id, slot.cell), outcome.undo_until)

    async def correct(self, worker: Worker, slot: SlotId | None, verdict: Vote, reason: str = "") -> Voted | Refusal:
        """Say something else of a complaint that is undecided; refused with `already_decided` when it is not."""
        if (refusal := self._not_theirs(worker, slot)) or slot is None:
            return refusal or _NO_SLOT
        try:
            reason = read_words(reason, "reason", LONGEST_REASON)
        except ValueError as error:
            return Refusal(Reason.UNREADABLE, str(error))
        command = CorrectVote(cell=slot.cell, reviewer_id=worker.worker_id, slot=slot, vote=verdict, reason=reason)
        outcome = await self._context.batcher.ask(correct_votes, command)
        self._context.job_bell.ring()
        self._context.notifier.notify([EVERY_REVIEWER])
        return outcome

    async def skip(self, worker: Worker, slot: SlotId | None) -> LeasedSlot | Refusal | None:
        """Pass a complaint on to others; return what comes next."""
        if (refusal := self._not_theirs(worker, slot)) or slot is None:
            return refusal or _NO_SLOT
        outcome = await self._context.batcher.ask(skip_slots, SkipSlot(slot.cell, worker.worker_id, slot))
        if isinstance(outcome, Refusal):
            return outcome
        self._context.notifier.notify([EVERY_REVIEWER])
        return await self._go_on(worker.worker_id, slot.cell)

    async def take_back(self, worker: Worker, slot: SlotId | None) -> LeasedSlot | Refusal:
        """Return the complaint before the reviewer again; refused with `too_late` once its time is over."""
        if (refusal := self._not_theirs(worker, slot)) or slot is None:
            return refusal or _NO_SLOT
        outcome = await self._context.batcher.ask(take_back_votes, TakeBackVote(slot.cell, worker.worker_id, slot))
        if isinstance(outcome, Refusal):
            return outcome
        await self._give_back_elsewhere(slot.cell, worker.worker_id)
        return await self._leased(slot.cell, outcome)

    async def renew(self, worker: Worker, slot: SlotId | None) -> Renewed | Refusal:
        """Give more time for the complaint that the reviewer looks at; refused with what became of a lost slot."""
        if (refusal := self._not_theirs(worker, slot)) or slot is None:
            return refusal or _NO_SLOT
        return await self._context.batcher.ask(renew_slots, RenewSlot(slot.cell, worker.worker_id, slot))

    async def session(self, worker: Worker) -> ReviewerSession | Refusal:
        """Return what the reviewer did today."""
        if not worker.reviewer:
            return NO_REVIEWER
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        votes = earned = payable = 0
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                count, micros = await voting.reviewer_since(db, cell, worker.worker_id, midnight)
                payable += await ledger.worker_payable(db, cell, worker.worker_id)
            votes, earned = votes + count, earned + micros
        return ReviewerSession(
            worker_id=worker.worker_id, name=worker.name, votes=votes, earned_micros=earned, payable_micros=payable
        )

    async def _lay(
        self, cell: int, worker_id: int, queue_ids: Sequence[int], *, is_deciding: bool = False
    ) -> LeasedSlot | Refusal | None:
        slot = await self._context.batcher.ask(take_slots, TakeSlot(cell, worker_id, tuple(queue_ids), is_deciding))
        return await self._leased(cell, slot) if isinstance(slot, Slot) else slot

    async def _lay_ahead(self, cell: int, worker_id: int, queue_ids: Sequence[int]) -> LeasedSlot | None:
        slot = await self._context.batcher.ask(lay_slots_ahead, LaySlotAhead(cell, worker_id, tuple(queue_ids)))
        return None if slot is None else await self._leased(cell, slot)

    def _not_theirs(self, worker: Worker, slot: SlotId | None) -> Refusal | None:
        """Return why somebody can do nothing with a slot, whatever became of it."""
        if not worker.reviewer:
            return NO_REVIEWER
        return _NO_SLOT if slot is None or slot.cell not in self._context.cells.numbers else None

    async def _holds(self, cell: int, worker_id: int) -> bool:
        return await self._context.batcher.read(_holds, cell, worker_id)

    async def _give_back(self, cell: int, worker_id: int) -> None:
        await self._context.batcher.ask(return_lapsed_slots, ReturnLapsedSlots(cell, worker_id))

    async def _leased(self, cell: int, slot: Slot) -> LeasedSlot:
        question, (text, shown) = await self._context.batcher.read(_judged, cell, slot.task_id)
        assert slot.lease_until is not None
        return LeasedSlot(
            slot=SlotId(cell, slot.task_id, slot.n, slot.lease),
            expires_at=slot.lease_until,
            renewable_until=slot.latest_end,
            kind=question.kind,
            options=picture_options(question.kind, question.options),
            picture=KeptPicture(cell, question.task_id, question.created_at, question.media, slot.marks),
            queue=(await self._context.lookups.queues())[slot.queue_id],
            answer=shown,
            pay_micros=slot.pay_micros,
            text=text,
            question=await self._explained(cell, question.question_id),
        )


def parse_slot(slot: str) -> SlotId | None:
    """Return the fence that ``cell-task-n-number`` names; None for any other text."""
    found = _SLOT.fullmatch(slot)
    return SlotId(*map(int, found.groups())) if found else None


async def _holds(db: asyncpg.Connection, cell: int, reviewer_ids: Sequence[int]) -> list[bool]:
    """Return whether each reviewer has something before them; a batched read."""
    now = await db.fetchval("SELECT now()")
    held = await slots.held(db, now, cell, set(reviewer_ids))
    return [reviewer_id in held for reviewer_id in reviewer_ids]


async def _judged(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> list[Judged]:
    """Return what was asked and what was answered, as it is kept and as people read it; a batched read."""
    ids = sorted(set(task_ids))
    questions, solved = await history.questions(db, cell, ids), await answered_leases(db, cell, ids)
    answers = {task_id: (answer.text, answer.shown) for task_id, answer in solved.items()}
    return [(questions[task_id], answers.get(task_id, ("", ""))) for task_id in task_ids]


_NO_SLOT = Refusal(Reason.SLOT_LOST, "this is no slot of yours")
