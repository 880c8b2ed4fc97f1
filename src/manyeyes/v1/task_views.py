"""A customer's tasks as /v1 shows them; money as decimal text in USD (docs/reference/v1/tasks.md)."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from manyeyes.consensus.terms import ONE_ANSWER
from manyeyes.reports.rules import REPORT_SECONDS, ReportKind, ReportState
from manyeyes.roles.customer.tasks import CustomerTask
from manyeyes.tasks.options import value_of
from manyeyes.tasks.rules import WORKERS_BEFORE_UNSOLVABLE, Assurance, Ending, why_unanswered
from manyeyes.tasks.seen.store import FAILURE_WORDS, PEOPLE, TaskState, rounded, source_of
from manyeyes.v1.question_views import question_view
from manyeyes.v1.terms import PeopleView, people_view
from manyeyes.values.money import text as money
from manyeyes.values.signed_links import PictureLinks

COMPLAINT, PRAISE = "complaint", "praise"
# What an answer is as JSON: text, a number with the digits that were typed, names of labels, or one of these by field.
JsonValue = Annotated[Any, msgspec.Meta(extra_json_schema={"description": "string, number, array or object, by kind"})]


# A question as it was asked, with the members of its kind (question_views.py).
QuestionAsked = Annotated[dict[str, Any], msgspec.Meta(extra_json_schema={"description": "a question of its kind"})]


class QueueName(msgspec.Struct, frozen=True):
    id: int
    name: str


class TaskResultView(msgspec.Struct, frozen=True, kw_only=True):
    """``value`` and ``text`` are null when the account's keep is over.

    ``answers``: how many people gave one; ``from_``: whose the result is, people's or a reviewer's. ``confidence``:
    from 0 to 1, null where one person's word is all; ``proven``: audits prove what the terms promise for it;
    ``uncertain``: it is the best there is, and no more.
    """

    value: JsonValue
    text: str | None
    answers: int
    confidence: float | None
    proven: bool
    uncertain: bool
    from_: str = msgspec.field(name="from", default=PEOPLE)
    kept: bool = True


class FailureView(msgspec.Struct, frozen=True):
    reason: str
    detail: str


class ReportNote(msgspec.Struct, frozen=True):
    kind: str
    state: str


class CustomerTaskView(msgspec.Struct, frozen=True, kw_only=True):
    """``price``: the most it may cost; ``cost``: what was charged, of which ``refunded`` came back."""

    id: int
    state: TaskState
    job: int | None
    line: int | None
    external_id: str
    queue: QueueName
    question: QuestionAsked
    terms: PeopleView
    created_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None
    result: TaskResultView | None
    failure: FailureView | None
    price: str
    cost: str
    refunded: str
    picture_url: str | None
    report: ReportNote | None
    report_until: datetime | None


class TasksView(msgspec.Struct, frozen=True):
    """A page; ``next`` is the ``cursor`` of the following one, null when there is none; of changes it is never null."""

    items: list[CustomerTaskView]
    next: str | None


def task_view(pictures: PictureLinks, found: CustomerTask, base_url: str) -> CustomerTaskView:
    """Return a task; ``base_url``: how its customer reaches us, for the picture's address."""
    task, is_solved = found.task, found.task.ending is Ending.SOLVED
    return CustomerTaskView(
        id=task.task_id,
        state=task.state,
        job=task.job_id or None,
        line=task.line or None,
        external_id=task.external_id,
        queue=QueueName(found.queue.queue_id, found.queue.name),
        question=question_view(task.kind, found.options),
        terms=people_view(task.terms or ONE_ANSWER),
        created_at=task.created_at,
        ended_at=task.ended_at,
        expires_at=task.expires_at,
        result=_result(found) if is_solved else None,
        failure=_failure(found) if task.ending is not None and not is_solved else None,
        price=money(found.most_micros),
        cost=money(task.charged_micros),
        refunded=money(task.refunded_micros),
        picture_url=base_url + found.picture.customers_path(pictures) if found.picture else None,
        report=_report(found),
        report_until=task.ended_at + timedelta(seconds=REPORT_SECONDS) if task.ended_at and is_solved else None,
    )


def _result(found: CustomerTask) -> TaskResultView:
    task = found.task
    return TaskResultView(
        value=value_of(found.options, task.answer) if task.is_kept else None,
        text=task.shown if task.is_kept else None,
        answers=task.answers,
        confidence=rounded(task.confidence),
        proven=bool(task.is_proven),
        uncertain=task.assurance is Assurance.UNCERTAIN,
        from_=source_of(task.assurance),
        kept=bool(task.is_kept),
    )


def _failure(found: CustomerTask) -> FailureView:
    task = found.task
    assert task.ending is not None
    return FailureView(FAILURE_WORDS[task.ending], _detail(task.ending, task.solve_count, task.why or ""))


def _detail(ending: Ending, solve_count: int, why: str) -> str:
    if ending is Ending.UNANSWERED:
        return why or why_unanswered(solve_count)
    return why or _SENTENCES[ending]


def _report(found: CustomerTask) -> ReportNote | None:
    task = found.task
    if task.report_kind is None or task.report_state is None:
        return None
    kind = PRAISE if task.report_kind == ReportKind.TOKEN_CORRECT else COMPLAINT
    return ReportNote(kind, ReportState(task.report_state).name.lower())


_SENTENCES = {
    Ending.UNSOLVABLE: f"{WORKERS_BEFORE_UNSOLVABLE} workers tried it, and none could answer",
    Ending.BARRED: "the proof of control over its site ended before it was answered; it is not charged",
    Ending.CANCELLED: "it was cancelled; it is not charged",
    Ending.NO_PICTURE: "its picture could not be had from its address; it is not charged",
}
