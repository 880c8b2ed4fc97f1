"""/v1/worker: how a worker's program, or the screen's script, takes tasks and answers them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from manyeyes.roles.worker import LOOK_AGAIN_SECONDS, WorkerDesk, parse_lease, rest
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker
from manyeyes.v1.json_messages import decode, json, refuse, seconds
from manyeyes.v1.worker_views import (
    AnswerView,
    LeaseView,
    NextReply,
    SessionView,
    Tasks,
    answer_view,
    lease_view,
    session_view,
)
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import SkipReason
from manyeyes.workers.store import Worker

KEEP_ALIVE_SECONDS = 15.0
KEEP_ALIVE = b": still here\n\n"
Handler = Callable[[Request], Awaitable[Response]]


class OnlineRequest(msgspec.Struct):
    """Absent members ask for all that the worker may do."""

    queues: list[int] | None = None
    languages: list[str] | None = None


class AnswerBody(msgspec.Struct):
    text: str


class AnswerRequest(msgspec.Struct):
    lease: str
    answer: AnswerBody


class SkipRequest(msgspec.Struct):
    """``reason``: one of `SkipReason`, read here so that the refusal of another one can list them."""

    lease: str
    reason: Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*map(str, SkipReason)]})] = "other"

    def __post_init__(self) -> None:
        if self.reason not in set(SkipReason):
            raise ValueError(f"reason must be one of {', '.join(SkipReason)}")


class WorkerApi:
    """Seven calls and a stream, each for the worker that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = WorkerDesk(context)

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Return what serves each method and path."""
        return {
            ("POST", "/v1/worker/online"): self.online,
            ("GET", "/v1/worker/session"): self.session,
            ("GET", "/v1/worker/next"): self.next,
            ("POST", "/v1/worker/answers"): self.answers,
            ("POST", "/v1/worker/skips"): self.skips,
            ("POST", "/v1/worker/offline"): self.offline,
            ("GET", "/v1/worker/events"): self.events,
        }

    async def online(self, request: Request) -> Response:
        """Begin a presence; 422 for a queue or language that the worker was not given."""
        worker = await signed_in_worker(self._context, request)
        body = await decode(request, OnlineRequest)
        session = await self._desk.online(worker, body.queues, body.languages)
        return refuse(session) if isinstance(session, Refusal) else json(session_view(session))

    async def session(self, request: Request) -> Response:
        worker = await signed_in_worker(self._context, request)
        return json(session_view(await self._desk.session(worker)))

    async def next(self, request: Request) -> Response:
        """Return the current lease, waiting up to ``wait`` seconds; 204 when none came."""
        worker = await signed_in_worker(self._context, request)
        lease = await self._desk.next(worker, seconds(request.query_params.get("wait", "0")))
        if isinstance(lease, Refusal):
            return refuse(lease)
        return json(lease_view(self._context, lease)) if lease else Response(status_code=204)

    async def answers(self, request: Request) -> Response:
        worker = await signed_in_worker(self._context, request)
        body = await decode(request, AnswerRequest)
        outcome = await self._desk.answer(worker, parse_lease(body.lease), body.answer.text)
        return refuse(outcome) if isinstance(outcome, Refusal) else json(answer_view(self._context, outcome))

    async def skips(self, request: Request) -> Response:
        worker = await signed_in_worker(self._context, request)
        body = await decode(request, SkipRequest)
        outcome = await self._desk.skip(worker, parse_lease(body.lease), SkipReason(body.reason))
        if isinstance(outcome, Refusal):
            return refuse(outcome)
        return json(NextReply(lease_view(self._context, outcome)))

    async def offline(self, request: Request) -> Response:
        await self._desk.offline(await signed_in_worker(self._context, request))
        return json({})

    async def events(self, request: Request) -> Response:
        """Stream what lies on the desk and the presence, each when it changes; the worker is present meanwhile."""
        worker = await signed_in_worker(self._context, request)
        if not await self._desk.attach(worker):
            return refuse(Refusal(Reason.NOT_ONLINE, "go online first"))
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        return StreamingResponse(self._stream(worker), media_type="text/event-stream", headers=headers)

    async def _stream(self, worker: Worker) -> AsyncIterator[bytes]:
        cell = await self._desk.cell(worker.worker_id)
        event = self._context.notifier.subscribe(worker.worker_id)
        self._context.presence.enter(worker.worker_id, cell)
        try:
            async for name, value in self._changes(worker, event):
                yield f"event: {name}\ndata: {msgspec.json.encode(value).decode()}\n\n".encode() if name else KEEP_ALIVE
        finally:
            self._context.presence.leave(worker.worker_id)
            self._context.notifier.unsubscribe(worker.worker_id, event)

    async def _changes(self, worker: Worker, event: asyncio.Event) -> AsyncIterator[tuple[str, object]]:
        """Yield what lies on the desk and the presence whenever they differ from before; ("", None) in long silences.

        The desk is looked at every second, lest a hint was lost; the presence when the bell rang, or in long silences.
        The desk is told of before the presence is looked at: a picture may wait for his eyes.
        """
        seen: dict[str, object] = {}
        spoken, rang, clock = 0.0, True, asyncio.get_running_loop().time
        while await self._context.lookups.worker(worker.worker_id):  # one who is disabled meanwhile hears no more
            event.clear()
            is_online = await self._desk.attach(worker)
            is_silent = clock() - spoken > KEEP_ALIVE_SECONDS
            looks: dict[str, Callable[[Worker], Awaitable[object]]] = {"tasks": self._tasks}
            if rang or is_silent or not is_online:
                looks["session"] = self._session
            for name, look in looks.items():
                value = await look(worker)
                if seen.get(name) != value:
                    seen[name], spoken, is_silent = value, clock(), False
                    yield name, value
            if is_silent:
                spoken = clock()
                yield "", None
            if not is_online:
                return
            rang = await rest(event, LOOK_AGAIN_SECONDS)

    async def _tasks(self, worker: Worker) -> Tasks:
        current, upcoming = await self._desk.both(worker)
        return Tasks(lease_view(self._context, current), lease_view(self._context, upcoming))

    async def _session(self, worker: Worker) -> SessionView:
        return session_view(await self._desk.session(worker))


# (method, path, query parameters, request, reply, other statuses): what openapi.py describes.
OPERATIONS = [
    ("post", "/v1/worker/online", [], OnlineRequest, SessionView, ["401", "422"]),
    ("get", "/v1/worker/session", [], None, SessionView, ["401"]),
    ("get", "/v1/worker/next", ["wait"], None, LeaseView, ["204", "401", "409"]),
    ("post", "/v1/worker/answers", [], AnswerRequest, AnswerView, ["401", "409", "422"]),
    ("post", "/v1/worker/skips", [], SkipRequest, NextReply, ["400", "401", "409"]),
    ("post", "/v1/worker/offline", [], None, None, ["401"]),
    ("get", "/v1/worker/events", [], None, Tasks, ["401", "409"]),
]
