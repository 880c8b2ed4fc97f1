"""Answers and skips that their worker can take back for some seconds, as the screen sends them."""

from manyeyes.actions.lay_aside import LaidAside, LayAside, lay_aside
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.take_back import TakeBack, take_back
from manyeyes.roles.worker import NO_LEASE, AnswerTaken, LeasedTask, WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import SkipReason
from manyeyes.workers.store import Worker


class UndoableDesk:
    """What signed-in workers do on their screens, in one process: nothing of it is final for some seconds."""

    def __init__(self, context: Context, desk: WorkerDesk) -> None:
        self._context, self._desk = context, desk

    async def answer(self, worker: Worker, lease: LeaseId | None, text: str) -> AnswerTaken | Refusal:
        """Give an answer that can be taken back; of practice and tokens it is given at once."""
        found = await self._laid(worker, lease, text, SkipReason.OTHER)
        return await self._desk.answer(worker, lease, text) if found is None else found

    async def skip(self, worker: Worker, lease: LeaseId | None, reason: SkipReason) -> AnswerTaken | Refusal:
        """Pass a task on, which can be taken back; of practice and tokens it is passed on at once."""
        found = await self._laid(worker, lease, None, reason)
        if found is not None:
            return found
        upcoming = await self._desk.skip(worker, lease, reason)
        return upcoming if isinstance(upcoming, Refusal) else AnswerTaken(0, upcoming)

    async def take_back(self, worker: Worker, lease: LeaseId | None) -> LeasedTask | Refusal:
        """Return the task on the desk again; refused with TOO_LATE once its time is over, or they have gone on.

        Who is not online any more is refused as by `next`.
        """
        if not self._desk.is_ours(lease):
            return NO_LEASE
        outcome = await self._context.batcher.ask(take_back, TakeBack(lease.cell, worker.worker_id, lease))
        if isinstance(outcome, Refusal):
            return await self._desk.no_presence(worker) if outcome.reason is Reason.NOT_ONLINE else outcome
        self._context.presence.seen(worker.worker_id)
        self._context.notifier.notify([worker.worker_id])
        return await self._desk.leased(lease.cell, outcome, worker)

    async def _laid(
        self, worker: Worker, lease: LeaseId | None, text: str | None, reason: SkipReason
    ) -> AnswerTaken | Refusal | None:
        seconds = self._context.settings.undo_seconds
        if not seconds or not self._desk.is_ours(lease):
            return None
        command = LayAside(
            cell=lease.cell, worker_id=worker.worker_id, lease=lease, text=text, reason=reason, seconds=seconds
        )
        outcome = await self._context.batcher.ask(lay_aside, command)
        if not isinstance(outcome, LaidAside):
            return outcome
        upcoming = await self._desk.after(worker, lease.cell, outcome)
        return AnswerTaken(outcome.earned_micros, upcoming, outcome.until)
