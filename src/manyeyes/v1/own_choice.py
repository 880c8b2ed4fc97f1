"""/v1/worker/choice: which of their queues and languages a worker takes now, and what waits there for what pay."""

import msgspec

from manyeyes.roles.own_choice import OwnWork, own_work, take_only
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.worker_views import QueueView, queue_view
from manyeyes.values.money import number
from manyeyes.values.refusals import Refusal
from manyeyes.workers.store import Worker


class ChoiceQueue(msgspec.Struct, frozen=True, kw_only=True):
    """``agreed``: they said yes to its marks, or it has none; ``waiting``: tasks, as last counted; ``pay``: USD a task.

    ``language``: empty where none is needed; ``below_floor``: nothing of it comes to them.
    """

    queue: QueueView
    language: str
    taken: bool
    agreed: bool
    below_floor: bool
    waiting: int
    pay: float


class ChoiceLanguage(msgspec.Struct, frozen=True):
    language: str
    taken: bool


class ChoiceView(msgspec.Struct, frozen=True):
    """All that they were given, and what of it they take now."""

    queues: list[ChoiceQueue]
    languages: list[ChoiceLanguage]


class ChoiceRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What they take from now on. An absent member takes all that they may do."""

    queues: list[int] | None = None
    languages: list[str] | None = None


class ChoiceApi:
    """Two calls, each for the worker that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, call: Call[Worker, None]) -> ChoiceView:
        """Return what the worker may take, what they take, and what waits there."""
        return choice_view(await own_work(self._context, call.person))

    async def choose(self, call: Call[Worker, ChoiceRequest]) -> ChoiceView | Refusal:
        """Take these from now on, at work at once; 422 for what they were not given, or where nothing is left."""
        refusal = await take_only(self._context, call.person, call.body.queues, call.body.languages)
        return refusal or choice_view(await own_work(self._context, call.person))


def choice_view(own: OwnWork) -> ChoiceView:
    """Return what somebody takes as it is told."""
    return ChoiceView(
        queues=[
            ChoiceQueue(
                queue=queue_view(each.queue),
                language=each.queue.language,
                taken=each.is_taken,
                agreed=each.is_agreed,
                below_floor=each.is_lost,
                waiting=each.waiting,
                pay=number(each.queue.pay_micros),
            )
            for each in own.queues
        ],
        languages=[ChoiceLanguage(each.language, each.is_taken) for each in own.languages],
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/worker/choice",
        handler=ChoiceApi.show,
        caller=signed_in_worker,
        reply=ChoiceView,
        statuses=(401, 403),
    ),
    Operation(
        method="PUT",
        path="/v1/worker/choice",
        handler=ChoiceApi.choose,
        caller=signed_in_worker,
        body=ChoiceRequest,
        reply=ChoiceView,
        statuses=(400, 401, 403, 409, 422),
    ),
]
