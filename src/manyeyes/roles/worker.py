"""What a worker does, alike for the JSON API and the screen: come, take the next task, answer, skip, go."""

import asyncio
import os
import random
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TypeGuard

import asyncpg
import msgspec

from manyeyes.actions.answer_tasks import Answered, AnswerTask, answer_tasks
from manyeyes.actions.attach_workers import AttachWorker, attach_workers
from manyeyes.actions.go_online import GoOnline, go_online
from manyeyes.actions.lay_aside import LaidAside
from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.note_instructions_seen import NoteInstructionsSeen, note_instructions_seen
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.show_desks import ShowDesk, show_desks
from manyeyes.actions.skip_tasks import Skipped, SkipTask, skip_tasks
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.dispatch.leases import desk_order, renewable_until, told
from manyeyes.dispatch.looks.store import desk_of
from manyeyes.dispatch.rules import Purpose, WorkState
from manyeyes.dispatch.store import Work
from manyeyes.roles.instructions import Instructions, QuestionKey, ReadBefore, Reading, instructions
from manyeyes.roles.pictures import KeptPicture
from manyeyes.roles.presences import NONE_LEFT, NOT_ONLINE, WorkerSession, worker_session
from manyeyes.roles.taken_work import taken_work
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import heard, of_task
from manyeyes.skills import store as skills
from manyeyes.tasks.options import AnyOptions, options_of
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.signed_links import WidgetId
from manyeyes.workers import store as workers
from manyeyes.workers.rules import SkipReason
from manyeyes.workers.store import Worker

LONGEST_WAIT = 60.0
LOOK_AGAIN_SECONDS = 1.0  # a waiter looks without a hint so often, lest a hint was lost
LOT_BYTES = 16  # of chance, by which results are drawn for audits
Ended = Answered | Skipped | LaidAside
_LEASE = re.compile(r"(\d{1,9})-(\d{1,18})-(\d{1,9})")


class LeasedTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task in a worker's hands as they see it: no customer, no address. A token task has a widget and no picture."""

    lease: LeaseId
    expires_at: datetime
    renewable_until: datetime | None
    kind: str
    options: AnyOptions
    picture: KeptPicture | None
    widget: WidgetId | None
    queue: QueueTerms
    pay_micros: int
    question: QuestionKey | None = None  # one with instructions or examples
    is_unread: bool = False  # the worker has not gone past them
    is_practice: bool = False  # of a training set: its right answer is known, and told when the try is over


class AnswerTaken(msgspec.Struct, frozen=True):
    earned_micros: int
    next: LeasedTask | None
    undo_until: datetime | None = None  # None: it cannot be taken back


class WorkerDesk:
    """What signed-in workers do, in one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._read_before = ReadBefore(context)

    async def online(
        self, worker: Worker, queues: list[int] | None = None, languages: list[str] | None = None
    ) -> WorkerSession | Refusal:
        """Begin a presence in these queues and languages (None: all that the worker takes now, by their choice).

        Refused where they were not given them, and where they are below the floor of all of them.
        """
        allowed = await taken_work(self._context, worker, queues, languages)
        if isinstance(allowed, Refusal):
            return allowed
        cell = await self.cell(worker.worker_id)
        pool = self._context.cells.pool(cell)
        lost = await read_patiently(pool, lambda db: skills.lost_queues(db, cell, worker.worker_id))
        if lost.issuperset(allowed[0]):
            session = await self.session(worker)
            return session if session.practising else NONE_LEFT  # who practises is online
        command = GoOnline(cell, worker.worker_id, self._context.node_id, tuple(allowed[0]), tuple(allowed[1]))
        if refusal := await self._context.batcher.ask(go_online, command):
            return refusal
        self._context.presence.touch(worker.worker_id, cell)
        self._context.presence.note_changed(worker.worker_id)  # online is not yet asking: their first look tells so,
        self._context.notifier.notify([worker.worker_id])  # and a stream that is open looks at once
        self._context.dispatcher.wake(cell, allowed[0])
        return await self.session(worker)

    async def session(self, worker: Worker) -> WorkerSession:
        """Return the worker's presence; offline when they never came."""
        return await worker_session(self._context, await self.cell(worker.worker_id), worker)

    async def streamed_session(self, worker: Worker) -> WorkerSession:
        """Return the same for a stream, which is told when the pay in it changes: a call that ends is not."""
        found = await self.session(worker)
        if self._context.presence.note_purse(worker.worker_id, (found.pending_micros, found.payable_micros)):
            self._context.notifier.wake([worker.worker_id])  # their other windows' streams
        return found

    async def no_presence(self, worker: Worker) -> Refusal:
        """Return why a worker who is not online gets nothing: they have no queue left, or have to come first."""
        return NONE_LEFT if (await self.session(worker)).none_left else NOT_ONLINE

    async def next(self, worker: Worker, wait_seconds: float) -> LeasedTask | Refusal | None:
        """Return the current lease, waiting up to ``wait_seconds`` for one; None when none came.

        It is shown by that, and its time begins.
        """
        worker_id = worker.worker_id
        cell = await self.cell(worker_id)
        deadline = asyncio.get_running_loop().time() + min(max(wait_seconds, 0.0), LONGEST_WAIT)
        goes_on = False
        with self._context.lookout.waiting(worker_id, cell) as event:
            while True:
                rang = event.is_set()
                event.clear()
                current, _ = await self.both(worker, rang=rang)
                if current is not None:
                    return current
                if not await self.attach(worker, goes_on=goes_on):
                    return await self.no_presence(worker)
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0 or self._context.notifier.is_ending:
                    return None
                goes_on = True
                await heard(event, left)
                if self._context.notifier.is_ending:  # all who wait here are woken at once, for nothing new
                    return None

    async def attach(self, worker: Worker, *, goes_on: bool = False) -> bool:
        """Make an online worker present, and asking, through this process; False when they are not online.

        ``goes_on``: in a call or stream that waits already; `Lookout` finds whether the database must be told anew.
        """
        presence = self._context.presence
        was_told = presence.is_told(worker.worker_id)
        if was_told and (goes_on or presence.told_lately(worker.worker_id)):
            return True
        cell = await self.cell(worker.worker_id)
        command = AttachWorker(cell, worker.worker_id, self._context.node_id)
        is_online = await self._context.batcher.ask(attach_workers, command)
        if is_online:
            presence.note_attached(worker.worker_id, cell)
            if not was_told:  # else there is nobody more to match
                self._context.dispatcher.wake(cell, worker.queues)
        return is_online

    async def both(self, worker: Worker, *, rang: bool = False) -> tuple[LeasedTask | None, LeasedTask | None]:
        """Return what lies on the desk: the current lease and the queued one. The current one is shown by that.

        Only what was not shown before needs an action. ``rang``: they were told of it, so it is not read first.
        """
        cell = await self.cell(worker.worker_id)
        held = [] if rang else await self._context.batcher.read(_desks, cell, worker.worker_id)
        if rang or (held and held[0].state is WorkState.QUEUED):
            held = await self._context.batcher.ask(show_desks, ShowDesk(cell, worker.worker_id))
            if held[1:]:  # while it was shown the matcher passed over what lies behind it
                self._context.dispatcher.wake(cell, [held[1].queue_id])
        if self._context.presence.note_desk(worker.worker_id, desk_of(held)):
            self._context.notifier.wake([worker.worker_id])  # their other windows, which may not have heard of it
        views = [await self.leased(cell, work, worker) for work in told(held)]
        current, upcoming = [*views, None, None][:2]
        return current, upcoming

    async def answer(self, worker: Worker, lease: LeaseId | None, text: str) -> AnswerTaken | Refusal:
        """Give an answer; its refusals are a lost lease and an answer that does not fit the options."""
        if not self.is_ours(lease):
            return NO_LEASE
        command = AnswerTask(lease.cell, worker.worker_id, lease, text, os.urandom(LOT_BYTES))
        outcome = await self._context.batcher.ask(answer_tasks, command)
        upcoming = await self.after(worker, lease.cell, outcome)
        return outcome if isinstance(outcome, Refusal) else AnswerTaken(outcome.earned_micros, upcoming)

    async def skip(self, worker: Worker, lease: LeaseId | None, reason: SkipReason) -> LeasedTask | Refusal | None:
        """Pass a task on; return what comes next."""
        if not self.is_ours(lease):
            return NO_LEASE
        command = SkipTask(lease.cell, worker.worker_id, lease, reason, os.urandom(LOT_BYTES))
        outcome = await self._context.batcher.ask(skip_tasks, command)
        upcoming = await self.after(worker, lease.cell, outcome)
        return outcome if isinstance(outcome, Refusal) else upcoming

    async def offline(self, worker: Worker) -> None:
        """End the presence; what the worker held goes back at once."""
        cell = await self.cell(worker.worker_id)
        queue_ids = await self._context.batcher.ask(leave, Leave(cell, worker.worker_id, offline=True))
        self._context.presence.forget(worker.worker_id)
        self._context.notifier.notify([worker.worker_id])  # their open streams end
        self._context.dispatcher.wake(cell, queue_ids)

    async def cell(self, worker_id: int) -> int:
        """Return the cell the worker is attached to: where they are present, else the one with the longest queue."""
        known, numbers = self._context.presence.cell_of(worker_id), self._context.cells.numbers
        if known is not None or len(numbers) == 1:
            return known if known is not None else numbers[0]
        depths = {}
        for cell in numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                found = await workers.session(db, cell, worker_id)
                if found is not None and found.present:
                    return cell
                waiting = await queue_depths.depths(db, cell, list(await self._context.lookups.queues()))
                depths[cell] = sum(count for count, _ in waiting.values())
        return max(numbers, key=lambda cell: depths[cell])

    async def instructions(self, worker: Worker, key: QuestionKey | None) -> Instructions | Refusal:
        """Return what is said about the question of a task on the worker's desk; refused with `unknown_question`."""
        if key is None or not await self._is_asked(worker, key):
            return _NO_QUESTION
        return await instructions(self._context, key) or _NO_QUESTION

    async def went_past(self, worker: Worker, key: QuestionKey | None) -> Refusal | None:
        """Keep that the worker has read that; the time for the task that they look at begins anew, once."""
        if key is None or not await self._is_asked(worker, key):
            return _NO_QUESTION
        command = NoteInstructionsSeen(key.cell, worker.worker_id, key.question_id)
        await self._context.batcher.ask(note_instructions_seen, command)
        self._context.notifier.notify([worker.worker_id])
        return None

    async def _is_asked(self, worker: Worker, key: QuestionKey) -> bool:
        is_here = key.cell in self._context.cells.numbers and key.question_id != 0
        held = await self._context.batcher.read(_desks, key.cell, worker.worker_id) if is_here else []
        return any(work.question_id == key.question_id for work in held)

    async def leased(self, cell: int, work: Work, worker: Worker) -> LeasedTask:
        """Return a task on the worker's desk as they see it."""
        assert work.lease_until is not None
        question = QuestionKey(cell, work.question_id) if work.question_id else None
        reading = await self._read_before.of(question, worker.worker_id)
        return LeasedTask(
            lease=LeaseId(cell, work.task_id, work.lease),
            expires_at=work.lease_until,
            renewable_until=renewable_until(work),
            kind=work.kind,
            options=options_of(work.kind, work.site, work.options),
            picture=KeptPicture(cell, work.task_id, work.created_at, work.media, work.marks) if work.media else None,
            widget=WidgetId(cell, work.task_id, work.lease, work.worker_id) if work.site else None,
            queue=(await self._context.lookups.queues())[work.queue_id],
            pay_micros=work.pay_micros,
            question=None if reading is Reading.NOTHING else question,
            is_unread=reading is Reading.UNREAD,
            is_practice=work.purpose is Purpose.PRACTICE,
        )

    def is_ours(self, lease: LeaseId | None) -> TypeGuard[LeaseId]:
        """Tell whether it is a lease of a cell of this installation."""
        return lease is not None and lease.cell in self._context.cells.numbers

    async def after(self, worker: Worker, cell: int, outcome: Ended | Refusal) -> LeasedTask | None:
        """Wake the matcher and the worker's streams; return what lies on their desk next.

        A refusal wakes too: while it was decided the worker was locked, and the matcher passed them over.
        """
        upcoming = None if isinstance(outcome, Refusal) else outcome.next_work
        self._context.presence.seen(worker.worker_id)
        answered = set() if isinstance(outcome, Refusal) else {outcome.queue_id} - {0}
        self._context.dispatcher.wake(cell, {*worker.queues, *answered})
        ended = [] if isinstance(outcome, Refusal) else [of_task(outcome.task_id)]  # a customer may wait for it
        self._context.notifier.notify([worker.worker_id, *ended])
        return await self.leased(cell, upcoming, worker) if upcoming else None


async def rest(event: asyncio.Event, seconds: float) -> bool:
    """Wait for a hint, at most a jittered ``seconds``; return whether it came."""
    return await heard(event, seconds * random.uniform(0.8, 1.0))


def parse_lease(lease: str) -> LeaseId | None:
    """Return the fence that ``cell-task-number`` names; None for any other text."""
    found = _LEASE.fullmatch(lease)
    return LeaseId(*map(int, found.groups())) if found else None


async def _desks(db: asyncpg.Connection, cell: int, worker_ids: Sequence[int]) -> list[list[Work]]:
    """Return each worker's leases, the current one first; a batched read."""
    held = await dispatch.desks(db, cell, set(worker_ids))
    return [sorted((w for w in held if w.worker_id == i), key=desk_order) for i in worker_ids]


_NO_QUESTION = Refusal(Reason.UNKNOWN_QUESTION, "no task that you have asks this question")
NO_LEASE = Refusal(Reason.LEASE_LOST, "this is no lease of yours")
