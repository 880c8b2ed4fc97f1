"""/customer/reports: what became of each report of an account, and the record that no one can reset."""

from typing import Any
from urllib.parse import urlencode

from babel.support import Translations
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.report_timeline import steps
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.report_wording import KINDS, STATES, all_said, said, why_of
from manyeyes.reports.rules import FEWEST_JUDGED, ReportKind, is_ignored
from manyeyes.reports.store import Record
from manyeyes.roles.customer.reports import CustomerReport, report_of, reports_of
from manyeyes.runtime.context import Context
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Refusal

PAGE_REPORTS = 50
BAR_WIDTH = 400


class ReportPages:
    """A customer's pages about their reports."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/reports?state=&before=: a page of the account's reports, newest first, and its record."""
        asked = request.query_params.get("state", "")
        state = asked if asked in STATES else ""
        before = request.query_params.get("before", "")
        found = await reports_of(self._context, place, limit=PAGE_REPORTS, before=before, state=state)
        if isinstance(found, Refusal):  # an address that somebody changed: the list from its beginning
            return RedirectResponse("/customer/reports", status_code=303)
        translations = catalogue(look_of(request).language)
        queues = await self._context.lookups.queues()
        older = {"state": state, "before": found.next or ""}
        return render(
            request,
            "customer/reports.html",
            person=place.name,
            record=_record(found.record),
            fewest_judged=FEWEST_JUDGED,
            state=state,
            states=all_said(translations, STATES),
            kinds={kind: translations.ugettext(message) for kind, message in KINDS.items()},
            reports=[_line(translations, report) for report in found.reports],
            closed_queues=[queue.name for queue in queues.values() if not queue.accepts_complaints],
            older=f"/customer/reports?{urlencode({k: v for k, v in older.items() if v})}" if found.next else "",
        )

    @for_customers
    async def show_one(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/reports/{task_id}: from the answer to the money; 404 for a task that they did not report."""
        report = await report_of(self._context, place, whole_number(request.path_params["task_id"], 10) or 0)
        if isinstance(report, Refusal):
            return render(request, "shared/missing.html", status=404, person=place.name)
        language = look_of(request).language
        translations = catalogue(language)
        return render(
            request,
            "customer/report.html",
            person=place.name,
            report={
                "task_id": report.task_id,
                "queue": report.queue,
                "state": report.status,
                "answer": report.answer,
                "image_url": report.picture.customers_path(self._context.pictures) if report.picture else None,
            },
            kind=translations.ugettext(KINDS[report.kind]),
            state=said(translations, STATES, report.status),
            why=why_of(translations, report),
            is_picture=report.kind is ReportKind.IMAGE_INCORRECT,
            steps=steps(language, report),
        )


def _record(record: Record) -> dict[str, Any]:
    share = record.confirmed / record.judged if record.judged else None
    return {
        "judged": record.judged,
        "confirmed": record.confirmed,
        "percent": None if share is None else int(share * 100),  # not rounded up: 49.9 % is under the half
        "width": round(BAR_WIDTH * (share or 0), 1),
        "ignored_now": is_ignored(record.judged, record.confirmed),
    }


def _line(translations: Translations, report: CustomerReport) -> dict[str, Any]:
    """Return a report as the template draws it; task 0 stands for many that were never the account's."""
    return {
        "task_id": report.task_id,
        "filed_at": report.filed_at,
        "kind": report.kind,
        "queue": report.queue,
        "answer": report.answer,
        "state": report.status,
        "why": why_of(translations, report),
        "refunded_micros": report.refunded_micros,
    }
