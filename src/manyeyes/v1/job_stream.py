"""/v1/jobs/{id}/events: a job's progress as server-sent events (WHATWG HTML, 9.2), until it has ended."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime

import msgspec
from starlette.responses import Response

from manyeyes.accounts.rules import TASKS_READ
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.customer.jobs import CustomerJobs, JobStanding
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import is_allowed, signed_in_customer
from manyeyes.v1.event_stream import EventStream
from manyeyes.v1.job_views import JobCounts, job_view
from manyeyes.v1.operations import EVENTS, Call, Operation, job_number
from manyeyes.values.refusals import Refusal

LOOK_SECONDS = 1.0
SILENT_SECONDS = 15.0
COMMENT = b": still there\n\n"
PROGRESS, FINISHED = "progress", "finished"


class JobProgress(msgspec.Struct, frozen=True, kw_only=True):
    """What of a job changes while it runs; as in the job itself."""

    id: int
    state: str
    waits_for: str | None
    counts: JobCounts
    held: str
    charged: str
    refunded: str
    net: str
    eta_seconds: int | None
    ended_at: datetime | None


class JobStreamApi:
    """The progress of jobs of the account whose key or session it is."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._jobs = CustomerJobs(context)

    async def events(self, call: Call[KeyOwner, None]) -> Response | Refusal:
        """Stream ``progress`` whenever something changed, the first one at once, and ``finished`` in the end."""
        found = await self._jobs.get(call.person, job_number(call))
        if isinstance(found, Refusal):
            return found
        return EventStream(self._stream(call, found), SILENT_SECONDS, COMMENT)

    async def _stream(self, call: Call[KeyOwner, None], found: JobStanding) -> AsyncGenerator[bytes, None]:
        standing: JobStanding | Refusal = found
        seen: JobProgress | None = None
        while not isinstance(standing, Refusal):
            progress = job_progress(standing)
            if progress != seen:
                seen = progress
                yield _event(PROGRESS, progress)
            if standing.job.is_over:
                yield _event(FINISHED, progress)
                return
            await asyncio.sleep(LOOK_SECONDS)
            if self._context.notifier.is_ending or not await is_allowed(
                self._context, call.request, signed_in_customer
            ):
                return  # who is shut out or signed out meanwhile hears no more
            standing = await self._jobs.get(call.person, found.job.job_id)


def job_progress(standing: JobStanding) -> JobProgress:
    """Return what of a job changes while it runs."""
    view = job_view(standing)
    return JobProgress(**{name: getattr(view, name) for name in JobProgress.__struct_fields__})


def _event(name: str, progress: JobProgress) -> bytes:
    return f"event: {name}\ndata: {msgspec.json.encode(progress).decode()}\n\n".encode()


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/jobs/{job_id}/events",
        handler=JobStreamApi.events,
        caller=signed_in_customer,
        reply=JobProgress,
        gives=(EVENTS,),
        statuses=(401, 403, 404, 429),
        scope=TASKS_READ,
        waits=True,
    ),
]
