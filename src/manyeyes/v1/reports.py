"""/v1/reports for customers and /v1/worker/reports for workers: what became of a report, and a worker's one appeal."""

import msgspec

from manyeyes.accounts.rules import TASKS_READ
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.customer.reports import report_of, reports_of
from manyeyes.roles.worker_reports import appeal, worker_reports
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer, signed_in_worker
from manyeyes.v1.cursors import asked_limit
from manyeyes.v1.operations import Call, Operation, read_task
from manyeyes.v1.report_views import (
    AppealFiled,
    ReportsView,
    ReportView,
    WorkerReportsView,
    appeal_filed,
    report_view,
    reports_view,
    worker_report_view,
)
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.store import Worker

PAGE = 50


class AppealRequest(msgspec.Struct):
    """``words``: why the answer was right."""

    task_id: int
    words: str


class ReportsApi:
    """Both sides of a report, each for whom the key, token or cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def reports(self, call: Call[KeyOwner, None]) -> ReportsView | Refusal:
        """Return a page of the customer's reports, newest first; 400 for a place or a state that does not exist."""
        limit = asked_limit(call.query, PAGE, largest=None)
        before, state = call.query.get("before", ""), call.query.get("state", "")
        page = await reports_of(self._context, call.person, limit=limit, before=before, state=state)
        return page if isinstance(page, Refusal) else reports_view(self._context, page)

    async def report(self, call: Call[KeyOwner, None]) -> ReportView | Refusal:
        """Return one report of the customer's; 404 for a task that they did not report."""
        task = read_task(call.part(3))
        found = _NO_NUMBER if task is None else await report_of(self._context, call.person, task)
        return found if isinstance(found, Refusal) else report_view(self._context, found)

    async def worker_reports(self, call: Call[Worker, None]) -> WorkerReportsView:
        """Return the complaints about the worker's answers, newest first."""
        found = await worker_reports(self._context, call.person)
        return WorkerReportsView([worker_report_view(self._context, each) for each in found])

    async def appeals(self, call: Call[Worker, AppealRequest]) -> AppealFiled | Refusal:
        """File the worker's one appeal against a verdict."""
        outcome = await appeal(self._context, call.person, call.body.task_id, call.body.words)
        return outcome if isinstance(outcome, Refusal) else appeal_filed(outcome)


_NO_NUMBER = Refusal(Reason.UNKNOWN_REPORT, "a task's number is wanted")


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/reports",
        handler=ReportsApi.reports,
        caller=signed_in_customer,
        scope=TASKS_READ,
        query=("limit", "before", "state"),
        reply=ReportsView,
        statuses=(400, 401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/reports/{task_id}",
        handler=ReportsApi.report,
        caller=signed_in_customer,
        scope=TASKS_READ,
        reply=ReportView,
        statuses=(401, 403, 404),
    ),
    Operation(
        method="GET",
        path="/v1/worker/reports",
        handler=ReportsApi.worker_reports,
        caller=signed_in_worker,
        reply=WorkerReportsView,
        statuses=(401,),
    ),
    Operation(
        method="POST",
        path="/v1/worker/appeals",
        handler=ReportsApi.appeals,
        caller=signed_in_worker,
        body=AppealRequest,
        reply=AppealFiled,
        statuses=(400, 401, 404, 409),
    ),
]
