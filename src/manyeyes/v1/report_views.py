"""Reports as /v1 shows them to the customer who filed one and to the worker whose answer it is about; money in USD."""

from datetime import datetime

import msgspec

from manyeyes.actions.file_appeals import Appealed
from manyeyes.reports.rules import WHYS, ReportKind, Vote, is_ignored
from manyeyes.reports.store import Record
from manyeyes.roles.customer.reports import CustomerReport, ReportPage
from manyeyes.roles.worker_reports import WorkerReport
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.v1.reviewer_views import AnyPicture
from manyeyes.v1.worker_views import QueueView, queue_view, uncounted_url
from manyeyes.values.marks import mark_names
from manyeyes.values.money import number

KINDS = {
    ReportKind.IMAGE_INCORRECT: "incorrect_image",
    ReportKind.TOKEN_INCORRECT: "incorrect_token",
    ReportKind.TOKEN_CORRECT: "correct_token",
}


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
    """A complaint about an answer as the worker who gave it sees it: no customer, no reviewer; money in USD.

    ``image_url`` null: no picture is kept, or it has ``marks``: a look at it is counted, and begins at /worker/reports.
    """

    task_id: int
    task: ReportedTask
    image_url: str | None
    marks: list[str]
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


def reports_view(context: Context, page: ReportPage) -> ReportsView:
    """Return a page of a customer's reports."""
    return ReportsView([report_view(context, each) for each in page.reports], page.next, _record(page.record))


def report_view(context: Context, report: CustomerReport) -> ReportView:
    """Return one report of a customer's."""
    return ReportView(
        task_id=report.task_id,
        kind=KINDS[report.kind],
        state=report.status,
        why=report.why,
        reason=WHYS.get(report.why, ""),
        queue=report.queue,
        answer=report.answer,
        filed_at=report.filed_at,
        task_ended_at=report.task_ended_at,
        decided_at=report.decided_at,
        votes=[VoteTold(cast.vote, cast.reason, cast.at) for cast in report.votes],
        refunded=number(report.refunded_micros),
        image_url=report.picture.customers_path(context.pictures) if report.picture else None,
    )


def worker_report_view(context: Context, report: WorkerReport) -> WorkerReportView:
    """Return one complaint about a worker's answer."""
    own = report.appeal
    return WorkerReportView(
        task_id=report.task_id,
        task=ReportedTask(report.kind, report.options, queue_view(report.queue)),
        image_url=uncounted_url(context, report.picture, report.marks),
        marks=mark_names(report.marks),
        answer=report.answer,
        state=report.state.name.lower(),
        reasons=report.reasons,
        pay_cancelled=number(report.cancelled_micros),
        filed_at=report.filed_at,
        decided_at=report.decided_at,
        appeal=AppealView(own.words, own.filed_at, own.accepted, own.answer) if own else None,
    )


def appeal_filed(appealed: Appealed) -> AppealFiled:
    """Return what an appeal is about and may bring."""
    return AppealFiled(wire_id(appealed.task_id), number(appealed.pay_micros))


def _record(record: Record) -> RecordView:
    ratio = record.confirmed / record.judged if record.judged else None
    return RecordView(record.judged, record.confirmed, ratio, is_ignored(record.judged, record.confirmed))
