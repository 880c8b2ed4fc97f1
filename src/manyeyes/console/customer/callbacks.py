"""/customer/callbacks: what became of results that were sent to the customer's addresses, and sending one again."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.customer.overview import customer_of
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.sign_in import not_yours
from manyeyes.roles.customer.deliveries import deliveries_of, replay, secret_of
from manyeyes.runtime.context import Context
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Refusal
from manyeyes.webhooks.rules import DeliveryState, described

PATH = "/customer/callbacks"
PAGE_CALLBACKS = 50
STATES = {
    described(DeliveryState.WAITING): mark("Waiting"),
    described(DeliveryState.DELIVERED): mark("Delivered"),
    described(DeliveryState.GIVEN_UP): mark("Given up"),
}
LOOKS = {"waiting": "waiting", "delivered": "solved", "given_up": "unsolvable"}  # the dots of reading_pages.css


class CallbackPages:
    """A customer's page about his call-backs."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, request: Request) -> Response:
        """GET /customer/callbacks?state=given_up&before=."""
        place = await customer_of(self._context, request)
        if place is None:
            return await not_yours(self._context, request)
        is_given_up = request.query_params.get("state") == "given_up"
        before = request.query_params.get("before", "")
        page = await deliveries_of(self._context, place, limit=PAGE_CALLBACKS, before=before, is_given_up=is_given_up)
        if isinstance(page, Refusal):  # an address that somebody changed: the list from its beginning
            return RedirectResponse(PATH, status_code=303)
        translate = catalogue(look_of(request).language).ugettext
        kept = {"state": "given_up"} if is_given_up else {}
        return render(
            request,
            "customer/callbacks.html",
            person=place.name,
            deliveries=page.deliveries,
            is_given_up=is_given_up,
            states={state: translate(message) for state, message in STATES.items()},
            looks=LOOKS,
            older=f"{PATH}?{urlencode({**kept, 'before': page.next})}" if page.next else "",
            secret=await secret_of(self._context, place),
        )

    async def replay(self, request: Request) -> Response:
        """POST /customer/callbacks/replay: send one result again; one that is not his is passed over."""
        place = await customer_of(self._context, request)
        if place is None:
            return await not_yours(self._context, request)
        task = whole_number(str((await request.form()).get("task_id", "")), 10)
        if task is not None:
            await replay(self._context, place, task)
        return RedirectResponse(PATH, status_code=303)
