"""How reports look to those whom they concern: the customer, the worker whose answer it is about, the reviewers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import asyncpg
import msgspec

from manyeyes.reports import appeals, store
from manyeyes.reports.appeals import Appeal
from manyeyes.reports.rules import WHYS, ReportKind, Vote, is_ignored
from manyeyes.reports.store import Cast, Record, RefusedReport, Told
from manyeyes.roles.worker import QueueView
from manyeyes.runtime.context import Context
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.rules import wire_id
from manyeyes.values.money import number

PICTURE_OPTIONS = {"oneOf": [{"$ref": f"#/components/schemas/{n}"} for n in ("ImageOptions", "LabelOptions")]}
AnyPicture = Annotated[Any, msgspec.Meta(extra_json_schema=PICTURE_OPTIONS)]  # PictureOptions, as a schema says it
REFUSED = "refused"  # the state of a report that was never taken
KINDS = {
    ReportKind.IMAGE_INCORRECT: "incorrect_image",
    ReportKind.TOKEN_INCORRECT: "incorrect_token",
    ReportKind.TOKEN_CORRECT: "correct_token",
}


class ReviewTask(msgspec.Struct, frozen=True):
    kind: str
    options: AnyPicture
    image_url: str
    queue: QueueView


class GivenAnswer(msgspec.Struct, frozen=True):
    """``text``: what was typed, or the name of the label that was chosen."""

    text: str


class SlotView(msgspec.Struct, frozen=True):
    """A complaint before a reviewer: picture, question and answer, and nobody's name; ``pay`` for the vote in USD."""

    slot: str
    expires_at: datetime
    pay: float
    task: ReviewTask
    answer: GivenAnswer


class VoteView(msgspec.Struct, frozen=True):
    earned: float
    next: SlotView | None


class ReviewerView(msgspec.Struct, frozen=True):
    """``votes`` and ``earned`` (USD) since midnight UTC; ``payable`` is all that may be paid out."""

    worker_id: int
    name: str
    votes: int
    earned: float
    payable: float


class VoteTold(msgspec.Struct, frozen=True):
    """A vote as both sides see it: nobody's name."""

    verdict: Vote
    reason: str
    at: datetime


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A report as its customer sees it; ``why`` is a code, ``reason`` the sentence for it; money in USD.

    ``votes`` are shown when the complaint is decided; ``image_url`` is null when no picture is kept.
    """

    task_id: int
    kind: str
    state: str
    why: str
    reason: str
    queue: str
    answer: str
    filed_at: datetime
    task_ended_at: datetime | None
    decided_at: datetime | None
    votes: list[VoteTold]
    refunded: float
    image_url: str | None


class RecordView(msgspec.Struct, frozen=True):
    """How reviewers judged the account's complaints; ``ratio`` is null before the first."""

    judged: int
    confirmed: int
    ratio: float | None
    ignored_now: bool


class ReportsView(msgspec.Struct, frozen=True):
    """A page, newest first; ``next`` is the ``before`` of the following page."""

    reports: list[ReportView]
    next: str | None
    record: RecordView


class AppealView(msgspec.Struct, frozen=True):
    words: str
    filed_at: datetime
    accepted: bool | None
    answer: str


class ReportedTask(msgspec.Struct, frozen=True):
    kind: str
    options: AnyPicture
    queue: QueueView


class WorkerReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint about an answer as the worker who gave it sees it: no customer, no reviewer; money in USD."""

    task_id: int
    task: ReportedTask
    image_url: str | None
    answer: str
    state: str
    reasons: list[str]
    pay_cancelled: float
    filed_at: datetime
    decided_at: datetime | None
    appeal: AppealView | None


class WorkerReportsView(msgspec.Struct, frozen=True):
    reports: list[WorkerReportView]


class AppealFiled(msgspec.Struct, frozen=True):
    """``pay``: what the worker gets when the operator accepts, in USD."""

    task_id: int
    pay: float


class Looked(msgspec.Struct, frozen=True):
    """What a page shows beside the reports themselves, by task."""

    questions: dict[int, TaskQuestion]
    answers: dict[int, str]
    votes: dict[int, list[Cast]]
    appeals: dict[int, Appeal]


async def look_up(db: asyncpg.Connection, cell: int, reports: Sequence[Told | RefusedReport]) -> Looked:
    ids = [report.task_id for report in reports if isinstance(report, Told)]
    if not ids:
        return Looked({}, {}, {}, {})
    decided = [r.task_id for r in reports if isinstance(r, Told) and r.decided_at]
    return Looked(
        await history.questions(db, cell, ids),
        await history.answers(db, cell, ids),
        await store.votes_of(db, cell, decided),
        await appeals.appeals(db, cell, decided),
    )


async def customers_view(context: Context, cell: int, report: Told | RefusedReport, looked: Looked) -> ReportView:
    task_id = wire_id(report.task_id)
    if isinstance(report, RefusedReport):
        return ReportView(
            task_id=task_id,
            kind=KINDS[report.kind],
            state=REFUSED,
            why=report.reason,
            reason=WHYS.get(report.reason, ""),
            queue="",
            answer="",
            filed_at=report.at,
            task_ended_at=None,
            decided_at=None,
            votes=[],
            refunded=0.0,
            image_url=None,
        )
    question = looked.questions.get(report.task_id)
    return ReportView(
        task_id=task_id,
        kind=KINDS[report.kind],
        state=report.state.name.lower(),
        why=report.why,
        reason=WHYS.get(report.why, ""),
        queue=(await queue_view(context, report.queue_id)).name,
        answer=looked.answers.get(report.task_id, ""),
        filed_at=report.filed_at,
        task_ended_at=report.ended_at,
        decided_at=report.decided_at,
        votes=[VoteTold(cast.vote, cast.reason, cast.at) for cast in looked.votes.get(report.task_id, [])],
        refunded=number(report.refunded_micros),
        image_url=picture_url(context, cell, question) if question else None,
    )


def record_view(record: Record) -> RecordView:
    ratio = record.confirmed / record.judged if record.judged else None
    return RecordView(record.judged, record.confirmed, ratio, is_ignored(record.judged, record.confirmed))


async def workers_view(context: Context, cell: int, report: Told, looked: Looked) -> WorkerReportView:
    question = looked.questions[report.task_id]
    votes = looked.votes.get(report.task_id, [])
    own = looked.appeals.get(report.task_id)
    queue = await queue_view(context, report.queue_id)
    return WorkerReportView(
        task_id=wire_id(report.task_id),
        task=ReportedTask(question.kind, options_of(question), queue),
        image_url=picture_url(context, cell, question),
        answer=looked.answers.get(report.task_id, ""),
        state=report.state.name.lower(),
        reasons=[cast.reason for cast in votes if cast.vote is Vote.CONFIRM and cast.reason],
        pay_cancelled=number(report.cancelled_micros),
        filed_at=report.filed_at,
        decided_at=report.decided_at,
        appeal=AppealView(own.words, own.filed_at, own.accepted, own.answer) if own else None,
    )


def picture_url(context: Context, cell: int, question: TaskQuestion) -> str | None:
    """Return the address of a task's picture; None when it had none, or it is no longer kept."""
    if not question.media or datetime.now(UTC) >= question.created_at + timedelta(hours=context.settings.picture_hours):
        return None
    return context.pictures.path(cell, question.task_id, question.created_at, question.media)


async def queue_view(context: Context, queue_id: int) -> QueueView:
    queue = (await context.lookups.queues())[queue_id]
    return QueueView(queue.queue_id, queue.name, queue.sensitive)


def clean(text: str, longest: int) -> str:
    """Return what a person wrote as it is kept: no outer blanks, nothing that is no text, at most so long."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "").strip()[:longest]


def options_of(question: TaskQuestion) -> PictureOptions:
    """Return what an answer to the picture had to keep."""
    return picture_options(question.kind, question.options)
