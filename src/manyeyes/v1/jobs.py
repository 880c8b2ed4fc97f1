"""/v1/jobs: open, look, change, start, cancel. Their items and results: /v1/jobs/{id}/items and …/results."""

from manyeyes.accounts.rules import TASKS_READ, TASKS_WRITE
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.jobs import CustomerJobs, JobStanding, unfit_question
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.cursors import next_cursor, page_wanted
from manyeyes.v1.idempotency import REPLAYED, earlier
from manyeyes.v1.job_bodies import JobBody, JobChangeBody, change_of, draft_of
from manyeyes.v1.job_views import JobsView, JobView, job_view
from manyeyes.v1.json_messages import base_url
from manyeyes.v1.operations import Answer, Call, Operation, job_number
from manyeyes.v1.question_views import LARGEST_ASKED, read_question
from manyeyes.v1.task_bodies import callback_address, picture_queue
from manyeyes.values.actor import V1
from manyeyes.values.refusals import Reason, Refusal

LIST = "jobs"


class JobsApi:
    """A customer's own jobs, for the key or the cookie that signs them in."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._jobs = CustomerJobs(context)

    async def open(self, call: Call[KeyOwner, JobBody]) -> Answer[JobView] | Refusal:
        """Open a draft; 422 names the member that is wrong."""
        body = call.body
        if body.start:  # what is refused leaves nothing, no draft either
            return Refusal(Reason.JOB_EMPTY, "a new job has no items yet: start it when a file is there")
        queue = await picture_queue(self._context, body.queue)
        question = read_question(body.question)
        if isinstance(question, list):
            return unfit_question(question)
        address = base_url(self._context, call.request)
        draft = draft_of(body, queue, callback_address(self._context, body.callback_url), address)
        opened = await self._jobs.open(call.person, draft, question, call.key)
        if isinstance(opened, Refusal):
            return opened
        standing = opened.standing
        headers = {"location": f"/v1/jobs/{standing.job.job_id}", **(REPLAYED if opened.replayed else {})}
        return Answer(job_view(standing), 201, headers)

    async def page(self, call: Call[KeyOwner, None]) -> JobsView:
        """Return a page of jobs, newest first unless it is asked otherwise."""
        wanted = page_wanted(LIST, call.query)
        after = wanted.after[0] if wanted.after else None
        found = await self._jobs.page(
            call.person, after=after, limit=wanted.limit, is_newest_first=wanted.is_newest_first
        )
        following = None if found.after is None else next_cursor(LIST, wanted, found.after)
        return JobsView([job_view(each) for each in found.jobs], following)

    async def job(self, call: Call[KeyOwner, None]) -> JobView | Refusal:
        """Return one job; 404 for one that is not the caller's."""
        return _shown(await self._jobs.get(call.person, job_number(call)))

    async def change(self, call: Call[KeyOwner, JobChangeBody]) -> JobView | Refusal:
        """Change a job's name and bounds, let it run or rest; return it as it then is."""
        actor = await actor_of(self._context, call.request, V1)
        return _shown(await self._jobs.change(call.person, job_number(call), change_of(call.body), actor=actor))

    async def start(self, call: Call[KeyOwner, None]) -> Answer[JobView] | Refusal:
        """Start a draft, or let a paused job go on; one that runs stays as it is."""
        before = await earlier(self._context, call.person, call.key)
        actor = await actor_of(self._context, call.request, V1)
        found = await self._jobs.start(call.person, job_number(call), call.key, actor=actor)
        if isinstance(found, Refusal):
            return found
        return Answer(job_view(found), headers={} if before is None else REPLAYED)

    async def cancel(self, call: Call[KeyOwner, None]) -> JobView | Refusal:
        """Give up all that waits, and give back what was held for it; return the job as it then is."""
        actor = await actor_of(self._context, call.request, V1)
        return _shown(await self._jobs.cancel(call.person, job_number(call), actor=actor))


def _shown(found: JobStanding | Refusal) -> JobView | Refusal:
    return found if isinstance(found, Refusal) else job_view(found)


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/jobs",
        handler=JobsApi.open,
        caller=signed_in_customer,
        body=JobBody,
        reply=JobView,
        statuses=(400, 401, 402, 403, 409, 422, 503),
        scope=TASKS_WRITE,
        success=201,
        largest=LARGEST_ASKED,
    ),
    Operation(
        method="GET",
        path="/v1/jobs",
        handler=JobsApi.page,
        caller=signed_in_customer,
        query=("limit", "cursor", "order"),
        reply=JobsView,
        statuses=(400, 401, 403),
        scope=TASKS_READ,
    ),
    Operation(
        method="GET",
        path="/v1/jobs/{job_id}",
        handler=JobsApi.job,
        caller=signed_in_customer,
        reply=JobView,
        statuses=(401, 403, 404),
        scope=TASKS_READ,
    ),
    Operation(
        method="PATCH",
        path="/v1/jobs/{job_id}",
        handler=JobsApi.change,
        caller=signed_in_customer,
        body=JobChangeBody,
        reply=JobView,
        statuses=(400, 401, 402, 403, 404, 409, 422, 503),
        scope=TASKS_WRITE,
    ),
    Operation(
        method="POST",
        path="/v1/jobs/{job_id}/start",
        handler=JobsApi.start,
        caller=signed_in_customer,
        reply=JobView,
        statuses=(400, 401, 402, 403, 404, 409, 503),
        scope=TASKS_WRITE,
    ),
    Operation(
        method="DELETE",
        path="/v1/jobs/{job_id}",
        handler=JobsApi.cancel,
        caller=signed_in_customer,
        reply=JobView,
        statuses=(401, 403, 404),
        scope=TASKS_WRITE,
    ),
]
