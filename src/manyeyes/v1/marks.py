"""/v1/worker/marks: what a worker, or a reviewer, says to marked pictures, and what they were shown of them today."""

from datetime import datetime

import msgspec

from manyeyes.roles.acting import actor_of
from manyeyes.roles.wellbeing import MarkChoices, mark_choices, say_marks
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.worker_views import QueueView, queue_view
from manyeyes.values.marks import mark_names, marks_named
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.store import Worker


class AgreedMarks(msgspec.Struct, frozen=True):
    """``agreed``: the marks of the queue's pictures to which they said yes; ``comes`` False: nothing of it comes."""

    queue: QueueView
    agreed: list[str]
    comes: bool


class MarkToday(msgspec.Struct, frozen=True, kw_only=True):
    """What was shown of a mark today, and the most that is."""

    mark: str
    pictures: int
    pictures_at_most: int
    minutes: int
    minutes_at_most: int


class MarksView(msgspec.Struct, frozen=True, kw_only=True):
    """``avoided``: never shown, whatever they agreed to. ``time_zone``: whose days are counted. ``paused_until``: they
    had many in a row, and others come before the next one; null: they had not."""

    queues: list[AgreedMarks]
    avoided: list[str]
    today: list[MarkToday]
    time_zone: str
    paused_until: datetime | None


class MarksRequest(msgspec.Struct, forbid_unknown_fields=True):
    """``queue`` with ``agreed``: the marks of its pictures to which they say yes from now on, none takes the yes back.

    ``avoided``: what is never to be shown. What is not given stays as it is.
    """

    queue: int | None = None
    agreed: list[str] | None = None
    avoided: list[str] | None = None

    def __post_init__(self) -> None:
        if (self.queue is None) != (self.agreed is None):
            raise ValueError("queue and agreed go together")
        for names in (self.agreed, self.avoided):
            marks_named(names or ())


class MarksApi:
    """Two calls, each for the worker that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, call: Call[Worker, None]) -> MarksView:
        """Return what the worker said of marks, and their day."""
        return marks_view(await mark_choices(self._context, call.person))

    async def choose(self, call: Call[Worker, MarksRequest]) -> MarksView | Refusal:
        """Say yes or no to marks of a queue, or which are never to come; 422 for a queue that is none of theirs."""
        body, actor = call.body, await actor_of(self._context, call.request, "v1")
        agreed, avoided = (None if names is None else marks_named(names) for names in (body.agreed, body.avoided))
        if agreed is None and avoided is None:
            return Refusal(Reason.UNREADABLE, "say what changes: queue and agreed, or avoided")
        refusal = await say_marks(
            self._context, call.person, actor, queue_id=body.queue or 0, agreed=agreed, avoided=avoided
        )
        return refusal or marks_view(await mark_choices(self._context, call.person))


def marks_view(choices: MarkChoices) -> MarksView:
    """Return what somebody said of marks, and their day, as it is told."""
    return MarksView(
        queues=[
            AgreedMarks(queue_view(each.queue), mark_names(each.agreed), not each.is_asked) for each in choices.queues
        ],
        avoided=mark_names(choices.avoided),
        today=[
            MarkToday(
                mark=mark_names(day.mark)[0],
                pictures=day.spent.pictures,
                pictures_at_most=day.cap.pictures,
                minutes=day.minutes,
                minutes_at_most=day.cap.minutes,
            )
            for day in choices.days
        ],
        time_zone=choices.zone,
        paused_until=choices.paused_until,
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/worker/marks",
        handler=MarksApi.show,
        caller=signed_in_worker,
        reply=MarksView,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/worker/marks",
        handler=MarksApi.choose,
        caller=signed_in_worker,
        body=MarksRequest,
        reply=MarksView,
        statuses=(400, 401, 403, 422),
    ),
]
