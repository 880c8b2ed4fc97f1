"""Named queries of tasks as their customers see them: one, pages of them, and what changed → frozen values."""

import enum
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.db.queries import Queries
from manyeyes.db.rows import read
from manyeyes.tasks.kept_json import shown_of, terms_of, text_of
from manyeyes.tasks.rules import Assurance, Ending

SQL = Queries(__package__)
EARLIEST, LATEST = -1, 2**63 - 1  # places before the first and behind the last entry
ALWAYS = datetime.fromtimestamp(0, UTC), datetime(9999, 1, 1, tzinfo=UTC)


class TaskState(enum.StrEnum):
    """Where a task is: its job may not have begun, it waits, somebody has it, its job rests; or how it ended."""

    DRAFT = "draft"
    WAITING = "waiting"
    ANSWERING = "answering"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


PEOPLE, REVIEWER = "people", "reviewer"  # whose a result is
# How a task that has no answer is told of.
FAILURE_WORDS = {
    Ending.UNSOLVABLE: "unsolvable",
    Ending.UNANSWERED: "unanswered",
    Ending.BARRED: "site_withdrawn",
    Ending.CANCELLED: "cancelled",
    Ending.NO_PICTURE: "no_picture",
}


class SeenTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task, its way and its end, from all that is stored of it.

    ``options`` is JSON text; ``work_state`` None: it is in no queue; ``job_state`` None: it is a task by itself;
    ``price_micros`` None: nothing was ever held for it. ``answer`` of a solved one, ``shown`` as people read it, as
    long as it ``is_kept``. ``terms``: of a task that takes several answers; ``answers``: that were given.
    """

    task_id: int
    account_id: int
    queue_id: int
    kind: str
    options: str
    created_at: datetime
    question_id: int
    job_id: int
    line: int
    external_id: str
    media: str
    work_state: int | None
    expires_at: datetime | None
    terms: PeopleTerms | None
    answers: int
    assurance: Assurance | None
    confidence: float | None
    is_proven: bool | None
    job_state: int | None
    price_micros: int | None
    ended_at: datetime | None
    ending: Ending | None
    answer: str
    shown: str
    solve_count: int
    why: str | None
    charged_micros: int
    refunded_micros: int
    is_kept: bool | None
    report_kind: int | None
    report_state: int | None

    @property
    def state(self) -> TaskState:
        """Return where the task is on its way, or how it ended."""
        return state_of(self.ending, self.work_state, self.job_state)


def state_of(ending: Ending | None, work_state: int | None, job_state: int | None) -> TaskState:
    """Return where a task is; None: it has not ended, it is in no queue, it is a task by itself."""
    if ending is not None:
        return _ENDED.get(ending, TaskState.FAILED)
    if work_state is not None:
        return _AT_WORK[work_state]
    return _HELD_BACK.get(job_state or 0, TaskState.CANCELLED)


def source_of(assurance: Assurance | None) -> str:
    """Return whose a solved task's result is."""
    return REVIEWER if assurance is Assurance.REVIEWED else PEOPLE


def rounded(confidence: float | None) -> float | None:
    """Return a confidence as customers are told it, to four digits; None where one person's word is all."""
    return None if confidence is None else round(confidence, 4)


class TaskFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which of an account's tasks a list has; what is 0, empty or None takes all. ``made``: from when until when;
    ``is_uncertain``: only results that did not become as sure as was asked."""

    job_id: int = 0
    external_id: str = ""
    state: TaskState | None = None
    queue_id: int = 0
    made: tuple[datetime, datetime] | None = None
    is_uncertain: bool = False

    @property
    def is_of_few(self) -> bool:
        """Tell whether a list may look at many tasks to find one that it has."""
        return self.state is not None or self.is_uncertain

    def has(self, task: SeenTask) -> bool:
        """Tell whether the task is one of the list."""
        return (
            (not self.job_id or task.job_id == self.job_id)
            and (not self.external_id or task.external_id == self.external_id)
            and (self.state is None or task.state is self.state)
            and (not self.queue_id or task.queue_id == self.queue_id)
            and (not self.is_uncertain or task.assurance is Assurance.UNCERTAIN)
            and (self.made is None or self.made[0] <= task.created_at < self.made[1])
        )

    @property
    def is_of_job(self) -> bool:
        """Tell whether the list is a job's, in the order of its lines; one name of it is looked up as any name is."""
        return self.job_id > 0 and not self.external_id

    def place(self, task: SeenTask) -> int:
        """Return what orders the task in this list."""
        return task.line if self.is_of_job else task.task_id


class ListedTask(msgspec.Struct, frozen=True):
    """An entry of a list: what orders it, and the task."""

    place: int
    task_id: int


class Change(msgspec.Struct, frozen=True, order=True):
    """A task ended at an instant (``rank`` 0), or was refunded then (1)."""

    at: datetime
    task_id: int
    rank: int


async def seen(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, SeenTask]:
    """Return those of the tasks that exist, whoever's they are."""
    rows = await db.fetch(SQL.seen_tasks, cell, task_ids)
    found = read(SeenTask, rows, answer=text_of, shown=shown_of, terms=terms_of)
    return {task.task_id: task for task in found}


async def seen_each(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> list[SeenTask | None]:
    """Return each of the tasks, None for one that does not exist; a batched read."""
    found = await seen(db, cell, list(set(task_ids)))
    return [found.get(task_id) for task_id in task_ids]


async def places(
    db: asyncpg.Connection, cell: int, account_id: int, of: TaskFilter, *, after: int | None, newest: bool, limit: int
) -> list[ListedTask]:
    """Return the entries of an account's list behind ``after`` (None: from its beginning), without their states.

    A job's are ordered by its lines, others by their numbers.
    """
    start = (LATEST if newest else EARLIEST) if after is None else after
    arguments: list[Any] = [cell, account_id, start, limit]
    if of.is_of_job:
        query = SQL.lines_before if newest else SQL.lines_after
        start_of_line = min(start, 2**31 - 1)
        arguments = [cell, account_id, start_of_line, limit, of.job_id]
    elif of.external_id:
        query = SQL.called_before if newest else SQL.called_after
        arguments.append(of.external_id)
    elif of.queue_id or of.made:
        query = SQL.narrowed_before if newest else SQL.narrowed_after
        arguments += [of.queue_id, *(of.made or ALWAYS)]
    else:
        query = SQL.tasks_before if newest else SQL.tasks_after
    return read(ListedTask, await db.fetch(query, *arguments))


async def changes(
    db: asyncpg.Connection, cell: int, account_id: int, after: Change, until: datetime, limit: int
) -> list[Change]:
    """Return what changed of an account's tasks after a change, in the order of change, before ``until``.

    ``until``: `db.settled.settled_until`, else what commits late is missed.
    """
    rows = await db.fetch(SQL.changes, cell, account_id, after.at, after.task_id, after.rank, until, limit)
    return sorted(read(Change, rows))[:limit]


_ENDED = {Ending.SOLVED: TaskState.DONE, Ending.CANCELLED: TaskState.CANCELLED}
# By the numbers of dispatch/rules.py: WorkState, and jobs/rules.py: JobState.
_AT_WORK = (TaskState.WAITING, TaskState.ANSWERING, TaskState.ANSWERING, TaskState.PAUSED, TaskState.ANSWERING)
_HELD_BACK = {0: TaskState.DRAFT, 1: TaskState.WAITING, 2: TaskState.PAUSED}
