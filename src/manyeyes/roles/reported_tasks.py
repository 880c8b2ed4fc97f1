"""What was asked, answered, voted and appealed of reported tasks, for those whom a report concerns."""

from collections.abc import Sequence

import asyncpg
import msgspec

from manyeyes.reports import appeals, store
from manyeyes.reports.appeals import Appeal
from manyeyes.reports.store import Cast, RefusedReport, Told
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion


class ReportedTasks(msgspec.Struct, frozen=True):
    """What is shown beside reports, by task; votes and appeals only of those that are decided."""

    questions: dict[int, TaskQuestion]
    answers: dict[int, str]
    votes: dict[int, list[Cast]]
    appeals: dict[int, Appeal]


async def look_up(db: asyncpg.Connection, cell: int, reports: Sequence[Told | RefusedReport]) -> ReportedTasks:
    """Return what is shown beside the reports; nothing of those that were refused."""
    ids = [report.task_id for report in reports if isinstance(report, Told)]
    if not ids:
        return ReportedTasks({}, {}, {}, {})
    decided = [r.task_id for r in reports if isinstance(r, Told) and r.decided_at]
    return ReportedTasks(
        await history.questions(db, cell, ids),
        await history.answers(db, cell, ids),
        await store.votes_of(db, cell, decided),
        await appeals.appeals(db, cell, decided),
    )
