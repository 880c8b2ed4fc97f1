"""Every call of /v1, by whose methods serve it: the router and the OpenAPI description read the same table."""

from collections.abc import Callable

from manyeyes.runtime.context import Context
from manyeyes.v1 import (
    account_metrics,
    announcements,
    buckets,
    certainty,
    colleagues,
    earnings,
    job_agreement,
    job_files,
    job_results,
    job_stream,
    jobs,
    judging,
    keys,
    marks,
    money,
    notices,
    own_choice,
    practice,
    recognitions,
    reports,
    review_history,
    reviewer,
    statement,
    tasks,
    top_ups,
    webhooks,
    worker,
)
from manyeyes.v1.account_metrics import AccountMetricsApi
from manyeyes.v1.announcements import AnnouncementsApi
from manyeyes.v1.buckets import BucketsApi
from manyeyes.v1.certainty import CertaintyApi
from manyeyes.v1.colleagues import ColleaguesApi
from manyeyes.v1.earnings import EarningsApi
from manyeyes.v1.job_agreement import JobAgreementApi
from manyeyes.v1.job_files import JobFilesApi
from manyeyes.v1.job_results import JobResultsApi
from manyeyes.v1.job_stream import JobStreamApi
from manyeyes.v1.jobs import JobsApi
from manyeyes.v1.judging import JudgingApi
from manyeyes.v1.keys import KeysApi
from manyeyes.v1.marks import MarksApi
from manyeyes.v1.money import MoneyApi
from manyeyes.v1.notices import NoticesApi
from manyeyes.v1.operations import Operation
from manyeyes.v1.own_choice import ChoiceApi
from manyeyes.v1.practice import PracticeApi
from manyeyes.v1.recognitions import RecognitionsApi
from manyeyes.v1.reports import ReportsApi
from manyeyes.v1.review_history import ReviewHistoryApi
from manyeyes.v1.reviewer import ReviewerApi
from manyeyes.v1.statement import StatementApi
from manyeyes.v1.tasks import TasksApi
from manyeyes.v1.top_ups import TopUpsApi
from manyeyes.v1.webhooks import WebhooksApi
from manyeyes.v1.worker import WorkerApi

APIS: dict[Callable[[Context], object], list[Operation]] = {
    WorkerApi: worker.OPERATIONS,
    PracticeApi: practice.OPERATIONS,
    EarningsApi: earnings.OPERATIONS,
    MarksApi: marks.OPERATIONS,
    AnnouncementsApi: announcements.OPERATIONS,
    ChoiceApi: own_choice.OPERATIONS,
    ReviewerApi: reviewer.OPERATIONS,
    ReviewHistoryApi: review_history.OPERATIONS,
    JudgingApi: judging.OPERATIONS,
    ReportsApi: reports.OPERATIONS,
    WebhooksApi: webhooks.OPERATIONS,
    KeysApi: keys.OPERATIONS,
    ColleaguesApi: colleagues.OPERATIONS,
    TopUpsApi: top_ups.OPERATIONS,
    NoticesApi: notices.OPERATIONS,
    RecognitionsApi: recognitions.OPERATIONS,
    CertaintyApi: certainty.OPERATIONS,
    TasksApi: tasks.OPERATIONS,
    JobsApi: jobs.OPERATIONS,
    JobStreamApi: job_stream.OPERATIONS,
    JobFilesApi: job_files.OPERATIONS,
    JobResultsApi: job_results.OPERATIONS,
    JobAgreementApi: job_agreement.OPERATIONS,
    BucketsApi: buckets.OPERATIONS,
    MoneyApi: money.OPERATIONS,
    AccountMetricsApi: account_metrics.OPERATIONS,
    StatementApi: statement.OPERATIONS,
}
