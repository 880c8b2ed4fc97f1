"""What a worker is told of complaints about their answers, and their one appeal for each."""

from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.file_appeals import Appealed, FileAppeal, file_appeals
from manyeyes.reports import store
from manyeyes.reports.appeals.store import Appeal
from manyeyes.reports.rules import LONGEST_APPEAL, ReportState, Vote
from manyeyes.reports.store import Told
from manyeyes.roles.pictures import KeptPicture, kept_picture, marks_now
from manyeyes.roles.reported_tasks import ReportedTasks, look_up
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.rules import QueueTerms, wire_id
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import read_words
from manyeyes.workers.store import Worker

MOST_REPORTS = 100


class WorkerReport(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint about an answer as the worker who gave it sees it: no customer, no reviewer.

    ``task_id`` is the wire's; ``reasons`` are those of reviewers who confirmed it; ``cancelled_micros``: pay that the
    verdict took.
    """

    task_id: int
    kind: str
    options: PictureOptions
    queue: QueueTerms
    picture: KeptPicture | None
    answer: str
    state: ReportState
    reasons: list[str]
    cancelled_micros: int
    filed_at: datetime
    decided_at: datetime | None
    appeal: Appeal | None

    @property
    def marks(self) -> int:
        """Return the marks of its picture, its own and its queue's as they are now."""
        return marks_now(self.queue, self.picture)


async def worker_reports(context: Context, worker: Worker) -> list[WorkerReport]:
    """Return the complaints that reviewers have or have confirmed, newest first, at most `MOST_REPORTS`."""
    queues = await context.lookups.queues()
    reports: list[WorkerReport] = []
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> tuple[list[Told], ReportedTasks]:
            found = await store.reports_against(db, cell, worker.worker_id, MOST_REPORTS)
            return found, await look_up(db, cell, found, worker.worker_id)

        found, tasks = await read_patiently(context.cells.pool(cell), read)
        reports += [
            _report(context, cell, told, tasks, queues[told.queue_id])
            for told in found
            if told.task_id in tasks.questions
        ]
    return sorted(reports, key=lambda report: report.filed_at, reverse=True)[:MOST_REPORTS]


async def appeal(context: Context, worker: Worker, task_id: int, words: str) -> Appealed | Refusal:
    """Ask the operator to look at a verdict against the worker's answer to the task with this wire id: once.

    Cells number their tasks each for itself: of two with this number, the first that they may appeal against is meant.
    """
    try:
        words = read_words(words, "words", LONGEST_APPEAL)
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error))
    if not words:
        return Refusal(Reason.UNREADABLE, "say in words why the answer was right")
    outcome: Refusal = Refusal(Reason.UNKNOWN_REPORT, f"there is no complaint about an answer of yours to {task_id}")
    for cell in context.cells.numbers:
        serial = await context.id_blocks.of_wire(cell, task_id)
        filed: Appealed | Refusal = await context.batcher.ask(
            file_appeals, FileAppeal(cell, worker.worker_id, serial, words)
        )
        if not isinstance(filed, Refusal):
            return filed
        outcome = filed if outcome.reason is Reason.UNKNOWN_REPORT else outcome
    return outcome


def _report(context: Context, cell: int, told: Told, tasks: ReportedTasks, queue: QueueTerms) -> WorkerReport:
    question = tasks.questions[told.task_id]
    votes = tasks.votes.get(told.task_id, [])
    return WorkerReport(
        task_id=wire_id(told.task_id),
        kind=question.kind,
        options=picture_options(question.kind, question.options),
        queue=queue,
        picture=kept_picture(cell, question),
        answer=tasks.answers.get(told.task_id, ""),
        state=told.state,
        reasons=[cast.reason for cast in votes if cast.vote is Vote.CONFIRM and cast.reason],
        cancelled_micros=told.cancelled_micros,
        filed_at=told.filed_at,
        decided_at=told.decided_at,
        appeal=tasks.appeals.get(told.task_id),
    )
