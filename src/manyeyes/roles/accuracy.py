"""How often people are right, as they themselves and the operator are told; never a customer (docs/decisions/0062)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from manyeyes.actions.appeal_bars import AppealBar, appeal_bars
from manyeyes.actions.decide_bars import DecideBar, decide_bars
from manyeyes.reports.rules import LONGEST_APPEAL, LONGEST_REASON
from manyeyes.roles.pictures import KeptPicture, kept_picture
from manyeyes.runtime.context import Context
from manyeyes.skills import evidence
from manyeyes.skills.counting import CheckedAnswer, SkillRow
from manyeyes.skills.gold_items import gold_of_queue
from manyeyes.skills.rules import EvidenceSource
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion, shown_answer
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.rules import QueueTerms
from manyeyes.tasks.shapes import shape_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.binomial_bounds import lower_bound, upper_bound
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import read_words
from manyeyes.workers.store import Worker

CONFIDENCE = 0.975  # of each bound, so that the share lies between both in 95 of 100 cases
MOST_PICTURES = 20  # that somebody got wrong, of one queue, the newest ones
MOST_PEOPLE = 500


class PersonStanding(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in one queue. ``right`` of ``checked`` answers that gold or reviewers judged; true share with bounds.

    ``agreement``: how often they said what the others said, None where nobody else was asked.
    """

    cell: int
    worker_id: int
    queue_id: int
    right: int
    checked: int
    least: float
    most: float
    agreement: float | None
    gold_asked: int
    gold_wrong: int
    suspicion: float
    barred_at: datetime | None
    barred_why: str
    appeal_words: str
    appeal_answer: str
    is_appealing: bool
    may_appeal: bool

    @property
    def accuracy(self) -> float:
        """Return the share that was right; 0 where nothing was checked."""
        return self.right / self.checked if self.checked else 0.0


class WrongAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that was not right, as who gave it is shown it: what was asked, what is right, what they gave."""

    picture: KeptPicture | None
    options: PictureOptions
    truth: str
    given: str
    source: EvidenceSource
    at: datetime


class QueueAccuracy(msgspec.Struct, frozen=True):
    """A queue of a worker's with where they stand there and what they got wrong lately, the newest first."""

    queue: QueueTerms
    standing: PersonStanding
    wrong: list[WrongAnswer]


async def worker_accuracy(context: Context, worker: Worker) -> list[QueueAccuracy]:
    """Return where a worker stands in each queue in which answers of theirs were checked."""
    queues, found = await context.lookups.queues(), []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            rows = await evidence.skills_of_worker(db, cell, worker.worker_id)
            known = await evidence.evidence_of(db, cell, [row.key for row in rows])
            wrong = {row.key: _wrong(known[row.key]) for row in rows}
            questions = await history.questions(db, cell, sorted({p.task_id for each in wrong.values() for p in each}))
        found += [
            QueueAccuracy(
                queues[row.queue_id],
                _standing(cell, row, known[row.key]),
                [_shown(cell, questions[p.task_id], p) for p in wrong[row.key] if p.task_id in questions],
            )
            for row in rows
            if row.queue_id in queues
        ]
    return sorted(found, key=lambda each: each.queue.queue_id)


async def queue_people(context: Context, queue_id: int) -> list[PersonStanding]:
    """Return where people stand in a queue, in all cells: who is stopped or doubted first."""
    found: list[PersonStanding] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            rows = (await evidence.skills_of_queue(db, cell, queue_id))[:MOST_PEOPLE]
            known = await evidence.evidence_of(db, cell, [row.key for row in rows])
        found += [_standing(cell, row, known[row.key]) for row in rows]
    return found


async def person_standings(context: Context, worker_id: int) -> list[PersonStanding]:
    """Return where somebody stands in their queues, in all cells."""
    found: list[PersonStanding] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            rows = await evidence.skills_of_worker(db, cell, worker_id)
            known = await evidence.evidence_of(db, cell, [row.key for row in rows])
        found += [_standing(cell, row, known[row.key]) for row in rows]
    return found


async def bar_appeals(context: Context) -> list[PersonStanding]:
    """Return where those stand who appeal against a floor and wait, in all cells, the longest first."""
    found: list[tuple[datetime, PersonStanding]] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            rows = await evidence.open_bar_appeals(db, cell, MOST_PEOPLE)
            known = await evidence.evidence_of(db, cell, [row.key for row in rows])
        found += [(row.appealed_at or row.as_of, _standing(cell, row, known[row.key])) for row in rows]
    return [standing for _, standing in sorted(found, key=lambda each: (each[0], each[1].worker_id))]


async def gold_options(context: Context, queue_id: int) -> tuple[int, int | None]:
    """Return how many gold items a queue has, and the fewest labels one chooses among; None where answers are typed."""
    items, labels = 0, list[int]()
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            task_ids = await gold_of_queue(db, cell, queue_id)
            questions = await history.questions(db, cell, task_ids[:MOST_PEOPLE])
        items += len(task_ids)
        labels += [len(shape_of(picture_options(each.kind, each.options)).labels) for each in questions.values()]
    return items, min((count for count in labels if count), default=None)


async def appeal_bar(context: Context, worker: Worker, queue_id: int, words: str) -> datetime | Refusal:
    """Ask the operator to look at why the worker no longer gets a queue: once; refused without words."""
    try:
        words = read_words(words, "words", LONGEST_APPEAL)
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error))
    if not words:
        return Refusal(Reason.UNREADABLE, "say in words why you should get this queue")
    outcome: datetime | Refusal = Refusal(Reason.NOT_REFUSED, "you are not stopped from getting this queue")
    for cell in context.cells.numbers:
        filed = await context.batcher.ask(appeal_bars, AppealBar(cell, worker.worker_id, queue_id, words))
        if not isinstance(filed, Refusal):
            return filed
        outcome = filed if filed.reason is not Reason.NOT_REFUSED else outcome
    return outcome


async def decide_bar(
    context: Context, worker_id: int, queue_id: int, *, is_lifted: bool, answer: str = "", actor: Actor = BY_ITSELF
) -> bool | Refusal:
    """Give somebody a queue back, or turn their appeal down; ``answer`` is what they are told."""
    try:
        answer = read_words(answer, "answer", LONGEST_REASON)
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error))
    outcome: bool | Refusal = Refusal(Reason.NOT_REFUSED, "this worker is not stopped from getting this queue")
    for cell in context.cells.numbers:
        command = DecideBar(
            cell=cell, worker_id=worker_id, queue_id=queue_id, is_lifted=is_lifted, answer=answer, actor=actor
        )
        decided = await context.batcher.ask(decide_bars, command)
        if not isinstance(decided, Refusal):
            return decided
        outcome = decided if decided.reason is not Reason.NOT_REFUSED else outcome
    return outcome


def _standing(cell: int, row: SkillRow, pieces: Sequence[CheckedAnswer]) -> PersonStanding:
    sure = [piece.is_right for piece in pieces if piece.source is not EvidenceSource.PEERS]
    peers = [piece.is_right for piece in pieces if piece.source is EvidenceSource.PEERS]
    right = sure.count(True)
    waits = row.appealed_at is not None and row.appeal_decided_at is None
    appealed = row.appealed_at is not None and row.barred_at is not None and row.appealed_at >= row.barred_at
    return PersonStanding(
        cell=cell,
        worker_id=row.worker_id,
        queue_id=row.queue_id,
        right=right,
        checked=len(sure),
        least=lower_bound(right, len(sure), CONFIDENCE),
        most=upper_bound(right, len(sure), CONFIDENCE),
        agreement=peers.count(True) / len(peers) if peers else None,
        gold_asked=row.gold_asked,
        gold_wrong=row.gold_wrong,
        suspicion=row.suspicion,
        barred_at=row.barred_at,
        barred_why=row.barred_why,
        appeal_words=row.appeal_words if appealed else "",
        appeal_answer=row.appeal_answer if appealed else "",
        is_appealing=waits,
        may_appeal=row.barred_at is not None and not appealed,
    )


def _wrong(pieces: Iterable[CheckedAnswer]) -> list[CheckedAnswer]:
    """Return what gold or reviewers found wrong lately, the newest first; forgotten ones are left out."""
    found = [p for p in pieces if not p.is_right and p.truth and p.source is not EvidenceSource.PEERS]
    return found[::-1][:MOST_PICTURES]


def _shown(cell: int, question: TaskQuestion, piece: CheckedAnswer) -> WrongAnswer:
    return WrongAnswer(
        picture=kept_picture(cell, question),
        options=picture_options(question.kind, question.options),
        truth=shown_answer(question, piece.truth),
        given=shown_answer(question, piece.given),
        source=piece.source,
        at=piece.at,
    )
