"""/v1/worker: how a worker's program, or the screen's script, takes tasks and answers them."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Annotated

import msgspec
from starlette.responses import Response

from manyeyes.roles.instructions import parse_question
from manyeyes.roles.more_time import renew
from manyeyes.roles.taking_back import UndoableDesk
from manyeyes.roles.worker import WorkerDesk, parse_lease
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import answer_text
from manyeyes.v1.authentication import is_allowed, right_of, signed_in_worker, while_right_holds
from manyeyes.v1.event_stream import EventStream
from manyeyes.v1.json_messages import seconds
from manyeyes.v1.operations import EVENTS, Call, Operation
from manyeyes.v1.question_views import AnyJson, QuestionView, instructions_view, json_value
from manyeyes.v1.worker_views import (
    AnswerView,
    LeaseRequest,
    LeaseView,
    NextReply,
    RenewalView,
    SessionView,
    Tasks,
    answer_view,
    lease_view,
    leased_view,
    renewal_view,
    session_view,
    skip_view,
)
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import SkipReason
from manyeyes.workers.store import Worker

SILENT_SECONDS = 45.0  # what stands between hangs up after a minute of silence; each comment costs a system call
COMMENT = b": still here\n\n"


class OnlineRequest(msgspec.Struct):
    """Absent members ask for all that the worker may do."""

    queues: list[int] | None = None
    languages: list[str] | None = None


class AnswerBody(msgspec.Struct):
    """One of the two: ``text`` as it is typed, or ``value`` as results have it (docs/reference/v1/worker.md)."""

    text: str | msgspec.UnsetType = msgspec.UNSET
    value: AnyJson | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        if (self.text is msgspec.UNSET) == (self.value is msgspec.UNSET):
            raise ValueError("an answer has either a text or a value")

    @property
    def words(self) -> str:
        """Return the answer as one text."""
        if isinstance(self.value, msgspec.UnsetType):
            return str(self.text)
        return answer_text(json_value(self.value, "/value"))


class AnswerRequest(msgspec.Struct):
    """``undo``: for some seconds it can be taken back, and nobody is told of it before."""

    lease: str
    answer: AnswerBody
    undo: bool = False


class SkipRequest(msgspec.Struct):
    """``reason``: one of `SkipReason`, read here so that a refusal can list them. ``undo``: as of an answer."""

    lease: str
    reason: Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*map(str, SkipReason)]})] = "other"
    undo: bool = False

    def __post_init__(self) -> None:
        if self.reason not in set(SkipReason):
            raise ValueError(f"reason must be one of {', '.join(SkipReason)}")


class WorkerApi:
    """Nine calls and a stream, each for the worker that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = WorkerDesk(context)
        self._undoable = UndoableDesk(context, self._desk)

    async def online(self, call: Call[Worker, OnlineRequest]) -> SessionView | Refusal:
        """Begin a presence; 422 for a queue or language that they were not given, 409 where none is left to them."""
        session = await self._desk.online(call.person, call.body.queues, call.body.languages)
        return session if isinstance(session, Refusal) else session_view(session)

    async def session(self, call: Call[Worker, None]) -> SessionView:
        """Return the worker's presence and pay."""
        return await self._session(call.person)

    async def next(self, call: Call[Worker, None]) -> LeaseView | Refusal | None:
        """Return the current lease, waiting up to ``wait`` seconds; nothing when none came."""
        right = await right_of(self._context, call.request, call.person)
        waiting = self._desk.next(call.person, seconds(call.query.get("wait", "0")))
        lease = await while_right_holds(self._context, call.request, right, waiting)
        return lease if isinstance(lease, Refusal) else lease_view(self._context, lease)

    async def answers(self, call: Call[Worker, AnswerRequest]) -> AnswerView | Refusal:
        """Take the worker's answer; return what it earned and what comes next."""
        give = self._undoable.answer if call.body.undo else self._desk.answer
        outcome = await give(call.person, parse_lease(call.body.lease), call.body.answer.words)
        return outcome if isinstance(outcome, Refusal) else answer_view(self._context, outcome)

    async def skips(self, call: Call[Worker, SkipRequest]) -> NextReply | Refusal:
        """Pass a task on; return what comes next."""
        lease, reason = parse_lease(call.body.lease), SkipReason(call.body.reason)
        if call.body.undo:
            taken = await self._undoable.skip(call.person, lease, reason)
            return taken if isinstance(taken, Refusal) else skip_view(self._context, taken)
        outcome = await self._desk.skip(call.person, lease, reason)
        return outcome if isinstance(outcome, Refusal) else NextReply(lease_view(self._context, outcome))

    async def undos(self, call: Call[Worker, LeaseRequest]) -> LeaseView | Refusal:
        """Give back what was just answered or passed on, with `undo`; 409 once it is too late."""
        outcome = await self._undoable.take_back(call.person, parse_lease(call.body.lease))
        return outcome if isinstance(outcome, Refusal) else leased_view(self._context, outcome)

    async def renewals(self, call: Call[Worker, LeaseRequest]) -> RenewalView | Refusal:
        """Give more time for the task that the worker works at; 409 says what became of a lease that is over."""
        outcome = await renew(self._context, call.person, parse_lease(call.body.lease))
        return outcome if isinstance(outcome, Refusal) else renewal_view(outcome)

    async def question(self, call: Call[Worker, None]) -> QuestionView | Refusal:
        """Return what is said about the question of a task that the worker has."""
        found = await self._desk.instructions(call.person, parse_question(call.part(4)))
        return found if isinstance(found, Refusal) else instructions_view(self._context, found)

    async def went_past(self, call: Call[Worker, None]) -> Refusal | None:
        """Keep that the worker has read that; the time for the task begins anew, once."""
        return await self._desk.went_past(call.person, parse_question(call.part(4)))

    async def offline(self, call: Call[Worker, None]) -> None:
        """End the presence; what the worker held goes back at once."""
        await self._desk.offline(call.person)

    async def events(self, call: Call[Worker, None]) -> Response | Refusal:
        """Stream what lies on the desk and the presence, each when it changes; the worker is present meanwhile."""
        if not await self._desk.attach(call.person):
            return await self._desk.no_presence(call.person)
        return EventStream(self._stream(call), SILENT_SECONDS, COMMENT)

    async def _stream(self, call: Call[Worker, None]) -> AsyncGenerator[bytes, None]:
        """Yield what lies on the desk and the presence whenever they differ from before.

        It looks when it is woken, by a notification or by what `Lookout` finds for all streams together. The desk is
        told first: the worker may be waiting to see a picture.
        """
        worker = call.person
        cell = await self._desk.cell(worker.worker_id)
        right = await right_of(self._context, call.request, worker)
        lookout = self._context.lookout
        looks: dict[str, Callable[[Worker], Awaitable[object]]] = {"tasks": self._tasks, "session": self._streamed}
        seen: dict[str, bytes] = {}
        with lookout.waiting(worker.worker_id, cell) as event, lookout.holding(right, event):
            while await is_allowed(self._context, call.request):  # who is shut out or signed out hears no more
                event.clear()
                is_online = await self._desk.attach(worker, goes_on=True)
                for name, look in looks.items():
                    value = msgspec.json.encode(await look(worker))
                    if seen.get(name) != value:
                        seen[name] = value
                        yield b"event: %b\ndata: %b\n\n" % (name.encode(), value)
                if not is_online or self._context.notifier.is_ending:
                    return
                await event.wait()
                if self._context.notifier.is_ending:
                    return

    async def _tasks(self, worker: Worker) -> Tasks:
        current, upcoming = await self._desk.both(worker)
        return Tasks(lease_view(self._context, current), lease_view(self._context, upcoming))

    async def _session(self, worker: Worker) -> SessionView:
        return session_view(await self._desk.session(worker))

    async def _streamed(self, worker: Worker) -> SessionView:
        return session_view(await self._desk.streamed_session(worker))


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/worker/online",
        handler=WorkerApi.online,
        caller=signed_in_worker,
        body=OnlineRequest,
        reply=SessionView,
        statuses=(401, 403, 409, 422),
    ),
    Operation(
        method="GET",
        path="/v1/worker/session",
        handler=WorkerApi.session,
        caller=signed_in_worker,
        reply=SessionView,
        statuses=(401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/worker/next",
        handler=WorkerApi.next,
        caller=signed_in_worker,
        query=("wait",),
        reply=LeaseView,
        statuses=(204, 401, 403, 409, 429),
        waits=True,
    ),
    Operation(
        method="POST",
        path="/v1/worker/answers",
        handler=WorkerApi.answers,
        caller=signed_in_worker,
        body=AnswerRequest,
        reply=AnswerView,
        statuses=(401, 403, 409, 422),
    ),
    Operation(
        method="POST",
        path="/v1/worker/skips",
        handler=WorkerApi.skips,
        caller=signed_in_worker,
        body=SkipRequest,
        reply=NextReply,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="POST",
        path="/v1/worker/undos",
        handler=WorkerApi.undos,
        caller=signed_in_worker,
        body=LeaseRequest,
        reply=LeaseView,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="POST",
        path="/v1/worker/renewals",
        handler=WorkerApi.renewals,
        caller=signed_in_worker,
        body=LeaseRequest,
        reply=RenewalView,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="GET",
        path="/v1/worker/questions/{question}",
        handler=WorkerApi.question,
        caller=signed_in_worker,
        reply=QuestionView,
        statuses=(401, 403, 404),
    ),
    Operation(
        method="POST",
        path="/v1/worker/questions/{question}/seen",
        handler=WorkerApi.went_past,
        caller=signed_in_worker,
        statuses=(401, 403, 404),
    ),
    Operation(
        method="POST",
        path="/v1/worker/offline",
        handler=WorkerApi.offline,
        caller=signed_in_worker,
        statuses=(401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/worker/events",
        handler=WorkerApi.events,
        caller=signed_in_worker,
        reply=Tasks,
        gives=(EVENTS,),
        statuses=(401, 403, 409, 429),
        waits=True,
    ),
]
