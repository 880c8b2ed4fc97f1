"""/customer/recognitions/{task_id}/threshold: the rate from which a model's answer stands, its cost and its choice."""

from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.account_wording import refused
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.calibration import TARGETS, asked_target, calibrated
from manyeyes.console.shared.forms import number_in, text_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.rendering import render
from manyeyes.recognitions.calibration import DAYS, CalibrationPoint
from manyeyes.recognitions.rules import Recognition
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.recognitions import Owned, owned
from manyeyes.roles.customer.thresholds import calibration_of, choose_threshold, cost_micros
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Reason, Refusal


class ThresholdPages:
    """The page on which a customer sees and chooses the threshold of a recognition."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/recognitions/{task_id}/threshold?target=: the curve, and a form where there are bounds."""
        of = await owned(self._context, place, request.path_params["task_id"])
        return await self._page(request, place, of)

    @for_customers
    async def choose(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/recognitions/{task_id}/threshold: `threshold`, a rate with a point or a comma."""
        of = await owned(self._context, place, request.path_params["task_id"])
        if isinstance(of, Refusal):
            return await self._page(request, place, of)
        typed = text_of(await request.form(), "threshold")
        try:
            found = await choose_threshold(self._context, of, number_in(typed), await actor_of(self._context, request))
        except ValueError as error:
            found = Refusal(Reason.UNREADABLE, str(error))
        if isinstance(found, Refusal):  # what is shown beside it is as it is now: the operator may have changed it
            now = await owned(self._context, place, of.recognition.task_id)
            return await self._page(request, place, now, found, typed)
        return RedirectResponse(f"{request.url.path}?saved=yes", status_code=303)

    async def _page(
        self,
        request: Request,
        place: AccountPlace,
        of: Owned | Refusal,
        refusal: Refusal | None = None,
        typed: str = "",
    ) -> Response:
        if isinstance(of, Refusal):
            return render(request, "shared/missing.html", status=404, person=place.name)
        found, queues = of.recognition, await self._context.lookups.queues()
        queue, target = queues.get(found.queue_id), asked_target(request.query_params)
        language, cost = look_of(request).language, partial(_cost, found, queue)
        calibration = calibrated(await calibration_of(self._context, of, target), target, found, language, cost)
        proposed = calibration.proposed
        return render(
            request,
            "customer/threshold.html",
            status=422 if refusal else 200,
            person=place.name,
            app=of.app,
            recognition=found,
            queue=queue,
            calibration=calibration,
            target=target,
            targets=TARGETS,
            days=DAYS,
            refused=refused(request, refusal) if refusal else None,
            typed=typed or f"{found.threshold:g}",
            is_saved=request.query_params.get("saved") == "yes",
            may_apply=bool(proposed and found.bounds and found.bounds[0] <= proposed.threshold <= found.bounds[1]),
        )


def _cost(recognition: Recognition, queue: QueueTerms | None, point: CalibrationPoint) -> int:
    return cost_micros(recognition, queue, point.certain_share)
