"""/v1/webhooks: what became of a customer's call-backs, and sending one again."""

from manyeyes.accounts.rules import WEBHOOKS
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.deliveries import Secret, deliveries_of, delivery_of, replay, secret_of
from manyeyes.roles.customer.webhook_tests import make_test_call
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.cursors import asked_limit
from manyeyes.v1.idempotency import REPLAYED, earlier
from manyeyes.v1.operations import Answer, Call, Operation, read_task
from manyeyes.v1.webhook_views import (
    DeliveriesView,
    DeliveryLog,
    SecretView,
    TestCallAddress,
    TestCallView,
    deliveries_view,
    delivery_log,
    test_call_view,
)
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.webhooks.rules import DeliveryState, described

PAGE = 50
GIVEN_UP = described(DeliveryState.GIVEN_UP)


class WebhooksApi:
    """A customer's own call-backs, for the key or the cookie that signs them in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def deliveries(self, call: Call[KeyOwner, None]) -> DeliveriesView | Refusal:
        """Return a page of call-backs, newest first; 400 for a place or a state that does not exist."""
        limit, state = asked_limit(call.query, PAGE, largest=None), call.query.get("state", "")
        if state not in ("", GIVEN_UP):
            return Refusal(Reason.UNREADABLE, f"state must be {GIVEN_UP} or left out")
        before, is_given_up = call.query.get("before", ""), state == GIVEN_UP
        page = await deliveries_of(self._context, call.person, limit=limit, before=before, is_given_up=is_given_up)
        return page if isinstance(page, Refusal) else deliveries_view(page)

    async def delivery(self, call: Call[KeyOwner, None]) -> DeliveryLog | Refusal:
        """Return one call-back with its tries; 404 for a task without one."""
        task = read_task(call.part(3))
        found = await delivery_of(self._context, call.person, task) if task else _NO_NUMBER
        return found if isinstance(found, Refusal) else delivery_log(found)

    async def replay(self, call: Call[KeyOwner, None]) -> Answer[DeliveryLog] | Refusal:
        """Send one result again; return the call-back as it then is."""
        task = read_task(call.part(3))
        before = await earlier(self._context, call.person, call.key)
        found = await replay(self._context, call.person, task, call.key) if task else _NO_NUMBER
        if isinstance(found, Refusal):
            return found
        return Answer(delivery_log(found), headers={} if before is None else REPLAYED)

    async def secret(self, call: Call[KeyOwner, None]) -> SecretView:
        """Return what verifies the account's call-backs."""
        return _secret(await secret_of(self._context, call.person))

    async def rotate(self, call: Call[KeyOwner, None]) -> SecretView:
        """Make another secret; for a day the one before signs too."""
        actor = await actor_of(self._context, call.request, "v1")
        return _secret(await secret_of(self._context, call.person, rotate=True, actor=actor))

    async def test(self, call: Call[KeyOwner, TestCallAddress]) -> TestCallView | Refusal:
        """Call an address once, signed, and return what came of it."""
        found = await make_test_call(self._context, call.person, call.body.url)
        return found if isinstance(found, Refusal) else test_call_view(found)


def _secret(found: Secret) -> SecretView:
    return SecretView(found.secret, found.previous)


_NO_NUMBER = Refusal(Reason.UNKNOWN_DELIVERY, "a task's number is wanted")


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/webhooks",
        handler=WebhooksApi.deliveries,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        query=("limit", "before", "state"),
        reply=DeliveriesView,
        statuses=(400, 401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/webhooks/{task_id}",
        handler=WebhooksApi.delivery,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        reply=DeliveryLog,
        statuses=(401, 403, 404),
    ),
    Operation(
        method="POST",
        path="/v1/webhooks/{task_id}/replay",
        handler=WebhooksApi.replay,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        reply=DeliveryLog,
        statuses=(400, 401, 403, 404, 409),
    ),
    Operation(
        method="GET",
        path="/v1/webhooks/secret",
        handler=WebhooksApi.secret,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        reply=SecretView,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/webhooks/secret/rotate",
        handler=WebhooksApi.rotate,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        reply=SecretView,
        named=False,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/webhooks/test",
        handler=WebhooksApi.test,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        body=TestCallAddress,
        reply=TestCallView,
        named=False,
        statuses=(400, 401, 403, 429),
    ),
]
