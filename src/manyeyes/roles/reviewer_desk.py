"""What is alike wherever reviewers look at something one after the other: wait for it, read what is said of it, go."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

import asyncpg

from manyeyes.actions.shared.reviewer_breaks import told, who_rests
from manyeyes.roles.instructions import Instructions, QuestionKey, instructions
from manyeyes.roles.presences import WORKER_DISABLED
from manyeyes.roles.worker import LONGEST_WAIT, LOOK_AGAIN_SECONDS, rest
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import EVERY_REVIEWER
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import may_judge
from manyeyes.workers.store import Worker

NO_REVIEWER = Refusal(Reason.NOT_REVIEWER, "you are no reviewer here; the operator of this installation appoints them")
_NO_QUESTION = Refusal(Reason.UNKNOWN_QUESTION, "nothing before you asks this question")


class Lying(Protocol):
    """What lies before a reviewer."""

    @property
    def question(self) -> QuestionKey | None:
        """Return the question if there is anything to read about it."""
        ...

    @property
    def queue(self) -> QueueTerms:
        """Return the queue that it came in, with the guide for its reviewers."""
        ...


LyingT = TypeVar("LyingT", bound=Lying)
Look = Callable[
    [int, int, Sequence[int]], Awaitable[LyingT | Refusal | None]
]  # in a cell, for a worker, in these queues


class ReviewerDesk(ABC, Generic[LyingT]):
    """A desk at which signed-in reviewers sit, in one process; what lies on it is its own."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @abstractmethod
    async def _lay(
        self, cell: int, worker_id: int, queue_ids: Sequence[int], *, is_deciding: bool = False
    ) -> LyingT | Refusal | None:
        """Return what lies before the reviewer in a cell, else something fresh; None where nothing is for them.

        Refused is whose break is due; ``is_deciding``: they decided something just now.
        """

    @abstractmethod
    async def _holds(self, cell: int, worker_id: int) -> bool:
        """Tell whether something of a cell lies before the reviewer."""

    @abstractmethod
    async def _give_back(self, cell: int, worker_id: int) -> None:
        """Give back what lies before the reviewer in a cell."""

    @abstractmethod
    async def _lay_ahead(self, cell: int, worker_id: int, queue_ids: Sequence[int]) -> LyingT | None:
        """Return what lies behind what the reviewer looks at in a cell; None where nothing does."""

    async def next(self, worker: Worker, wait_seconds: float) -> LyingT | Refusal | None:
        """Return what the reviewer has before them, waiting up to ``wait_seconds`` for it; None when nothing came."""
        deadline = asyncio.get_running_loop().time() + min(max(wait_seconds, 0.0), LONGEST_WAIT)
        event = self._context.notifier.subscribe(EVERY_REVIEWER)
        try:
            while True:
                event.clear()
                found = await self._take(worker.worker_id)
                left = deadline - asyncio.get_running_loop().time()
                if found is not None or left <= 0 or self._context.notifier.is_ending:
                    return found
                await rest(event, min(left, LOOK_AGAIN_SECONDS))
        finally:
            self._context.notifier.unsubscribe(EVERY_REVIEWER, event)

    async def ahead(self, worker: Worker) -> LyingT | Refusal | None:
        """Return what comes next, for its picture to be fetched beforehand; it counts as shown to nobody.

        Who looks at nothing gets nothing. ``expires_at`` of it is until when it is kept for them.
        """
        return await self._found(worker.worker_id, self._lay_ahead, is_new=False)

    async def leave(self, worker: Worker) -> None:
        """Give back at once what the reviewer has before them."""
        for cell in self._context.cells.numbers:
            await self._give_back(cell, worker.worker_id)
        self._context.notifier.notify([EVERY_REVIEWER])

    async def instructions(self, worker: Worker, key: QuestionKey | None) -> Instructions | Refusal:
        """Return what is said about the question of what lies before the reviewer; refused with `unknown_question`."""
        is_held = any([await self._holds(cell, worker.worker_id) for cell in self._context.cells.numbers])
        if worker.reviewer and not is_held:
            return _NO_QUESTION  # to ask lays nothing before them
        found = await self._take(worker.worker_id)
        if isinstance(found, Refusal):
            return found
        asked = found.question if found else None
        return (await instructions(self._context, asked) if asked and asked == key else None) or _NO_QUESTION

    async def _give_back_elsewhere(self, cell: int, worker_id: int) -> None:
        """Give back what lies before the reviewer in other cells: what they took back is all that they look at."""
        for other in self._context.cells.numbers:
            if other != cell:
                await self._give_back(other, worker_id)
        self._context.notifier.notify([EVERY_REVIEWER])

    async def _explained(self, cell: int, question_id: int) -> QuestionKey | None:
        """Return the question if there is anything to read about it."""
        key = QuestionKey(cell, question_id)
        found = await instructions(self._context, key) if question_id else None
        return key if found and found.is_something else None

    async def _go_on(self, worker_id: int, cell: int) -> LyingT | None:
        """Return what comes after what was decided or passed on in a cell; why nothing does they hear when they ask."""
        found = await self._take(worker_id, decided=cell)
        return None if isinstance(found, Refusal) else found

    async def _take(self, worker_id: int, *, decided: int | None = None) -> LyingT | Refusal | None:
        """Return what lies before the reviewer, else something fresh of any cell.

        Refused are who was disabled, and whose break is due. ``decided``: the cell in which they decided something now.
        """

        def look(cell: int, worker_id: int, queue_ids: Sequence[int]) -> Awaitable[LyingT | Refusal | None]:
            return self._lay(cell, worker_id, queue_ids, is_deciding=cell == decided)

        return await self._found(worker_id, look, is_new=True)

    async def _found(self, worker_id: int, look: Look[LyingT], *, is_new: bool) -> LyingT | Refusal | None:
        """Return the first that is found in any cell; ``is_new``: it may be something fresh, for which nobody rests."""
        worker = await self._context.lookups.worker(worker_id)
        if worker is None:
            return WORKER_DISABLED
        if not worker.reviewer:
            return NO_REVIEWER
        queues = await self._context.lookups.queues()
        queue_ids = tuple(may_judge(worker.languages, {q.queue_id: q.language for q in queues.values()}))
        cells = await self._cells(worker_id)
        for cell in cells if len(cells) > 1 and is_new else []:
            if refusal := await self._context.batcher.read(_resting, cell, worker_id):
                return refusal
        for cell in cells:
            found = await look(cell, worker_id, queue_ids)
            if found is not None:
                return found
        return None

    async def _cells(self, worker_id: int) -> list[int]:
        """Return the cells to look in, in any order; only one when something of it lies before them already."""
        numbers = self._context.cells.numbers
        for cell in numbers if len(numbers) > 1 else []:
            if await self._holds(cell, worker_id):
                return [cell]
        return random.sample(numbers, len(numbers))


async def _resting(db: asyncpg.Connection, cell: int, reviewer_ids: Sequence[int]) -> list[Refusal | None]:
    """Return what each reviewer is told whose break has begun in the cell; a batched read.

    For whom it is due there it begins where something of the cell would come to them.
    """
    now = datetime.now(UTC)
    found = await who_rests(db, now, cell, reviewer_ids, ())
    begun = {each.reviewer_id: each for each in found.values() if each.begun or each.since < now}
    return [told(begun.get(each)) for each in reviewer_ids]
