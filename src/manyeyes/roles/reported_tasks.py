"""What was asked, answered, voted and appealed of reported tasks, for those whom a report concerns."""

from collections.abc import Sequence

import asyncpg
import msgspec

from manyeyes.panels import store as panels
from manyeyes.reports import store
from manyeyes.reports.appeals import store as appeals
from manyeyes.reports.appeals.store import Appeal
from manyeyes.reports.store import Cast, RefusedReport, Told
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion, shown_answer


class ReportedTasks(msgspec.Struct, frozen=True):
    """What is shown beside reports, by task; votes and appeals only of those that are decided."""

    questions: dict[int, TaskQuestion]
    answers: dict[int, str]
    votes: dict[int, list[Cast]]
    appeals: dict[int, Appeal]


async def look_up(
    db: asyncpg.Connection, cell: int, reports: Sequence[Told | RefusedReport], worker_id: int = 0
) -> ReportedTasks:
    """Return what is shown beside the reports; nothing of those that were refused.

    To a worker, where they were one of several who answered, their own answer and their own appeal.
    """
    ids = [report.task_id for report in reports if isinstance(report, Told)]
    if not ids:
        return ReportedTasks({}, {}, {}, {})
    decided = [r.task_id for r in reports if isinstance(r, Told) and r.decided_at]
    found = ReportedTasks(
        await history.questions(db, cell, ids),
        await history.answers(db, cell, ids),
        await store.votes_of(db, cell, decided),
        await appeals.appeals(db, cell, decided),
    )
    if worker_id:
        await _look_up_own(db, cell, worker_id, ids, found)
    return found


async def _look_up_own(
    db: asyncpg.Connection, cell: int, worker_id: int, ids: Sequence[int], found: ReportedTasks
) -> None:
    """Put the worker's own answers, and their appeals, in the places of those of several."""
    answers = await panels.answers_of(db, cell, ids)
    own = {task_id: a for task_id, given in answers.items() for a in given if a.worker_id == worker_id}
    if not own:
        return
    appealed = await appeals.appeals(db, cell, [answer.answer_id for answer in own.values()])
    for task_id, answer in own.items():
        if task_id in found.questions:
            found.answers[task_id] = shown_answer(found.questions[task_id], answer.text or "")
        if answer.answer_id in appealed:
            found.appeals[task_id] = appealed[answer.answer_id]
