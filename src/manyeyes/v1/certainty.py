"""/v1/certainty: what audits prove of the account's results, question by question."""

from manyeyes.accounts.rules import TASKS_READ
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.promises import promises_of, wrong_results
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.certainty_views import CertaintyView, found_wrong_view, promise_view
from manyeyes.v1.operations import Call, Operation
from manyeyes.values.integers import integer
from manyeyes.values.refusals import Reason, Refusal


class CertaintyApi:
    """Promises of the account whose key or session it is."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def certainty(self, call: Call[KeyOwner, None]) -> CertaintyView | Refusal:
        """Return what audits prove, by question and share of wrong results; 400 for a queue that is no number."""
        asked, owner = call.query.get("queue", ""), call.person
        queue_id = integer(asked, 9) if asked else None
        if asked and queue_id is None:
            return Refusal(Reason.UNREADABLE, "queue must be a queue's number")
        found = await promises_of(self._context, [owner.cell], owner.account_id, queue_id)
        wrong = await wrong_results(self._context, owner.cell, owner.account_id, queue_id)
        return CertaintyView([promise_view(each) for each in found], [found_wrong_view(each) for each in wrong])


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/certainty",
        handler=CertaintyApi.certainty,
        caller=signed_in_customer,
        scope=TASKS_READ,
        query=("queue",),
        reply=CertaintyView,
        statuses=(400, 401, 403),
    ),
]
