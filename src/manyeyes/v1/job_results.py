"""/v1/jobs/{id}/results and …/answers: what became of a job's lines, and what each person gave, as files.

See docs/reference/v1/files.md.
"""

from collections.abc import AsyncIterator, Callable

from starlette.responses import Response, StreamingResponse

from manyeyes.accounts.store import KeyOwner, Owner
from manyeyes.roles.customer.results import (
    WITHOUT_PARQUET,
    JobResults,
    answers_as_csv,
    answers_as_json_lines,
    answers_as_parquet,
    as_csv,
    as_json_lines,
    as_parquet,
    has_parquet,
    results_of,
)
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.json_messages import problem_response
from manyeyes.v1.operations import CSV, Call, Operation, job_number
from manyeyes.v1.problems import problem
from manyeyes.values.refusals import Refusal

Write = Callable[[Context, Owner, JobResults], AsyncIterator[bytes]]
JSON_LINES, PARQUET = "application/jsonl", "application/vnd.apache.parquet"
STATUSES = (401, 403, 404, 429)


class JobResultsApi:
    """Results of jobs of the account whose key or session it is."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def json_lines(self, call: Call[KeyOwner, None]) -> Response | Refusal:
        """Return the results as JSON objects, one a line."""
        return await self._file(call, as_json_lines, "jsonl", JSON_LINES)

    async def csv(self, call: Call[KeyOwner, None]) -> Response | Refusal:
        """Return the results as CSV."""
        return await self._file(call, as_csv, "csv", f"{CSV}; charset=utf-8")

    async def parquet(self, call: Call[KeyOwner, None]) -> Response | Refusal:
        """Return the results as Parquet; 501 where the installation cannot write it."""
        return await self._file(call, as_parquet, "parquet", PARQUET)

    async def answers_json_lines(self, call: Call[KeyOwner, None]) -> Response | Refusal:
        """Return what each person gave as JSON objects, one a line."""
        return await self._file(call, answers_as_json_lines, "answers.jsonl", JSON_LINES)

    async def answers_csv(self, call: Call[KeyOwner, None]) -> Response | Refusal:
        """Return what each person gave as CSV."""
        return await self._file(call, answers_as_csv, "answers.csv", f"{CSV}; charset=utf-8")

    async def answers_parquet(self, call: Call[KeyOwner, None]) -> Response | Refusal:
        """Return what each person gave as Parquet; 501 where the installation cannot write it."""
        return await self._file(call, answers_as_parquet, "answers.parquet", PARQUET)

    async def _file(self, call: Call[KeyOwner, None], write: Write, ending: str, media: str) -> Response | Refusal:
        if media == PARQUET and not has_parquet():
            return problem_response(problem("without_parquet", 501, WITHOUT_PARQUET))
        found = await results_of(self._context, call.person, job_number(call))
        if isinstance(found, Refusal):
            return found
        headers = {
            "content-disposition": f'attachment; filename="job-{found.job.job_id}.{ending}"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        return StreamingResponse(write(self._context, call.person, found), media_type=media, headers=headers)


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path=f"/v1/jobs/{{job_id}}/{file}",
        handler=handler,
        caller=signed_in_customer,
        statuses=statuses,
        waits=True,
        scope="tasks:read",
        gives=(media,),
    )
    for file, handler, statuses, media in (
        ("results.jsonl", JobResultsApi.json_lines, STATUSES, JSON_LINES),
        ("results.csv", JobResultsApi.csv, STATUSES, CSV),
        ("results.parquet", JobResultsApi.parquet, (*STATUSES, 501), PARQUET),
        ("answers.jsonl", JobResultsApi.answers_json_lines, STATUSES, JSON_LINES),
        ("answers.csv", JobResultsApi.answers_csv, STATUSES, CSV),
        ("answers.parquet", JobResultsApi.answers_parquet, (*STATUSES, 501), PARQUET),
    )
]
