"""JSON in and out of /v1: strict bodies, and refusals as ``{"refusal": reason, "reason": sentence}`` with a status."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.values.decimals import decimal_number
from manyeyes.values.refusals import Reason, Refusal, Refused

LARGEST_BODY = 64 * 1024
STATUS = {
    Reason.UNKNOWN_TOKEN: 401,
    Reason.FOREIGN_ORIGIN: 403,
    Reason.LEASE_LOST: 409,
    Reason.SITE_WITHDRAWN: 409,
    Reason.NOT_ONLINE: 409,
    Reason.QUEUE_NOT_ALLOWED: 422,
    Reason.ANSWER_UNFIT: 422,
    Reason.UNREADABLE: 400,
    Reason.UNKNOWN_KEY: 401,
    Reason.ADDRESS_BLOCKED: 403,
    Reason.ADDRESS_NOT_ALLOWED: 403,
    Reason.NOT_REVIEWER: 403,
    Reason.SLOT_LOST: 409,
    Reason.UNKNOWN_REPORT: 404,
    Reason.UNKNOWN_DELIVERY: 404,
    Reason.UNKNOWN_QUESTION: 404,
    Reason.UNKNOWN_RECOGNITION: 404,
    Reason.NOT_REFUSED: 409,
    Reason.ALREADY_APPEALED: 409,
    Reason.TRIED_ENOUGH: 409,
    Reason.TOO_MANY_WAITS: 429,
}
SIGN_IN = {Reason.UNKNOWN_TOKEN, Reason.UNKNOWN_KEY}
Body = TypeVar("Body")
Answer = TypeVar("Answer")


class RefusalBody(msgspec.Struct, frozen=True):
    refusal: str
    reason: str


def json(value: Any, status: int = 200) -> Response:
    """Return a JSON response with the value as msgspec encodes it."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def refuse(refusal: Refusal) -> Response:
    """Return the refusal with the status that its reason has in this contract."""
    response = json(RefusalBody(refusal.reason, refusal.detail), STATUS[refusal.reason])
    if refusal.reason in SIGN_IN:
        response.headers["www-authenticate"] = "Bearer"
    if refusal.reason is Reason.TOO_MANY_WAITS:
        response.headers["retry-after"] = "5"
    return response


async def decode(request: Request, kind: type[Body]) -> Body:
    """Return the body as ``kind``; an empty one as an empty object. Raises `Refused` with what is wrong and where."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > LARGEST_BODY:
            raise Refused(Refusal(Reason.UNREADABLE, f"the body has more than {LARGEST_BODY} bytes"))
    try:
        return msgspec.json.decode(bytes(raw) or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Refusal(Reason.UNREADABLE, str(error))) from error


def seconds(text: str) -> float:
    """Return a number of seconds from a query; 0 for what is none: "nan" is a float, and no clock ever reaches it."""
    return decimal_number(text) or 0.0


async def while_there(request: Request, waiting: Coroutine[Any, Any, Answer]) -> Answer | None:
    """Return what ``waiting`` gives; None when the caller hangs up first, lest something is handed to nobody."""
    work, gone = asyncio.ensure_future(waiting), asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        return await work if work.done() else None
    finally:
        work.cancel()
        gone.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
