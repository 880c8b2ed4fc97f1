"""/v1/webhooks: what became of a customer's call-backs, and sending one again."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.roles.customer.deliveries import DeliveriesView, DeliveryLog, deliveries_of, delivery_of, replay
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.json_messages import json, refuse
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.webhooks.rules import DeliveryState, described

Handler = Callable[[Request], Awaitable[Response]]
PAGE = 50
GIVEN_UP = described(DeliveryState.GIVEN_UP)


class WebhooksApi:
    """A customer's own call-backs, for the key or the cookie that signs him in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Return what serves each method and path; ``*`` stands for a part of a path that may be anything."""
        return {
            ("GET", "/v1/webhooks"): self.deliveries,
            ("GET", "/v1/webhooks/*"): self.delivery,
            ("POST", "/v1/webhooks/*/replay"): self.replay,
        }

    async def deliveries(self, request: Request) -> Response:
        """A page of call-backs, newest first; 400 for a place or a state that does not exist."""
        owner = await signed_in_customer(self._context, request)
        asked = request.query_params
        limit, state = whole_number(asked.get("limit", str(PAGE)), 9), asked.get("state", "")
        if limit is None:
            return refuse(Refusal(Reason.UNREADABLE, "limit must be a whole number"))
        if state not in ("", GIVEN_UP):
            return refuse(Refusal(Reason.UNREADABLE, f"state must be {GIVEN_UP} or left out"))
        page = await deliveries_of(
            self._context, owner, limit=limit, before=asked.get("before", ""), is_given_up=state == GIVEN_UP
        )
        return refuse(page) if isinstance(page, Refusal) else json(page)

    async def delivery(self, request: Request) -> Response:
        owner = await signed_in_customer(self._context, request)
        task = _task(request.scope["path"].split("/")[3])
        found = await delivery_of(self._context, owner, task) if task else _NO_NUMBER
        return refuse(found) if isinstance(found, Refusal) else json(found)

    async def replay(self, request: Request) -> Response:
        owner = await signed_in_customer(self._context, request)
        task = _task(request.scope["path"].split("/")[3])
        found = await replay(self._context, owner, task) if task else _NO_NUMBER
        return refuse(found) if isinstance(found, Refusal) else json(found)


def _task(text: str) -> int:
    """Return a task's wire id; 0 for what is none."""
    return whole_number(text, 10) or 0


_NO_NUMBER = Refusal(Reason.UNKNOWN_DELIVERY, "a task's number is wanted")

# (method, path, parameters, request, reply, other statuses): what openapi.py describes.
OPERATIONS = [
    ("get", "/v1/webhooks", ["limit", "before", "state"], None, DeliveriesView, ["400", "401", "403"]),
    ("get", "/v1/webhooks/{task_id}", [], None, DeliveryLog, ["401", "403", "404"]),
    ("post", "/v1/webhooks/{task_id}/replay", [], None, DeliveryLog, ["401", "403", "404", "409"]),
]
