"""/customer/callbacks: what became of results that were sent to the customer's addresses, and sending one again."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.roles.customer.deliveries import Callback, deliveries_of, replay, secret_of
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
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
    """A customer's page about their call-backs."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/callbacks?state=given_up&before=: a page of the account's call-backs, newest first."""
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
            deliveries=[_line(each) for each in page.callbacks],
            is_given_up=is_given_up,
            states={state: translate(message) for state, message in STATES.items()},
            looks=LOOKS,
            older=f"{PATH}?{urlencode({**kept, 'before': page.next})}" if page.next else "",
            secret=await secret_of(self._context, place),
        )

    @for_customers
    async def replay(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/callbacks/replay: send one result again; one that is not theirs is passed over."""
        task = whole_number(str((await request.form()).get("task_id", "")), 10)
        if task is not None:
            await replay(self._context, place, task)
        return RedirectResponse(PATH, status_code=303)


def _line(callback: Callback) -> dict[str, Any]:
    """Return a call-back as the template draws it."""
    found = callback.delivery
    return {
        "task_id": wire_id(found.task_id),
        "kind": "review" if callback.is_review else "result",
        "task_ended_at": found.ended_at,
        "url": found.url,
        "state": described(found.state),
        "tries": found.tries,
        "last_status": found.last_status,
        "last_fault": found.last_fault,
        "next_try_at": found.next_at if found.state is DeliveryState.WAITING else None,
    }
