"""/v1/reports for customers and /v1/worker/reports for workers: what became of a report, and a worker's one appeal."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.roles.recourse import appeal, report_of, reports_of, worker_reports
from manyeyes.roles.told import AppealFiled, ReportsView, ReportView, WorkerReportsView
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer, signed_in_worker
from manyeyes.v1.json_messages import decode, json, refuse
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal

Handler = Callable[[Request], Awaitable[Response]]
PAGE = 50


class AppealRequest(msgspec.Struct):
    """``words``: why the answer was right."""

    task_id: int
    words: str


class ReportsApi:
    """Both sides of a report, each for whom the key, token or cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Return what serves each method and path; ``*`` stands for the last part of a path."""
        return {
            ("GET", "/v1/reports"): self.reports,
            ("GET", "/v1/reports/*"): self.report,
            ("GET", "/v1/worker/reports"): self.worker_reports,
            ("POST", "/v1/worker/appeals"): self.appeals,
        }

    async def reports(self, request: Request) -> Response:
        """A page of the customer's reports, newest first; 400 for a place or a state that does not exist."""
        owner = await signed_in_customer(self._context, request)
        asked = request.query_params
        limit = whole_number(asked.get("limit", str(PAGE)), 9)
        if limit is None:
            return refuse(Refusal(Reason.UNREADABLE, "limit must be a whole number"))
        page = await reports_of(
            self._context, owner, limit=limit, before=asked.get("before", ""), state=asked.get("state", "")
        )
        return refuse(page) if isinstance(page, Refusal) else json(page)

    async def report(self, request: Request) -> Response:
        owner = await signed_in_customer(self._context, request)
        number = whole_number(request.scope["path"].rpartition("/")[2], 10)
        found = _NO_NUMBER if number is None else await report_of(self._context, owner, number)
        return refuse(found) if isinstance(found, Refusal) else json(found)

    async def worker_reports(self, request: Request) -> Response:
        return json(await worker_reports(self._context, await signed_in_worker(self._context, request)))

    async def appeals(self, request: Request) -> Response:
        worker = await signed_in_worker(self._context, request)
        body = await decode(request, AppealRequest)
        outcome = await appeal(self._context, worker, body.task_id, body.words)
        return refuse(outcome) if isinstance(outcome, Refusal) else json(outcome)


_NO_NUMBER = Refusal(Reason.UNKNOWN_REPORT, "a task's number is wanted")

# (method, path, parameters, request, reply, other statuses): what openapi.py describes.
OPERATIONS = [
    ("get", "/v1/reports", ["limit", "before", "state"], None, ReportsView, ["400", "401", "403"]),
    ("get", "/v1/reports/{task_id}", [], None, ReportView, ["401", "403", "404"]),
    ("get", "/v1/worker/reports", [], None, WorkerReportsView, ["401"]),
    ("post", "/v1/worker/appeals", [], AppealRequest, AppealFiled, ["400", "401", "404", "409"]),
]
