"""What a call of /v1 is: the router serves it and the OpenAPI description tells of it from one row of a table."""

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.accounts.store import KeyOwner
from manyeyes.logs.request_note import note_task
from manyeyes.runtime.context import Context
from manyeyes.v1.idempotency import call_key
from manyeyes.v1.json_messages import LARGEST_BODY, decode, json, refuse, whole_body
from manyeyes.v1.preferences import asked_wait
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal, Refused
from manyeyes.workers.store import Worker

JSON, EVENTS, CSV = "application/json", "text/event-stream", "text/csv"
PersonT = TypeVar("PersonT")
BodyT = TypeVar("BodyT")
ViewT = TypeVar("ViewT")


@dataclass(frozen=True, slots=True)
class Answer(Generic[ViewT]):
    """What a handler answers when the status is another one than 200, or headers go with it."""

    view: ViewT
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call(Generic[PersonT, BodyT]):
    """A call as its handler gets it: who calls, what they sent, and the request for the rest.

    ``key``: how the caller names it, so that it may be sent again; None when they do not.
    """

    person: PersonT
    body: BodyT
    request: Request
    key: CallKey | None = None

    @property
    def query(self) -> Mapping[str, str]:
        """Return the query's parameters; of several with one name, the last."""
        written: bytes = self.request.scope["query_string"]
        return dict(parse_qsl(written.decode("latin-1"), keep_blank_values=True)) if written else {}

    def part(self, number: int) -> str:
        """Return a part of the path, such as "7" for part 3 of /v1/webhooks/7/replay."""
        path: str = self.request.scope["path"]
        return path.split("/")[number]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One call of /v1.

    ``handler`` is a method of one of the APIs: ``(api, call)`` → what is answered as JSON, a Refusal, a Response, or
    None for nothing (204 where the row has it, else an empty object). ``caller`` finds who calls, or raises
    `Refused`. ``body`` and ``reply`` are the types of what is sent and answered; ``query`` names the parameters;
    ``statuses`` are those beside ``success``. What stands in braces in ``path`` may be anything. ``waits``: the call
    may last, and a caller has so many of them at once as the settings say (429). ``scope``: what a customer's key must
    open for it. ``may_wait``: the call lasts when the caller prefers to wait. ``media``: in what a body comes;
    ``reads_itself``: the handler reads it from the request; ``largest``: bytes of one that it does not. ``gives``: in
    what it is answered; events are of ``reply``. ``named``: a customer may name the POST, so that it may be sent again.
    """

    method: str
    path: str
    handler: Callable[[Any, Call[Any, Any]], Awaitable[object]]
    caller: Callable[[Context, Request], Awaitable[object]]
    query: tuple[str, ...] = ()
    body: type[Any] | None = None
    reply: type[Any] | None = None
    statuses: tuple[int, ...] = ()
    waits: bool = False
    may_wait: bool = False
    scope: str = ""
    success: int = 200
    media: tuple[str, ...] = (JSON,)
    gives: tuple[str, ...] = (JSON,)
    reads_itself: bool = False
    largest: int = LARGEST_BODY
    named: bool = True

    @property
    def starred(self) -> str:
        """Return the path with a star for each part that may be anything."""
        return re.sub(r"{\w+}", "*", self.path)

    async def serve(self, api: object, context: Context, request: Request, held: ExitStack) -> Response:
        """Return the response to a request; ``held`` is closed when it was sent.

        Raises `Refused` for callers and bodies that are not taken.
        """
        person = await self.caller(context, request)
        if self.scope and isinstance(person, KeyOwner) and self.scope not in person.scopes:
            raise Refused(_scope_missing(person, self.scope))
        lasts = self.waits or (self.may_wait and asked_wait(request) > 0)
        if lasts and not held.enter_context(context.waits.place(_name_of(person))):
            raise Refused(Refusal(Reason.TOO_MANY_WAITS, f"{context.waits.most} calls of yours wait here already"))
        body, key = None, None
        if not self.reads_itself:
            raw = await whole_body(request, self.largest) if self.body else b""
            body = decode(raw, self.body) if self.body else None
            key = call_key(request, raw) if isinstance(person, KeyOwner) else None
            _note_task(getattr(body, "task_id", None))
        answer = await self.handler(api, Call(person, body, request, key))
        if isinstance(answer, Answer):
            return json(answer.view, answer.status, answer.headers)
        if isinstance(answer, Response):
            return answer
        if isinstance(answer, Refusal):
            return refuse(answer)
        if answer is None and 204 in (self.success, *self.statuses):
            return Response(status_code=204)
        return json({} if answer is None else answer)


def _scope_missing(owner: KeyOwner, scope: str) -> Refusal:
    if isinstance(owner, AccountPerson):
        return Refusal(Reason.ROLE_FORBIDS, f"your role in the account does not open {scope}, which this call needs")
    return Refusal(Reason.SCOPE_MISSING, f"the key has no scope {scope}, which this call needs")


def _name_of(person: object) -> str:
    """Return a name for whom a token, key or cookie signs in, the same for all of their calls."""
    if isinstance(person, Worker):
        return f"worker {person.worker_id}"
    return f"account {person.cell} {person.account_id}" if isinstance(person, KeyOwner) else ""


def job_number(call: Call[Any, Any]) -> int:
    """Return the job that the path names. Raises `Refused` for what is no number."""
    number = whole_number(call.part(3), 18)
    if number is None:
        raise Refused(Refusal(Reason.UNKNOWN_JOB, f"there is no job {call.part(3)[:50]}"))
    return number


def read_task(text: str) -> int | None:
    """Return a task's wire id; None for what is none."""
    number = whole_number(text, 10)
    _note_task(number)
    return number


def _note_task(number: object) -> None:
    if isinstance(number, int):
        note_task(number)
