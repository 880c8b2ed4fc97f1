"""/v1/metrics: an account's own figures for its own monitoring, in Prometheus' text format."""

from starlette.responses import Response

from manyeyes.accounts.rules import MONEY_READ
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.customer.own_gauges import OwnGauges, own_gauges
from manyeyes.runtime.context import Context
from manyeyes.runtime.exposition import CONTENT_TYPE_LATEST, Figure, Values, exposition
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.operations import Call, Operation
from manyeyes.values.money import MICROS

PLAIN = "text/plain"
QUEUE = ("queue",)
WAITING = Figure("manyeyes_account_waiting_tasks", "Tasks of yours that wait", QUEUE)
OLDEST = Figure("manyeyes_account_oldest_waiting_seconds", "How long the oldest of them waits", QUEUE)
ANSWERED = Figure("manyeyes_account_answered_tasks", "Tasks that were charged in the last hour", QUEUE)
SPENT = Figure("manyeyes_account_spent_usd", "What they cost", QUEUE)
UNANSWERED = Figure("manyeyes_account_unanswered_tasks", "Tasks that ended without a charge in the last hour")
REFUSED = Figure("manyeyes_account_refused_reports", "Reports of yours that were refused in the last hour")
AVAILABLE = Figure("manyeyes_account_available_usd", "What the account may still spend")
HELD = Figure("manyeyes_account_held_usd", "What is held for tasks that have not ended")
FIGURES = [WAITING, OLDEST, ANSWERED, SPENT, UNANSWERED, REFUSED, AVAILABLE, HELD]


class AccountMetricsApi:
    """Figures of the account whose key it is."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def metrics(self, call: Call[KeyOwner, None]) -> Response:
        """Return the account's figures, at most five seconds old."""
        found = await own_gauges(self._context, call.person)
        return Response(exposition(_values(found).items()), media_type=CONTENT_TYPE_LATEST)


def _values(found: OwnGauges) -> dict[Figure, Values]:
    gauges, purse = found.gauges, found.purse
    return {
        WAITING: {(str(queue),): tasks for queue, (tasks, _) in gauges.waiting.items()},
        OLDEST: {(str(queue),): seconds for queue, (_, seconds) in gauges.waiting.items()},
        ANSWERED: {(str(queue),): tasks for queue, (tasks, _) in gauges.charged.items()},
        SPENT: {(str(queue),): micros / MICROS for queue, (_, micros) in gauges.charged.items()},
        UNANSWERED: {(): gauges.unanswered},
        REFUSED: {(): gauges.refused_reports},
        AVAILABLE: {(): purse.available_micros / MICROS},
        HELD: {(): purse.held_micros / MICROS},
    }


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/metrics",
        handler=AccountMetricsApi.metrics,
        caller=signed_in_customer,
        scope=MONEY_READ,
        gives=(PLAIN,),
        statuses=(401, 403),
    ),
]
