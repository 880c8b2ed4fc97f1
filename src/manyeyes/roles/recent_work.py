"""What a worker answered last, each with its picture, as long as that is kept, and what became of it."""

import enum
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from manyeyes.ledger import earnings
from manyeyes.ledger.earnings import EarnedEntry
from manyeyes.ledger.rules import TransferKind
from manyeyes.ledger.statements import FIRST_PLACE
from manyeyes.panels import store as panels
from manyeyes.panels.rules import PanelAnswer
from manyeyes.reports import store as reports
from manyeyes.reports.rules import ReportState
from manyeyes.reports.store import Report
from manyeyes.roles.pictures import KeptPicture, kept_picture, marks_now
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion, shown_answer
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.rules import TOKEN_KINDS, QueueTerms

MOST_RECENT = 30
LOOKED_BACK = timedelta(days=30)


class AnswerFate(enum.StrEnum):
    """What became of an answer. A complaint that is upheld takes the pay back, unless it was payable by then."""

    STANDS = "stands"
    LOOKED_AT = "looked_at"
    COMPLAINT_REJECTED = "complaint_rejected"
    COMPLAINT_UPHELD = "complaint_upheld"
    TAKEN_BACK = "taken_back"


class RecentWork(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of a worker's own, without its customer. ``answer`` is empty where it is no longer kept.

    It has no number: that of what was asked would tell gold from the rest (docs/decisions/0062-gold-at-work.md).
    """

    queue: QueueTerms
    options: PictureOptions
    picture: KeptPicture | None
    answer: str
    pay_micros: int
    answered_at: datetime
    verdict: AnswerFate

    @property
    def marks(self) -> int:
        """Return the marks of its picture, its own and its queue's as they are now."""
        return marks_now(self.queue, self.picture)


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    paid: list[EarnedEntry]
    own: Mapping[int, PanelAnswer]
    questions: Mapping[int, TaskQuestion]
    answers: Mapping[int, str]
    reports: Mapping[int, Report]
    cancelled: set[int]
    queues: Mapping[int, int]


async def recent_work(context: Context, worker_id: int) -> list[RecentWork]:
    """Return the paid answers of the last 30 days, newest first, at most `MOST_RECENT`; tokens have no picture."""
    queues = await context.lookups.queues()
    found: list[RecentWork] = []
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> _Found:
            return await _read(db, cell, worker_id)

        one = await read_patiently(context.cells.pool(cell), read)
        found += [each for entry in one.paid if (each := _recent(cell, entry, one, queues))]
    return sorted(found, key=lambda each: each.answered_at, reverse=True)[:MOST_RECENT]


async def _read(db: asyncpg.Connection, cell: int, worker_id: int) -> _Found:
    now = datetime.now(UTC) + timedelta(days=1)  # the database's clock may be ahead
    start, before = now - LOOKED_BACK, (now, FIRST_PLACE)
    paid = await earnings.earned_newest(
        db, cell, worker_id, (TransferKind.PAY,), start=start, before=before, limit=MOST_RECENT
    )
    causes = [entry.cause_id for entry in paid]
    own = await panels.answers_by_number(db, cell, causes)
    tasks = [own[cause].task_id if cause in own else cause for cause in causes]
    return _Found(
        paid=paid,
        own=own,
        questions=await history.questions(db, cell, tasks),
        answers=await history.answers(db, cell, tasks),
        reports=await reports.existing(db, cell, tasks),
        cancelled=await earnings.cancelled_among(db, cell, causes),
        queues={task_id: life.queue_id for task_id, life in (await history.lives(db, cell, tasks)).items()},
    )


def _recent(cell: int, entry: EarnedEntry, found: _Found, queues: Mapping[int, QueueTerms]) -> RecentWork | None:
    own = found.own.get(entry.cause_id)
    task_id = own.task_id if own else entry.cause_id
    question, queue_id = found.questions.get(task_id), found.queues.get(task_id)
    if question is None or queue_id is None or question.kind in TOKEN_KINDS:
        return None
    text = shown_answer(question, own.text or "") if own else found.answers.get(task_id, "")
    return RecentWork(
        queue=queues[queue_id],
        options=picture_options(question.kind, question.options),
        picture=kept_picture(cell, question),
        answer=text if question.kept else "",
        pay_micros=entry.amount_micros,
        answered_at=entry.at,
        verdict=_verdict(entry.cause_id, own, found),
    )


def _verdict(cause_id: int, own: PanelAnswer | None, found: _Found) -> AnswerFate:
    """Return what became of an answer.

    Of one among several it is what happened to it alone: a report is on the task, which of gold is somebody else's.
    """
    if cause_id in found.cancelled:
        return AnswerFate.TAKEN_BACK
    if own:
        return AnswerFate.COMPLAINT_UPHELD if own.refuted_at else AnswerFate.STANDS
    report = found.reports.get(cause_id)
    return _OF_REPORTS.get(report.state, AnswerFate.STANDS) if report else AnswerFate.STANDS


_OF_REPORTS = {
    ReportState.OPEN: AnswerFate.LOOKED_AT,
    ReportState.REJECTED: AnswerFate.COMPLAINT_REJECTED,
    ReportState.CONFIRMED: AnswerFate.COMPLAINT_UPHELD,
}
