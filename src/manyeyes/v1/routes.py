"""The routes of /v1, and what every installation serves beside its contracts: pictures, and what /v1 is."""

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from manyeyes.db.pool import is_lost
from manyeyes.dispatch.laid_work import subject as subject_of
from manyeyes.logs.request_note import note_fault
from manyeyes.recognisers.interface import Failure
from manyeyes.recognisers.pool import RecogniserAway
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.tasks import question_store
from manyeyes.tasks.store import blob as blob_of
from manyeyes.v1.apis import APIS
from manyeyes.v1.json_messages import problem_response, refuse
from manyeyes.v1.openapi import document
from manyeyes.v1.problem_page import problem_page
from manyeyes.v1.problems import PAGE, problem
from manyeyes.values.refusals import Refused

DESCRIPTION = "/v1/openapi.json"
PICTURE_HEADERS = {
    "cache-control": "private, max-age=3600, immutable",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
}
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}


class Calls:
    """Our JSON API without a router: two of a task life's six calls come here, and a table look-up is all they need.

    Every path under /v1 is its own, so that whoever calls one that is not there is told so in JSON as well.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        apis = [(make(context), table) for make, table in APIS.items()]
        self._operations = {(row.method, row.starred): (row, api) for api, table in apis for row in table}
        self._paths = {path for _, path in self._operations}

    def __contains__(self, path: str) -> bool:
        return path.lstrip("/").partition("/")[0] == "v1"

    def _known(self, path: str) -> str:
        return path if path in self._paths else next((p for p in _starred(path) if p in self._paths), "")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        method, path = scope["method"], scope["path"]
        known = self._known(path)
        operation, api = self._operations.get((method, known), (None, None))
        with ExitStack() as held:
            try:
                if operation is not None:
                    response = await operation.serve(api, self._context, Request(scope, receive, send), held)
                elif path == DESCRIPTION and method in ("GET", "HEAD"):
                    response = Response(_described(), media_type="application/json")
                else:
                    response = self._missing(method, path, known)
            except Refused as refused:
                response = refuse(refused.refusal)
            except Exception as error:
                response = _failed(error)
            await response(scope, receive, send)

    def _missing(self, method: str, path: str, known: str) -> Response:
        """Return the response for a path that is not there (404), or that is called with another method (405)."""
        takes = sorted(found for found, at in self._operations if at == known)
        takes = ["GET"] if path == DESCRIPTION else takes
        if not takes:
            told = f"there is no call {path[:100]}; {DESCRIPTION} lists those that are"
            return problem_response(problem("unknown_call", 404, told))
        told = f"it is called with {' or '.join(takes)}, not {method[:20]}"
        response = problem_response(problem("wrong_method", 405, told))
        response.headers["allow"] = ", ".join(takes)
        return response


def _starred(path: str) -> tuple[str, ...]:
    """Return the path with a star for its last part, for the one before, and for both of two that are named apart.

    As `Operation.starred`: /v1/jobs/*, /v1/jobs/*/items, /v1/jobs/*/uploads/*.
    """
    head, _, last = path.rpartition("/")
    above, _, named = head.rpartition("/")
    return f"{head}/*", f"{above}/*/{last}", f"{above.rpartition('/')[0]}/*/{named}/*"


def _failed(error: Exception) -> Response:
    """Return the response to an error: 503 for an outage (docs/decisions/0005), else 500, with the trace in the log."""
    if isinstance(error, Unavailable) or is_lost(error):
        response = problem_response(problem("unavailable", 503, "the database is away; ask again"))
        response.headers["retry-after"] = "5"
        return response
    note_fault(error, "call_failed")
    return problem_response(problem("failed", 500, "an unexpected fault; it is in the log"))


@cache
def _described() -> bytes:
    """Return the description of /v1; making it takes the time of a hundred calls."""
    return msgspec.json.encode(document())


def routes(context: Context) -> list[Route]:
    """Return the routes that every installation serves beside its contracts."""

    async def picture(request: Request) -> Response:
        """GET /pictures/…: one picture by its signed address; 404 when it is forged, expired or gone.

        Its customer's address opens it as it was sent, everybody else's its pixels alone.
        """
        found = context.pictures.open(request.path_params["signed"], time.time())
        if found is None or found.cell not in context.cells.numbers:
            return Response(status_code=404)
        async with context.cells.pool(found.cell).acquire() as db:
            blob = await blob_of(db, found.cell, found.day, found.task_id)
            if blob is None and not found.as_sent:  # people's addresses name what lies on their desk
                subject = await subject_of(db, found.cell, found.task_id)
                blob = await blob_of(db, found.cell, subject[1].date(), subject[0]) if subject else None
        if blob is None:
            return Response(status_code=404)
        if found.as_sent:
            return Response(blob[1], media_type=MEDIA_TYPES[blob[0]], headers=PICTURE_HEADERS)
        return await _pixels(context, *blob)

    async def example(request: Request) -> Response:
        """GET /examples/…: the pixels of an example's picture by its signed address; 404 when forged or expired."""
        found = context.examples.open(request.path_params["signed"], datetime.now(UTC).date())
        if found is None or found.cell not in context.cells.numbers:
            return Response(status_code=404)
        async with context.cells.pool(found.cell).acquire() as db:
            blob = await question_store.picture(db, found.cell, found.question_id, found.n)
        return await _pixels(context, *blob) if blob else Response(status_code=404)

    return [
        Route("/pictures/{signed}.{media}", picture),
        Route("/examples/{signed}.{media}", example),
        Route(PAGE, _problems),
    ]


async def _problems(request: Request) -> Response:
    """GET /docs/problems: what each problem is."""
    headers = {"content-security-policy": "default-src 'none'", "cache-control": "public, max-age=3600"}
    return Response(problem_page(), media_type="text/html; charset=utf-8", headers=headers)


async def _pixels(context: Context, media: str, data: bytes) -> Response:
    """Return a picture as anybody but its customer may see it."""
    try:
        shown = await context.recognisers.shown(media, data)
    except RecogniserAway:
        return Response(status_code=503, headers={"retry-after": "5", "cache-control": "no-store"})
    if isinstance(shown, Failure):
        return Response(status_code=404)
    return Response(shown.data, media_type=MEDIA_TYPES[shown.media], headers=PICTURE_HEADERS)
