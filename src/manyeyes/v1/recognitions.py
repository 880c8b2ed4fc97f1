"""/v1/recognitions: an account's apps, what became of their pictures, and the results one by one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from manyeyes.accounts.rules import TASKS_READ, TASKS_WRITE
from manyeyes.accounts.store import KeyOwner
from manyeyes.apps.rules import zone as zone_named
from manyeyes.recognitions.results import Filter
from manyeyes.recognitions.time_spans import Grain, asked, split
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.recognitions import Owned, apps_of, funnel_of, owned, pictures_of, results_of
from manyeyes.roles.customer.thresholds import calibration_of, choose_threshold, cost_micros
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.cursors import asked_limit
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.recognition_views import (
    FunnelView,
    RecognitionsView,
    RecognitionThresholdView,
    ResultsView,
    ThresholdBody,
    ThresholdPoint,
    app_view,
    funnel_view,
    result_view,
)
from manyeyes.values.integers import integer
from manyeyes.values.money import number
from manyeyes.values.refusals import Reason, Refusal, Refused

PAGE = 50
TRUTH = {"": None, "true": True, "false": False}


class RecognitionsApi:
    """Recognitions of the account whose key or session it is."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def recognitions(self, call: Call[KeyOwner, None]) -> RecognitionsView:
        """Return the account's apps with their recognitions."""
        queues = await self._context.lookups.queues()
        found = await apps_of(self._context, call.person)
        return RecognitionsView([app_view(app, recognitions, queues) for app, recognitions in found])

    async def funnel(self, call: Call[KeyOwner, None]) -> FunnelView | Refusal:
        """Return the funnel of a span in parts; 400 for an unreadable time, grain or zone, and for too many parts."""
        of = await self._owned(call)
        tz = call.query.get("tz", "") or of.app.time_zone
        try:
            zone, grain = zone_named(tz), _grain(call.query.get("grain", "") or "day")
            spans = split(asked(call.query, zone, datetime.now(UTC)), grain, zone)
        except ValueError as error:
            return Refusal(Reason.UNREADABLE, str(error))
        return funnel_view(of, await funnel_of(self._context, of, spans), grain, tz, zone)

    async def results(self, call: Call[KeyOwner, None]) -> ResultsView | Refusal:
        """Return a page of results, newest first; 400 for a place, a limit or a filter that cannot be read."""
        of, query = await self._owned(call), call.query
        try:
            wanted = Filter(_truth(query, "review"), _label(query.get("label", "")), _truth(query, "overturned"))
        except ValueError as error:
            return Refusal(Reason.UNREADABLE, str(error))
        limit, before = asked_limit(query, PAGE, largest=None), query.get("before", "")
        page = await results_of(self._context, of, wanted=wanted, limit=limit, before=before)
        if isinstance(page, Refusal):
            return page
        found, following = page
        pictures = await pictures_of(self._context, of, found)
        paths = {number: each.customers_path(self._context.pictures) for number, each in pictures.items()}
        views = [result_view(of.recognition, each, paths.get(each.task_id)) for each in found]
        return ResultsView(views, following or None)

    async def threshold(self, call: Call[KeyOwner, None]) -> RecognitionThresholdView:
        """Return from which rate on results are certain, what the caller may choose, and what each would mean."""
        return await self._threshold(await self._owned(call))

    async def choose_threshold(self, call: Call[KeyOwner, ThresholdBody]) -> RecognitionThresholdView | Refusal:
        """Choose it within the bounds; 409 where the operator alone does, 422 for one outside of them."""
        of, actor = await self._owned(call), await actor_of(self._context, call.request, "v1")
        found = await choose_threshold(self._context, of, call.body.threshold, actor)
        return found if isinstance(found, Refusal) else await self._threshold(Owned(of.app, found))

    async def _threshold(self, of: Owned) -> RecognitionThresholdView:
        queue = (await self._context.lookups.queues()).get(of.recognition.queue_id)
        return RecognitionThresholdView(
            threshold=of.recognition.threshold,
            bounds=list(of.recognition.bounds),
            curve=[
                ThresholdPoint(
                    threshold=point.threshold,
                    certain_share=point.certain_share,
                    verdicts=point.verdicts,
                    errors=point.errors,
                    upper_bound=point.upper_bound,
                    cost_per_thousand=number(cost_micros(of.recognition, queue, point.certain_share)),
                )
                for point in (await calibration_of(self._context, of)).points
            ],
        )

    async def _owned(self, call: Call[KeyOwner, Any]) -> Owned:
        """Return the recognition that the path names. Raises `Refused` for one that is not the caller's."""
        found = await owned(self._context, call.person, call.part(3))
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
    label = integer(text, 6)
    if label is None or len(text) > 6:
        raise ValueError("label must be a label's number")
    return label


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/recognitions",
        handler=RecognitionsApi.recognitions,
        caller=signed_in_customer,
        scope=TASKS_READ,
        reply=RecognitionsView,
        statuses=(401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/recognitions/{recognition_task_id}/funnel",
        handler=RecognitionsApi.funnel,
        caller=signed_in_customer,
        scope=TASKS_READ,
        query=("from", "to", "grain", "tz"),
        reply=FunnelView,
        statuses=(400, 401, 403, 404),
    ),
    Operation(
        method="GET",
        path="/v1/recognitions/{recognition_task_id}/results",
        handler=RecognitionsApi.results,
        caller=signed_in_customer,
        scope=TASKS_READ,
        query=("limit", "before", "review", "label", "overturned"),
        reply=ResultsView,
        statuses=(400, 401, 403, 404),
    ),
    Operation(
        method="GET",
        path="/v1/recognitions/{recognition_task_id}/threshold",
        handler=RecognitionsApi.threshold,
        caller=signed_in_customer,
        scope=TASKS_READ,
        reply=RecognitionThresholdView,
        statuses=(401, 403, 404),
    ),
    Operation(
        method="PUT",
        path="/v1/recognitions/{recognition_task_id}/threshold",
        handler=RecognitionsApi.choose_threshold,
        caller=signed_in_customer,
        scope=TASKS_WRITE,
        body=ThresholdBody,
        reply=RecognitionThresholdView,
        statuses=(400, 401, 403, 404, 409, 422),
    ),
]
