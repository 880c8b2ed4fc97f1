"""What each of a customer's pages and forms needs to be opened, by the scopes of roles (accounts/roles.py).

A path that is not named here is not served: `needed` raises KeyError when the routes are made.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts.rules import MANAGE, MONEY_ASK, MONEY_READ, TASKS_READ, TASKS_WRITE, WEBHOOKS
from manyeyes.console.shared.rendering import render
from manyeyes.roles.customer.top_ups import low_notice
from manyeyes.roles.sign_in import person_of
from manyeyes.runtime.context import Context

Endpoint = Callable[[Request], Awaitable[Response]]
# To look at. Every role opens the first page, whose parts ask for themselves.
PAGES = {
    "/customer": MONEY_READ,
    "/customer/jobs": TASKS_READ,
    "/customer/jobs/new": TASKS_WRITE,
    "/customer/jobs/{job_id}": TASKS_READ,
    "/customer/jobs/{job_id}/agreement": TASKS_READ,
    "/customer/jobs/{job_id}/cancel": TASKS_WRITE,
    "/customer/certainty": TASKS_READ,
    "/customer/tasks": TASKS_READ,
    "/customer/tasks/rows": TASKS_READ,
    "/customer/tasks/{task_id}": TASKS_READ,
    "/customer/statement": MONEY_READ,
    "/customer/statement.csv": MONEY_READ,
    "/customer/callbacks": WEBHOOKS,
    "/customer/notices": WEBHOOKS,
    "/customer/buckets": TASKS_WRITE,
    "/customer/recognitions": TASKS_READ,
    "/customer/recognitions/{task_id}": TASKS_READ,
    "/customer/recognitions/{task_id}/results.csv": TASKS_READ,
    "/customer/recognitions/{task_id}/results.parquet": TASKS_READ,
    "/customer/recognitions/{task_id}/threshold": TASKS_READ,
    "/customer/reports": TASKS_READ,
    "/customer/reports/{task_id}": TASKS_READ,
    "/customer/keys": MANAGE,
    "/customer/colleagues": MANAGE,
    "/customer/top-ups": MONEY_READ,
}
# To send; every other form of /customer/jobs changes a job.
FORMS = {
    "/customer/callbacks/replay": WEBHOOKS,
    "/customer/callbacks/rotate": WEBHOOKS,
    "/customer/callbacks/test": WEBHOOKS,
    "/customer/notices": WEBHOOKS,
    "/customer/notices/change": WEBHOOKS,
    "/customer/notices/remove": WEBHOOKS,
    "/customer/buckets": TASKS_WRITE,
    "/customer/buckets/remove": TASKS_WRITE,
    "/customer/tasks/{task_id}/report": TASKS_WRITE,
    "/customer/tasks/{task_id}/cancel": TASKS_WRITE,
    "/customer/recognitions/{task_id}/threshold": TASKS_WRITE,
    "/customer/keys": MANAGE,
    "/customer/keys/change": MANAGE,
    "/customer/keys/rotate": MANAGE,
    "/customer/keys/revoke": MANAGE,
    "/customer/colleagues": MANAGE,
    "/customer/colleagues/change": MANAGE,
    "/customer/colleagues/remove": MANAGE,
    "/customer/colleagues/link": MANAGE,
    "/customer/top-ups": MONEY_ASK,
    "/customer/top-ups/notice": MONEY_ASK,
}
JOBS = "/customer/jobs/"


def guarded_pages(context: Context, pages: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
    """Return the pages, each of them for those alone whose role opens it."""
    return {path: _guarded(context, PAGES[path], page) for path, page in pages.items()}


def guarded_forms(context: Context, forms: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
    """Return what takes the forms, each for those alone whose role opens it."""
    return {path: _guarded(context, form_needs(path), form) for path, form in forms.items()}


def form_needs(path: str) -> str:
    """Return the scope that sending a form needs. Raises KeyError for one that is not named here."""
    return TASKS_WRITE if path.startswith(JOBS) else FORMS[path]


def _guarded(context: Context, scope: str, page: Endpoint) -> Endpoint:
    """Tell whoever's role does not open the page so; whoever is none of an account's people is told by the page."""

    async def guarded(request: Request) -> Response:
        person = await person_of(context, request)
        if person is None:
            return await page(request)
        request.state.opens = frozenset(person.scopes)
        if scope not in person.scopes:
            return render(request, "customer/not_your_role.html", status=403, person=person.name)
        if request.method == "GET" and MONEY_READ in person.scopes:
            request.state.low = await low_notice(context, person)
        return await page(request)

    return guarded
