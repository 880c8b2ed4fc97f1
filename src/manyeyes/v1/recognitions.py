"""/v1/recognitions: an account's apps, what became of their pictures, and the results one by one."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.apps.rules import zone as zone_named
from manyeyes.recognitions.results import Filter
from manyeyes.recognitions.time_spans import Grain, asked, split
from manyeyes.roles.customer.recognitions import Owned, apps_of, funnel_of, owned, results_of
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.json_messages import json, refuse
from manyeyes.v1.recognition_views import (
    FunnelView,
    RecognitionsView,
    ResultsView,
    app_view,
    funnel_view,
    result_view,
)
from manyeyes.values.refusals import Reason, Refusal, Refused

Handler = Callable[[Request], Awaitable[Response]]
PAGE = 50
TRUTH = {"": None, "true": True, "false": False}


class RecognitionsApi:
    """Recognitions of the account whose key or session it is."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Return what serves each method and path; ``*`` stands for the recognition's taskId."""
        return {
            ("GET", "/v1/recognitions"): self.recognitions,
            ("GET", "/v1/recognitions/*/funnel"): self.funnel,
            ("GET", "/v1/recognitions/*/results"): self.results,
        }

    async def recognitions(self, request: Request) -> Response:
        owner = await signed_in_customer(self._context, request)
        queues = await self._context.lookups.queues()
        found = await apps_of(self._context, owner)
        return json(RecognitionsView([app_view(app, recognitions, queues) for app, recognitions in found]))

    async def funnel(self, request: Request) -> Response:
        """400 for a time, a grain or a zone that cannot be read, and for more than is told at once."""
        of = await self._owned(request)
        query = request.query_params
        tz = query.get("tz", "") or of.app.time_zone
        try:
            zone, grain = zone_named(tz), _grain(query.get("grain", "") or "day")
            spans = split(asked(query, zone, datetime.now(UTC)), grain, zone)
        except ValueError as error:
            return refuse(Refusal(Reason.UNREADABLE, str(error)))
        return json(funnel_view(of, await funnel_of(self._context, of, spans), grain, tz, zone))

    async def results(self, request: Request) -> Response:
        """A page, newest first; 400 for a place, a limit or a filter that cannot be read."""
        of = await self._owned(request)
        query = request.query_params
        try:
            wanted = Filter(_truth(query, "review"), _label(query.get("label", "")), _truth(query, "overturned"))
            limit = _limit(query.get("limit", str(PAGE)))
        except ValueError as error:
            return refuse(Refusal(Reason.UNREADABLE, str(error)))
        page = await results_of(self._context, of, wanted=wanted, limit=limit, before=query.get("before", ""))
        if isinstance(page, Refusal):
            return refuse(page)
        found, following = page
        return json(ResultsView([result_view(of.recognition, result) for result in found], following or None))

    async def _owned(self, request: Request) -> Owned:
        """Return the recognition that the path names. Raises `Refused`: nobody signed in, or not his."""
        owner = await signed_in_customer(self._context, request)
        found = await owned(self._context, owner, request.scope["path"].split("/")[3])
        if isinstance(found, Refusal):
            raise Refused(found)
        return found


def _grain(text: str) -> Grain:
    try:
        return Grain(text)
    except ValueError as error:
        raise ValueError(f"grain must be one of {', '.join(Grain)}") from error


def _truth(query: Mapping[str, str], name: str) -> bool | None:
    if query.get(name, "") not in TRUTH:
        raise ValueError(f"{name} must be true or false")
    return TRUTH[query.get(name, "")]


def _label(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 6:
        raise ValueError("label must be a label's number")
    return int(text)


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError("limit must be a whole number")
    return int(text)


# (method, path, parameters, request, reply, other statuses): what openapi.py describes.
OPERATIONS = [
    ("get", "/v1/recognitions", [], None, RecognitionsView, ["401", "403"]),
    (
        "get",
        "/v1/recognitions/{recognition_task_id}/funnel",
        ["from", "to", "grain", "tz"],
        None,
        FunnelView,
        ["400", "401", "403", "404"],
    ),
    (
        "get",
        "/v1/recognitions/{recognition_task_id}/results",
        ["limit", "before", "review", "label", "overturned"],
        None,
        ResultsView,
        ["400", "401", "403", "404"],
    ),
]
