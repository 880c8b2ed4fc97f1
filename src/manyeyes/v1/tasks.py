"""/v1/tasks: one picture with its question, or all of an account's tasks, however they came."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from manyeyes.accounts.rules import TASKS_READ, TASKS_WRITE
from manyeyes.accounts.store import KeyOwner
from manyeyes.logs.request_note import note_task
from manyeyes.roles.customer.new_tasks import create
from manyeyes.roles.customer.reports import report_of
from manyeyes.roles.customer.tasks import CustomerTask, cancel, changes_of, report, task_of, tasks_of, wait_for
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.tasks.seen.store import TaskFilter, TaskState
from manyeyes.v1.authentication import signed_in_customer, while_allowed
from manyeyes.v1.cursors import asked_limit, next_cursor, page_wanted
from manyeyes.v1.idempotency import REPLAYED, call_key, earlier
from manyeyes.v1.instants import place_of, since
from manyeyes.v1.json_messages import base_url, decode
from manyeyes.v1.operations import Answer, Call, Operation
from manyeyes.v1.preferences import applied, asked_wait
from manyeyes.v1.report_views import ReportView, report_view
from manyeyes.v1.task_bodies import FORM, TaskBody, read_sent, wanted_task
from manyeyes.v1.task_views import PRAISE, CustomerTaskView, TasksView, task_view
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal, Refused

LIST = "tasks"
OF_JOB, OF_NAME = "lines", "named"


class ReportRequest(msgspec.Struct):
    """A complaint about an answer; tokens may be praised too."""

    kind: Literal["complaint", "praise"] = "complaint"


class TasksApi:
    """An account's tasks, for the key or the cookie that signs them in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def create(self, call: Call[KeyOwner, TaskBody]) -> Answer[CustomerTaskView] | Refusal:
        """Make a task of a picture and a question; with ``Prefer: wait=N`` it is returned when it has ended."""
        sent = await read_sent(call.request)
        body, key = decode(sent.body, TaskBody), call_key(call.request, *sent.parts)
        task_id, is_replayed = await earlier(self._context, call.person, key), True
        if task_id is None:
            wanted = await wanted_task(self._context, call.request, body, sent.file)
            made = await create(self._context, call.person, wanted, key)
            if isinstance(made, Refusal):
                return made
            task_id, is_replayed = made.task_id, made.replayed
        seconds = asked_wait(call.request)
        found = await self._awaited(call, task_id, seconds)
        if isinstance(found, Refusal):
            return found
        headers = {"location": f"/v1/tasks/{task_id}", **applied(seconds), **(REPLAYED if is_replayed else {})}
        return Answer(self._view(call, found), 201, headers)

    async def task(self, call: Call[KeyOwner, None]) -> Answer[CustomerTaskView] | Refusal:
        """Return a task; with ``Prefer: wait=N`` when it has ended, at most N seconds later."""
        number, seconds = _number(call.part(3)), asked_wait(call.request)
        found = await self._awaited(call, number, seconds)
        return found if isinstance(found, Refusal) else Answer(self._view(call, found), 200, applied(seconds))

    async def tasks(self, call: Call[KeyOwner, None]) -> TasksView | Refusal:
        """Return a page of the account's tasks, or with ``since`` what changed of them."""
        of = _filter(call.query)
        if "since" in call.query:
            return await self._changes(call, of)
        name = OF_JOB if of.is_of_job else OF_NAME if of.external_id else LIST
        wanted = page_wanted(name, call.query)
        page = await tasks_of(
            self._context,
            call.person,
            of,
            after=wanted.after[0] if wanted.after else None,
            newest=wanted.is_newest_first,
            limit=wanted.limit,
        )
        following = None if page.after is None else next_cursor(name, wanted, page.after)
        return self._page(call, page.tasks, following)

    async def cancel(self, call: Call[KeyOwner, None]) -> CustomerTaskView | Refusal:
        """Take a task back that nobody is answering; return it as it then is."""
        found = await cancel(self._context, call.person, _number(call.part(3)))
        return found if isinstance(found, Refusal) else self._view(call, found)

    async def report(self, call: Call[KeyOwner, ReportRequest]) -> Answer[ReportView] | Refusal:
        """Complain about an answer, or praise a token; return the report."""
        is_praise = call.body.kind == PRAISE
        taken = await report(self._context, call.person, _number(call.part(3)), is_praise=is_praise, key=call.key)
        if isinstance(taken, Refusal):
            return taken
        found = await report_of(self._context, call.person, wire_id(taken.task_id))
        if isinstance(found, Refusal):
            return found
        headers = {"location": f"/v1/reports/{wire_id(taken.task_id)}", **(REPLAYED if taken.replayed else {})}
        return Answer(report_view(self._context, found), 201, headers)

    async def _changes(self, call: Call[KeyOwner, None], of: TaskFilter) -> TasksView:
        limit = asked_limit(call.query)
        page = await changes_of(self._context, call.person, of, after=since(call.query["since"]), limit=limit)
        return self._page(call, page.tasks, place_of(page.last))

    async def _awaited(self, call: Call[KeyOwner, Any], number: int, seconds: int) -> CustomerTask | Refusal:
        """Return the task when it has ended or the time is over; whoever hangs up or is shut out hears no more."""
        if not seconds:
            return await task_of(self._context, call.person, number)
        waiting = wait_for(self._context, call.person, number, seconds)
        found = await while_allowed(self._context, call.request, waiting, signed_in_customer)
        return found or Refusal(Reason.UNREADABLE, "the caller hung up")

    def _page(self, call: Call[KeyOwner, None], found: Iterable[CustomerTask], following: str | None) -> TasksView:
        base = base_url(self._context, call.request)  # the same for all of them
        return TasksView([task_view(self._context.pictures, each, base) for each in found], following)

    def _view(self, call: Call[KeyOwner, Any], found: CustomerTask) -> CustomerTaskView:
        return task_view(self._context.pictures, found, base_url(self._context, call.request))


def _number(part: str) -> int:
    """Return the task's number in the path; one that is none names no task."""
    number = whole_number(part, 18) or 0
    note_task(number)
    return number


def _filter(query: Mapping[str, str]) -> TaskFilter:
    """Return what narrows a list. Raises `Refused` for a state, a job's number or an `uncertain` that is none."""
    state, job, name = query.get("state", ""), query.get("job", ""), query.get("external_id", "")
    if state and state not in set(TaskState):
        raise Refused(Refusal(Reason.UNREADABLE, f"state must be one of {', '.join(TaskState)}"))
    job_id = whole_number(job, 18) if job else 0
    if job_id is None or (job and not job_id):
        raise Refused(Refusal(Reason.UNREADABLE, "job must be a job's number"))
    if query.get("uncertain", "") not in ("", "true"):
        raise Refused(Refusal(Reason.UNREADABLE, "uncertain must be true, or left out"))
    return TaskFilter(
        job_id=job_id,
        external_id=name.replace("\x00", "\ufffd"),
        state=TaskState(state) if state else None,
        is_uncertain=bool(query.get("uncertain")),
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/tasks",
        handler=TasksApi.create,
        caller=signed_in_customer,
        scope=TASKS_WRITE,
        body=TaskBody,
        media=("application/json", FORM),
        reads_itself=True,
        reply=CustomerTaskView,
        statuses=(400, 401, 402, 403, 409, 422, 429, 503),
        success=201,
        may_wait=True,
    ),
    Operation(
        method="GET",
        path="/v1/tasks",
        handler=TasksApi.tasks,
        caller=signed_in_customer,
        scope=TASKS_READ,
        query=("job", "state", "external_id", "uncertain", "order", "cursor", "limit", "since"),
        reply=TasksView,
        statuses=(400, 401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/tasks/{id}",
        handler=TasksApi.task,
        caller=signed_in_customer,
        scope=TASKS_READ,
        reply=CustomerTaskView,
        statuses=(401, 403, 404, 429),
        may_wait=True,
    ),
    Operation(
        method="DELETE",
        path="/v1/tasks/{id}",
        handler=TasksApi.cancel,
        caller=signed_in_customer,
        scope=TASKS_WRITE,
        reply=CustomerTaskView,
        statuses=(401, 403, 404, 409),
    ),
    Operation(
        method="POST",
        path="/v1/tasks/{id}/report",
        handler=TasksApi.report,
        caller=signed_in_customer,
        scope=TASKS_WRITE,
        body=ReportRequest,
        reply=ReportView,
        statuses=(400, 401, 403, 404, 409),
        success=201,
    ),
]
