"""/customer/callbacks: what became of results that were sent to the customer's addresses, and sending one again."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import choice_of, text_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.deliveries import Callback, deliveries_of, replay, secret_of
from manyeyes.roles.customer.webhook_tests import TestCallOutcome, make_test_call
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
        return await self._page(request, place)

    @for_customers
    async def rotate(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/callbacks/rotate: another secret than that ``seen``; for a day the one before signs too."""
        seen, actor = choice_of(await request.form(), "seen"), await actor_of(self._context, request)
        await secret_of(self._context, place, rotate=True, seen=seen, actor=actor)
        return RedirectResponse(f"{PATH}#secret-title", status_code=303)

    @for_customers
    async def test(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/callbacks/test: call `url` once, signed, and show what came of it."""
        url = text_of(await request.form(), "url")
        return await self._page(request, place, url, await make_test_call(self._context, place, url))

    async def _page(
        self, request: Request, place: AccountPlace, url: str = "", tested: TestCallOutcome | Refusal | None = None
    ) -> Response:
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
            status=422 if isinstance(tested, Refusal) else 200,
            person=place.name,
            deliveries=[_line(each) for each in page.callbacks],
            is_given_up=is_given_up,
            states={state: translate(message) for state, message in STATES.items()},
            looks=LOOKS,
            older=f"{PATH}?{urlencode({**kept, 'before': page.next})}" if page.next else "",
            secret=await secret_of(self._context, place),
            url=url,
            tested=_tested(tested),
        )

    @for_customers
    async def replay(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/callbacks/replay: send one result again; one that is not theirs is passed over."""
        task = whole_number(str((await request.form()).get("task_id", "")), 10)
        if task is not None:
            await replay(self._context, place, task)
        return RedirectResponse(PATH, status_code=303)


def _tested(found: TestCallOutcome | Refusal | None) -> dict[str, Any] | None:
    """Return what came of a test call as the template draws it; None: there was none."""
    if found is None:
        return None
    if isinstance(found, Refusal):
        return {"status": 0, "milliseconds": 0, "reply": "", "fault": found.detail}
    milliseconds = round(found.seconds * 1000)
    return {"status": found.status, "milliseconds": milliseconds, "reply": found.reply, "fault": found.fault}


def _line(callback: Callback) -> dict[str, Any]:
    """Return a call-back as the template draws it."""
    found = callback.delivery
    return {
        "task_id": wire_id(found.task_id),
        "kind": found.event or ("review" if callback.is_review else "result"),
        "task_ended_at": found.ended_at,
        "url": found.url,
        "state": described(found.state),
        "tries": found.tries,
        "last_status": found.last_status,
        "last_fault": found.last_fault,
        "can_replay": callback.can_replay,
        "next_try_at": found.next_at if found.state is DeliveryState.WAITING else None,
    }
