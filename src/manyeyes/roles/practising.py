"""Training sets for those who practise and for the operator: what is offered, said before it begins, and what came."""

from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.begin_practice import BeginPractice, begin_practice
from manyeyes.actions.set_trainings import SetTraining, set_trainings
from manyeyes.actions.shared.training_sets import worn_out
from manyeyes.roles.pictures import KeptPicture, kept_picture
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.skills import store as skills
from manyeyes.skills.practice import store as practices
from manyeyes.skills.practice.store import KnownTraining, PractisedAnswer
from manyeyes.skills.training import MOST_TRIES, Practice, TrainingSet, right_needed
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion, shown_answer
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import queues_for
from manyeyes.workers.store import Worker

MOST_PEOPLE = 500


class ShownPractice(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a try that is over: what was asked, what is right, what they gave."""

    picture: KeptPicture | None
    options: PictureOptions
    truth: str
    given: str
    is_right: bool
    at: datetime


class PracticeOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A queue's training set as it is said before one begins, and the last try. Pay is of each picture, in micros.

    ``pictures``, ``right_needed``, ``pay_micros``: of the open try, else of the set; 0 pictures: there is none.
    ``is_below``: they do not get the queue; ``last``: None before the first try. ``shown``: of one that is over.
    """

    queue: QueueTerms
    pictures: int
    right_needed: int
    pay_micros: int
    tries_left: int
    is_below: bool
    last: Practice | None
    shown: list[ShownPractice]

    @property
    def is_open(self) -> bool:
        """Tell whether a try is under way, maybe after a break."""
        return self.is_below and self.last is not None and self.last.is_open

    @property
    def may_begin(self) -> bool:
        """Tell whether they may begin a try, or go on with the one that is open."""
        return self.is_open or (self.is_below and self.pictures > 0 and self.tries_left > 0)


class QueueTraining(msgspec.Struct, frozen=True, kw_only=True):
    """A queue's training set in a cell, as the operator sees it, and who practised with it, the newest first.

    ``fault``: why nobody may begin it any more, though it was saved; empty: they may.
    """

    cell: int
    training: KnownTraining | None
    fault: str
    right_needed: int
    tries: list[Practice]


class PracticeDesk:
    """What signed-in workers do about practice, in one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = WorkerDesk(context)

    async def offers(self, worker: Worker) -> list[PracticeOffer]:
        """Return what a worker may practise, and how their last try in each queue went."""
        queues, found = await self._context.lookups.queues(), dict[int, PracticeOffer]()
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                for offer in await _offers(db, cell, worker, queues):
                    found.setdefault(offer.queue.queue_id, offer)
        return [found[queue_id] for queue_id in sorted(found)]

    async def begin(self, worker: Worker, queue_id: int) -> Practice | Refusal:
        """Begin to practise a queue, or go on; the worker is online by that. See actions/begin_practice.py."""
        terms = await self._context.lookups.queues()
        languages = {each.queue_id: each.language for each in terms.values()}
        allowed = queues_for([queue_id], None, worker.queues, worker.languages, languages)
        if isinstance(allowed, Refusal):
            return allowed
        own = await self._desk.cell(worker.worker_id)
        told = Refusal(Reason.NOT_BELOW_FLOOR)
        for cell in sorted(self._context.cells.numbers, key=lambda cell: cell != own):
            command = BeginPractice(cell, worker.worker_id, self._context.node_id, queue_id, tuple(allowed[1]))
            outcome = await self._context.batcher.ask(begin_practice, command)
            if isinstance(outcome, Practice):
                self._context.presence.touch(worker.worker_id, cell)
                self._context.presence.note_changed(worker.worker_id)
                self._context.notifier.notify([worker.worker_id])
                return outcome
            if outcome.reason is Reason.TRIED_ENOUGH:
                return outcome
            if told.reason is Reason.NOT_BELOW_FLOOR:  # a cell where they are below it says more
                told = outcome
        return told


async def _offers(
    db: asyncpg.Connection, cell: int, worker: Worker, queues: dict[int, QueueTerms]
) -> list[PracticeOffer]:
    lost = await skills.lost_queues(db, cell, worker.worker_id) & set(worker.queues)
    tries = await practices.practices_of(db, cell, worker.worker_id)
    known = await practices.trainings(db, cell, lost)
    worn = await worn_out(db, cell, known.values())
    sets = {queue_id: training for queue_id, training in known.items() if queue_id not in worn}
    found = []
    for queue_id in sorted((lost & sets.keys()) | tries.keys()):
        if queue_id in queues:
            last, training = tries.get(queue_id), sets.get(queue_id)
            shown = await _shown(db, cell, last) if last and not last.is_open else []
            found.append(_offer(queues[queue_id], training, last, is_below=queue_id in lost, shown=shown))
    return found


def _offer(
    queue: QueueTerms,
    training: KnownTraining | None,
    last: Practice | None,
    *,
    is_below: bool,
    shown: list[ShownPractice],
) -> PracticeOffer:
    tried = last.tries - last.is_void if last is not None else 0
    going_on = last is not None and last.is_open
    terms = last if going_on else training
    pictures = last.pictures if last is not None and going_on else len(training.task_ids) if training else 0
    whole = terms and TrainingSet(pictures=pictures, is_paid=terms.is_paid, pass_mark=terms.pass_mark)
    return PracticeOffer(
        queue=queue,
        pictures=pictures,
        right_needed=right_needed(whole) if whole else 0,
        pay_micros=terms.pay_micros if terms else 0,
        tries_left=max(MOST_TRIES - max(tried, 0), 0),
        is_below=is_below,
        last=last,
        shown=shown,
    )


async def _shown(db: asyncpg.Connection, cell: int, practice: Practice) -> list[ShownPractice]:
    given = await practices.practised(db, cell, practice)
    asked = await history.questions(db, cell, sorted({each.task_id for each in given}))
    return [_one(cell, asked[each.task_id], each) for each in given if each.task_id in asked]


def _one(cell: int, asked: TaskQuestion, each: PractisedAnswer) -> ShownPractice:
    return ShownPractice(
        picture=kept_picture(cell, asked),
        options=picture_options(asked.kind, asked.options),
        truth=shown_answer(asked, each.truth),
        given=shown_answer(asked, each.text),
        is_right=each.is_right,
        at=each.answered_at,
    )


async def queue_training(context: Context, queue_id: int) -> list[QueueTraining]:
    """Return a queue's training set in each cell, and who practised with it."""
    found = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            training = (await practices.trainings(db, cell, [queue_id])).get(queue_id)
            worn = await worn_out(db, cell, [training] if training else [])
            tries = await practices.practices_in(db, cell, queue_id, MOST_PEOPLE)
        needed = 0
        if training is not None:
            pictures = len(training.task_ids)
            needed = right_needed(
                TrainingSet(pictures=pictures, is_paid=training.is_paid, pass_mark=training.pass_mark)
            )
        fault = worn.get(queue_id, "")
        found.append(QueueTraining(cell=cell, training=training, fault=fault, right_needed=needed, tries=tries))
    return found


async def set_training(context: Context, command: SetTraining) -> tuple[int, ...] | Refusal:
    """Give a queue its training set in a cell, or take it away; return the tasks of its pictures."""
    return await context.batcher.ask(set_trainings, command)
