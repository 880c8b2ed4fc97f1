"""/operator/accounts/{id}/statement and /work: what moved an account's money, and its jobs, tasks and call-backs."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.accounts import PATH
from manyeyes.console.operator.house_page import HousePages, done, number_in
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import number_of, text_of
from manyeyes.console.shared.guards import for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.ledger.rules import TransferKind
from manyeyes.ledger.statements import FIRST_PLACE
from manyeyes.roles.customer.deliveries import CallbackPage, deliveries_of, replay, replay_given_up
from manyeyes.roles.customer.jobs import CustomerJobs
from manyeyes.roles.customer.statement import EntryPlace, read_entries, read_statement
from manyeyes.roles.customer.statement_span import StatementSpan, read_span
from manyeyes.roles.customer.tasks import tasks_of
from manyeyes.roles.house import accounts as house
from manyeyes.tasks.rules import wire_id
from manyeyes.tasks.seen.store import TaskFilter, TaskState
from manyeyes.values.cursors import OF_ENTRIES, cursor, read_cursor
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Refusal
from manyeyes.webhooks.rules import DeliveryState, described

ROWS = 50
JOBS_SHOWN = 20
KINDS = {
    TransferKind.TOP_UP: mark("Topped up"),
    TransferKind.SETTLE: mark("Task"),
    TransferKind.REFUND: mark("Refunded"),
    TransferKind.SHARE_PAY_OUT: mark("Share of a soft app"),
    TransferKind.RECOGNITION: mark("Recognition"),
}
TASK_STATES = {
    TaskState.DRAFT: mark("In a job that has not begun"),
    TaskState.WAITING: mark("Waiting"),
    TaskState.ANSWERING: mark("Being answered"),
    TaskState.PAUSED: mark("Its job is paused"),
    TaskState.DONE: mark("Answered"),
    TaskState.FAILED: mark("Without an answer"),
    TaskState.CANCELLED: mark("Cancelled"),
}
CALLBACK_STATES = {
    DeliveryState.WAITING: mark("Waiting"),
    DeliveryState.DELIVERED: mark("Delivered"),
    DeliveryState.GIVEN_UP: mark("Given up"),
}
LEAD_STATEMENT = mark(
    "What moved this customer's money in a time, day by day, and whether it adds up: what was there at the start and "
    "all that moved must give what is there at the end. Days are those of UTC."
)
LEAD_WORK = mark(
    "What this customer asked for. Each task leads to its page, from its picture to its money. A call-back that was "
    "given up can be sent again."
)


class AccountWorkPages(HousePages):
    """The operator's pages of one account's money and work."""

    @for_operators
    async def statement(self, request: Request) -> Response:
        """GET /operator/accounts/{account_id}/statement?month= or from=&to=, before=: this month without any."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        span, is_readable = _span(request)
        books = await read_statement(self._context, found.place, span)
        entries = await read_entries(self._context, found.place, books, _before(request), ROWS + 1)
        say = catalogue(look_of(request).language).ugettext
        path = f"{PATH}/{found.place.account_id}/statement"
        older = ""
        if len(entries) > ROWS:
            at, place = entries[ROWS - 1].place
            older = f"{path}?{urlencode(_asked(span) | {'before': cursor(at, *place)})}"
        moved = [row for row in books.rows if row.moved.change_micros or row.moved.tasks or row.moved.charged_micros]
        return await self.draw(
            request,
            "statement",
            here="account",
            title=mark("Statement"),
            lead=LEAD_STATEMENT,
            account=found,
            path=path,
            span=span,
            is_readable=is_readable,
            books=books,
            rows=moved,
            entries=[(each, say(KINDS[each.kind])) for each in entries[:ROWS]],
            older=older,
            links=[f"{path}?{urlencode(_asked(span.beside(step)))}" for step in (-1, 1)],
        )

    @for_operators
    async def work(self, request: Request) -> Response:
        """GET /operator/accounts/{account_id}/work?after=&before=: newest jobs, and pages of tasks and call-backs."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        place, query = found.place, request.query_params
        after = whole_number(query.get("after", ""), 18)
        tasks = await tasks_of(self._context, place, TaskFilter(), after=after, limit=ROWS)
        sent = await deliveries_of(self._context, place, limit=ROWS, before=query.get("before", ""))
        callbacks = CallbackPage([], None) if isinstance(sent, Refusal) else sent
        jobs = await CustomerJobs(self._context).page(place, limit=JOBS_SHOWN)
        say = catalogue(look_of(request).language).ugettext
        path = f"{PATH}/{place.account_id}/work"
        return await self.draw(
            request,
            "work",
            here="account",
            title=mark("Jobs, tasks and call-backs"),
            lead=LEAD_WORK,
            account=found,
            path=path,
            jobs=jobs.jobs,
            tasks=[_task(each.task, each.queue.name, place.cell, say) for each in tasks.tasks],
            older_tasks=f"{path}?{urlencode({'after': tasks.after})}" if tasks.after is not None else "",
            callbacks=[_callback(each, say) for each in callbacks.callbacks],
            older_callbacks=f"{path}?{urlencode({'before': callbacks.next})}" if callbacks.next else "",
        )

    @for_operators
    async def resend(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/resend: send the result of `task` (wire id) again, or all `failed`."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        form, path = await request.form(), f"{PATH}/{found.place.account_id}/work"
        if text_of(form, "failed") == "yes":
            return done(path, "resent_all" if await replay_given_up(self._context, found.place) else "nothing_resent")
        outcome = await replay(self._context, found.place, number_of(form, "task"))
        return done(path, "refused" if isinstance(outcome, Refusal) else "resent")


def _span(request: Request) -> tuple[StatementSpan, bool]:
    """Return the span that is asked for, in UTC; this month stands in for one that cannot be read."""
    now, query = datetime.now(UTC), request.query_params
    try:
        return read_span({name: query.get(name, "") for name in ("month", "from", "to")}, now), True
    except ValueError:
        return read_span({}, now), False


def _asked(span: StatementSpan) -> dict[str, str]:
    return {"month": span.month} if span.month else {"from": str(span.first_day), "to": str(span.last_day)}


def _before(request: Request) -> EntryPlace | None:
    found = read_cursor(OF_ENTRIES, request.query_params.get("before", ""))
    if found is None:
        return None
    cause_id, kind, n = found[1] or FIRST_PLACE
    return found[0], (cause_id, kind, n)


def _task(task: Any, queue: str, cell: int, say: Any) -> dict[str, Any]:
    return {
        "href": f"/operator/tasks/{cell}/{task.task_id}",
        "number": task.task_id,
        "made_at": task.created_at,
        "queue": queue,
        "state": say(TASK_STATES[task.state]),
        "charged_micros": task.charged_micros - task.refunded_micros,
    }


def _callback(found: Any, say: Any) -> dict[str, Any]:
    delivery = found.delivery
    return {
        "wire": wire_id(delivery.task_id),
        "href": f"/operator/tasks/{found.cell}/{delivery.task_id}",
        "number": delivery.task_id,
        "url": delivery.url,
        "state": say(CALLBACK_STATES[delivery.state]),
        "look": {"delivered": "solved", "given_up": "unsolvable"}.get(described(delivery.state), "waiting"),
        "tries": delivery.tries,
        "can_replay": found.can_replay,
        "last": delivery.last_status or delivery.last_fault,
    }
