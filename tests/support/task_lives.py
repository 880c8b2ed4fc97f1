"""Task lives at chosen instants, through the real actions: they take their clock as an argument."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from manyeyes.actions.answer_tasks import Answered, AnswerTask, answer_tasks
from manyeyes.actions.cast_votes import CastVote, cast_votes
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.file_complaints import FileComplaint, Filed, file_complaints
from manyeyes.actions.go_online import GoOnline, go_online
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.shared.ballots import Voted
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.skip_tasks import Skipped, SkipTask, skip_tasks
from manyeyes.actions.submit_tasks import SubmitTask, Submitted, submit_tasks
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.db.picture_days import keep_days
from manyeyes.dispatch import store as dispatch
from manyeyes.reports.rules import ReportState, Slot, Vote
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import WORKERS_BEFORE_UNSOLVABLE, ImageOptions, QueueTerms, wire_id
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import SkipReason
from support import factories

HANDLING = timedelta(seconds=6)
REVIEWERS = (1_000_001, 1_000_002)


class Life(msgspec.Struct, frozen=True):
    """One task that ends at the Unix microsecond ``end_us``: solved, unsolvable or unanswered."""

    end_us: int
    queue_id: int = 1
    soft_id: int = 0
    share_percent: int | None = None
    ip: str = "203.0.113.7"
    price_micros: int = 700
    ending: str = "solved"
    refunded_after_seconds: int = 0  # 0: nobody complained

    @property
    def end(self) -> datetime:
        """Return the instant of the end."""
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self.end_us)


async def live(
    context: Context, customer: factories.Customer, hands: Sequence[factories.Hand], lives: Sequence[Life]
) -> list[int]:
    """Run the lives one after the other, each ending at its instant, and return their wire ids.

    ``hands`` are five workers for both queues. Each life is one transaction, so that nothing half done is seen.
    """
    async with context.cells.pool(1).acquire() as db:
        for day in sorted({(life.end - timedelta(hours=1)).date() for life in lives}):
            await keep_days(db, day)
        return [await _live(db, context, customer, hands, life) for life in lives]


async def _live(
    db: asyncpg.Connection, context: Context, customer: factories.Customer, hands: Sequence[factories.Hand], life: Life
) -> int:
    terms = (await context.lookups.queues())[life.queue_id]
    terms = msgspec.structs.replace(terms, price_micros=life.price_micros, pay_micros=min(life.price_micros, 500))
    begin = life.end - (timedelta(seconds=600) if life.ending == "unanswered" else HANDLING)
    command = SubmitTask(
        cell=1,
        task_id=await context.id_blocks.take(1),
        account_id=customer.account_id,
        queue=terms,
        options=ImageOptions(),
        picture=factories.picture(),
        life_seconds=600,
        soft_id=life.soft_id,
        share_percent=life.share_percent,
        ip=life.ip,
    )
    async with db.transaction():
        [submitted] = await submit_tasks(db, begin, [command])
        assert isinstance(submitted, Submitted), submitted
        if life.ending == "unanswered":
            assert await end_overdue_tasks(db, life.end, [EndOverdueTasks(1)]) == [1]
        for hand in hands[:WORKERS_BEFORE_UNSOLVABLE] if life.ending == "unsolvable" else []:
            [skipped] = await skip_tasks(
                db, life.end, [SkipTask(1, *await _lease(db, hand, life), SkipReason.UNREADABLE)]
            )
            assert isinstance(skipped, Skipped), skipped
        if life.ending == "solved":
            [answered] = await answer_tasks(db, life.end, [AnswerTask(1, *await _lease(db, hands[0], life), "12345")])
            assert isinstance(answered, Answered), answered
        if life.ending == "solved" and life.refunded_after_seconds:
            await _refund(db, terms, life, submitted.task_id)
    return wire_id(submitted.task_id)


async def _refund(db: asyncpg.Connection, terms: QueueTerms, life: Life, task_id: int) -> None:
    """Complain within the minute; two reviewers confirm it when the life says so, hours later perhaps."""
    [owner] = await db.fetch("SELECT account_id FROM task WHERE cell = 1 AND task_id = $1", task_id)
    soon, later = life.end + timedelta(seconds=20), life.end + timedelta(seconds=life.refunded_after_seconds)
    queues = {terms.queue_id: terms}
    complaint = FileComplaint(cell=1, account_id=owner[0], task_id=task_id, queues=queues)
    [filed] = await file_complaints(db, soon, [complaint])
    assert isinstance(filed, Filed), filed
    voted: Voted | Refusal | None = None
    for reviewer in REVIEWERS:
        [slot] = await take_slots(db, later, [TakeSlot(1, reviewer, (terms.queue_id,))])
        assert isinstance(slot, Slot)
        slot_id = SlotId(1, slot.task_id, slot.n, slot.lease)
        said: dict[str, Any] = {"vote": Vote.CONFIRM, "reason": "wrong"}
        [voted] = await cast_votes(db, later, [CastVote(cell=1, reviewer_id=reviewer, slot=slot_id, **said)])
    assert isinstance(voted, Voted), voted
    assert (voted.task_id, voted.state) == (task_id, ReportState.CONFIRMED)


async def _lease(db: asyncpg.Connection, hand: factories.Hand, life: Life) -> tuple[int, LeaseId]:
    """Bring one worker online, hand the task to them, and send whoever was there before them away."""
    worker_id = hand.worker.worker_id
    await db.execute("UPDATE session SET present = false")
    await go_online(db, life.end - timedelta(seconds=1), [GoOnline(1, worker_id, 1, (life.queue_id,), ("en", "ru"))])
    await hand_out(db, life.end - timedelta(seconds=1), [HandOut(1, life.queue_id)])
    [work] = await dispatch.lock_leased(db, 1, [worker_id])
    return worker_id, LeaseId(1, work.task_id, work.lease)
