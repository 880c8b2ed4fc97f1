"""What people say to marked pictures, and what they are shown of them, alike for every edge (docs/decisions/0079)."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.actions.count_looks import CountLook, count_looks
from manyeyes.actions.mark_works import MarkWork, mark_works
from manyeyes.actions.set_caps import SetCaps, set_caps
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import EVERY_REVIEWER
from manyeyes.tasks.rules import QueueTerms
from manyeyes.tasks.tokens import QUEUES as TOKEN_QUEUES
from manyeyes.values.actor import Actor
from manyeyes.values.marks import EVERY_MARK
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.wellbeing import store as wellbeing
from manyeyes.wellbeing.rules import Cap, Spent, Wellbeing, each
from manyeyes.workers.store import Worker

_PICTURE = re.compile(r"/pictures/([\w-]+)\.\w+", re.ASCII)


class QueueMarks(msgspec.Struct, frozen=True):
    """A queue that somebody may be given, and the marks of its pictures that they said yes to."""

    queue: QueueTerms
    agreed: int

    @property
    def is_asked(self) -> bool:
        """Tell whether the queue has a mark to which they did not say yes: nothing of it comes to them."""
        return bool(self.queue.marks & ~self.agreed)


class MarkDay(msgspec.Struct, frozen=True):
    """What somebody was shown of a mark today, and what they may be shown at the most."""

    mark: int
    spent: Spent
    cap: Cap

    @property
    def minutes(self) -> int:
        """Return the minutes that were looked, those begun too."""
        return -(-self.spent.ms // 60_000)


class MarkChoices(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said of marks, and their day; ``paused_until``: they had many in a row, and others come first.

    ``caps``: those that are not the usual ones, by mark.
    """

    queues: list[QueueMarks]
    avoided: int
    caps: Mapping[int, Cap]
    days: list[MarkDay]
    zone: str
    paused_until: datetime | None

    @property
    def unasked(self) -> list[QueueTerms]:
        """Return the queues of which nothing comes until they say yes."""
        return [each.queue for each in self.queues if each.is_asked]


async def mark_choices(context: Context, worker: Worker) -> MarkChoices:
    """Return what somebody said of marks, and their day, over all cells together."""
    known = await _known(context, worker.worker_id)
    queues, now = await context.lookups.queues(), datetime.now(UTC)
    today = [one.of_day(now) for one in known]
    pauses = [ends for one in known if one.needs_pause(now) and (ends := one.pause_ends())]
    return MarkChoices(
        queues=[QueueMarks(queue, _agreed(known, queue.queue_id)) for queue in _theirs(worker, queues.values())],
        avoided=_avoided(known),
        caps=known[0].caps,
        days=[MarkDay(mark, _spent(today, mark), _cap(known, mark)) for mark in each(EVERY_MARK)],
        zone=known[0].zone,
        paused_until=max(pauses, default=None),
    )


async def unasked_queues(context: Context, worker: Worker) -> list[QueueTerms]:
    """Return the marked queues that somebody was given and of which nothing comes until they say yes.

    Where no queue is marked nobody is asked.
    """
    queues = await context.lookups.queues()
    marked = [queue for queue in queues.values() if queue.marks and queue.queue_id in worker.queues]
    if not marked:
        return []
    known = await _known(context, worker.worker_id)
    return [queue for queue in _theirs(worker, marked) if queue.marks & ~_agreed(known, queue.queue_id)]


async def say_marks(
    context: Context,
    worker: Worker,
    actor: Actor,
    *,
    queue_id: int = 0,
    agreed: int | None = None,
    avoided: int | None = None,
) -> Refusal | None:
    """Say yes to marks of a queue (0: to none), or which marks are never to come; it is so in every cell, or said.

    Refused with QUEUE_NOT_ALLOWED for a queue that is none of theirs. What lies before them and is not for them any
    more goes back.
    """
    if agreed is not None:
        theirs = _theirs(worker, (await context.lookups.queues()).values())
        if queue_id not in {queue.queue_id for queue in theirs}:
            return Refusal(Reason.QUEUE_NOT_ALLOWED, f"you were not given the queue {queue_id}")
    said = ChooseMarks(
        cell=0, worker_id=worker.worker_id, queue_id=queue_id, agreed=agreed, avoided=avoided, actor=actor
    )
    for cell in context.cells.numbers:
        chosen = await context.batcher.ask(choose_marks, msgspec.structs.replace(said, cell=cell))
        context.dispatcher.wake(cell, {*worker.queues, *chosen.queue_ids})
    context.notifier.notify([worker.worker_id, EVERY_REVIEWER])
    return None


async def look_again(context: Context, worker: Worker, picture: str) -> bool:
    """Tell whether somebody may be shown what they answered or judged before, by its address; that counts the look."""
    named = _PICTURE.fullmatch(picture)
    found = context.pictures.open(named[1], datetime.now(UTC).timestamp()) if named else None
    if found is None or found.as_sent or found.cell not in context.cells.numbers:
        return False
    return await context.batcher.ask(count_looks, CountLook(found.cell, worker.worker_id, found.task_id))


async def mark_lying(context: Context, queue_id: int, marks: int) -> None:
    """Mark what of a queue lies on desks unseen, in every cell: the queue has got these marks.

    What is killed between that and this is made up for (runtime/mark_sweep.py).
    """
    ask = context.batcher.ask
    await asyncio.gather(*[ask(mark_works, MarkWork(cell, queue_id, marks)) for cell in context.cells.numbers])


async def cap_worker(
    context: Context,
    worker_id: int,
    caps: Mapping[int, Cap | None],
    zone: str | None,
    actor: Actor,
    seen: MarkChoices | None = None,
) -> bool:
    """Say how much of each mark somebody may be shown a day (None: as usual), and where their days begin.

    Return whether it is so: not where somebody else changed it since it was ``seen``, which the first cell tells.
    """
    before = (seen.caps, seen.zone) if seen else None
    said = SetCaps(cell=0, worker_id=worker_id, caps=caps, zone=zone, seen=before, actor=actor)
    for cell in context.cells.numbers:
        if await context.batcher.ask(set_caps, msgspec.structs.replace(said, cell=cell)) is None:
            return False
        said = msgspec.structs.replace(said, seen=None)
    return True


def _theirs(worker: Worker, queues: Iterable[QueueTerms]) -> list[QueueTerms]:
    """Return the queues for pictures that somebody was given, and those that they may judge."""
    return [
        queue
        for queue in queues
        if queue.queue_id not in TOKEN_QUEUES
        and queue.language in ("", *worker.languages)
        and (queue.queue_id in worker.queues or worker.reviewer)
    ]


async def _known(context: Context, worker_id: int) -> list[Wellbeing]:
    found = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            known = await wellbeing.of(db, cell, [worker_id])
        found.append(known.get(worker_id, Wellbeing(worker_id=worker_id)))
    return found


def _agreed(known: Sequence[Wellbeing], queue_id: int) -> int:
    """Return what they agreed to in every cell."""
    agreed = EVERY_MARK
    for one in known:
        agreed &= one.agreed.get(queue_id, 0)
    return agreed


def _avoided(known: Sequence[Wellbeing]) -> int:
    avoided = 0
    for one in known:
        avoided |= one.avoided
    return avoided


def _spent(known: Sequence[Wellbeing], mark: int) -> Spent:
    found = [one.spent.get(mark, Spent()) for one in known]
    return Spent(sum(one.pictures for one in found), sum(one.ms for one in found))


def _cap(known: Sequence[Wellbeing], mark: int) -> Cap:
    """Return the whole cap: what the cells share."""
    return known[0].caps.get(mark, Cap())
