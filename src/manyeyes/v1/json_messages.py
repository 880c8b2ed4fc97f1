"""JSON in and out of /v1: strict bodies, and refusals as problems (RFC 9457) with a status."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from manyeyes.logs.request_note import note_refusal
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import heard
from manyeyes.v1.problems import PROBLEM_MEDIA, ProblemBody, problem_of
from manyeyes.values.decimals import decimal_number
from manyeyes.values.refusals import MemberFault, Reason, Refusal, Refused

LARGEST_BODY = 64 * 1024
_STEP = re.compile(r"\.[^.\[\]]+|\[[^\]]*\]")
SIGN_IN = {Reason.UNKNOWN_TOKEN, Reason.UNKNOWN_KEY}
ASK_LATER = {Reason.TOO_MANY_WAITS, Reason.PICTURE_AWAY, Reason.QUEUE_FULL, Reason.NO_ROOM, Reason.ALL_FILTERED}
Body = TypeVar("Body")
Answer = TypeVar("Answer")


def encoded(value: Any) -> bytes:
    """Return a value as /v1 writes it: numbers keep the digits that were typed."""
    return _written.encode(value)


def json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response with the value as msgspec encodes it."""
    return Response(encoded(value), status, headers, media_type="application/json")


def problem_response(problem: ProblemBody) -> Response:
    """Return a problem as RFC 9457 has it sent."""
    note_refusal(problem.refusal)
    return Response(msgspec.json.encode(problem), problem.status, media_type=PROBLEM_MEDIA)


def refuse(refusal: Refusal) -> Response:
    """Return the refusal as a problem with the status that its reason has in this contract."""
    response = problem_response(problem_of(refusal))
    if refusal.reason in SIGN_IN:
        response.headers["www-authenticate"] = "Bearer"
    if refusal.reason in ASK_LATER:
        response.headers["retry-after"] = "5"
    return response


async def whole_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """Return the body. Raises `Refused` when it has more than ``largest`` bytes."""
    parts: list[bytes] = []
    size, has_more = 0, True
    while has_more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        part = message.get("body", b"")
        parts.append(part)
        size, has_more = size + len(part), message.get("more_body", False)
        if size > largest:
            raise Refused(Refusal(Reason.UNREADABLE, f"the body has more than {largest} bytes"))
    return parts[0] if len(parts) == 1 else b"".join(parts)


def decode(raw: bytes, kind: type[Body]) -> Body:
    """Return the body as ``kind``; an empty one as an empty object. Raises `Refused` with what is wrong and where."""
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(unreadable(str(error))) from error


def unreadable(fault: str) -> Refusal:
    """Return the refusal of a body for what msgspec says of it; a path such as ``$.terms.life`` becomes a pointer."""
    words, _, path = fault.partition(" - at `$")
    if not path:
        return Refusal(Reason.UNREADABLE, fault)
    return Refusal(Reason.UNREADABLE, fault, (MemberFault(words, _pointer(path.removesuffix("`"))),))


def _pointer(path: str) -> str:
    """Return msgspec's path, such as ``.fields[0].name``, as a JSON pointer; what has no name (``[...]``) ends it."""
    steps: list[str] = []
    for step in _STEP.findall(path):
        if step[0] == "[" and not step[1:-1].isdigit():
            break
        steps.append(step.strip(".[]").replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)


def base_url(context: Context, request: Request) -> str:
    """Return how the caller reaches this installation, without a slash at the end."""
    return context.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")


def seconds(text: str) -> float:
    """Return a number of seconds from a query; 0 for what is none: "nan" is a float, and no clock ever reaches it."""
    return decimal_number(text) or 0.0


async def while_there(
    request: Request,
    waiting: Coroutine[Any, Any, Answer],
    look: Callable[[], Awaitable[object]] | None = None,
    news: asyncio.Event | None = None,
    seconds: float | None = None,
) -> Answer | None:
    """Return what ``waiting`` gives; None when the caller hangs up first, lest something is handed to nobody.

    ``look`` is asked each time that ``news`` is set or ``seconds`` have passed; what it raises ends the waiting.
    """
    news = news or asyncio.Event()
    work, gone = asyncio.ensure_future(waiting), asyncio.ensure_future(_hung_up(request))
    for task in (work, gone):
        task.add_done_callback(lambda _: news.set())
    try:
        while True:
            await (news.wait() if seconds is None else heard(news, seconds))
            news.clear()
            if work.done():
                return work.result()
            if gone.done():
                return None
            if look is not None:
                await look()
    finally:
        work.cancel()
        gone.cancel()


_written = msgspec.json.Encoder(decimal_format="number")


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
