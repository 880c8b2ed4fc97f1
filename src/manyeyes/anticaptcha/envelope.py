"""The outside of the contract, a raw ASGI app: paths, bodies, replies (docs/contracts/anticaptcha.md#envelope)."""

from typing import Any

import msgspec

from manyeyes.accounts.rules import canonical_address
from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.anticaptcha.errors import WireError, wire_error
from manyeyes.anticaptcha.methods import METHODS
from manyeyes.anticaptcha.token_task import kind_of
from manyeyes.db.pool import is_lost
from manyeyes.logs.request_note import note_fault, note_refusal
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal

LARGEST_BODY = 2 * 1024 * 1024  # 1 MB is asked for; a picture of 500,000 bytes is 667 kB of base64
MOST_MEMBERS = 2_500  # of a larger body than others have, before it is read; a comment may have 2,000 commas
LARGEST_DRAINED = 64 * 1024 * 1024  # read and thrown away, so that the client hears the answer
_BY_NAME = {name.lower(): (name, method) for name, method in METHODS.items()}
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class AntiCaptcha:
    """Serves every path that is not one of our own pages: an unknown one is error 14."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        name = _name(scope["path"])
        carries_picture = name == "createtask"
        largest = self._context.settings.body_kilobytes * 1024
        most = LARGEST_BODY if carries_picture else largest
        raw = await _body(receive, most)
        if scope["method"] != "POST":
            return await _reply(send, _refused(Refusal(Reason.UNKNOWN_METHOD, "methods are called with POST")))
        found = _BY_NAME.get(name)
        if found is None:
            return await _reply(send, _refused(Refusal(Reason.UNKNOWN_METHOD, f"{name[:60]!r}")))
        if raw is None:
            reason = Reason.PICTURE_TOO_BIG if carries_picture else Reason.UNREADABLE
            return await _reply(send, _refused(Refusal(reason, f"the body has more than {most} bytes")))
        body = _object(raw, largest)
        if isinstance(body, Refusal):
            return await _reply(send, _refused(body))
        call = AntiCaptchaCall(self._context, body, raw, _address(scope), scope)
        try:
            reply = await found[1](call)
        except Exception as error:
            if isinstance(error, Unavailable) or is_lost(error):
                note_refusal("away")
                return await _reply(send, _AWAY, status=503)
            note_fault(error, "method_failed")
            return await _reply(send, _AWAY, status=500)
        await _reply(send, _refused(reply) if isinstance(reply, Refusal) else reply)


def is_method(path: str) -> bool:
    """Tell whether the path names a method, in any spelling that clients use."""
    return _name(path) in _BY_NAME


def _name(path: str) -> str:
    return path.strip("/ \t").lower()


async def _body(receive: Any, largest: int) -> bytes | None:
    """Return the whole body, whatever its Content-Type; None when it is too large (it is drained, not dropped)."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):  # nearly always
        body: bytes = message.get("body", b"")
        return body if len(body) <= largest else None
    return await _long_body(message, receive, largest)


async def _long_body(message: dict[str, Any], receive: Any, largest: int) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] != "http.request":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size <= largest:
            parts.append(part)
        if not message.get("more_body") or size > LARGEST_DRAINED:
            return b"".join(parts) if size <= largest else None
        message = await receive()


def _object(raw: bytes, largest: int) -> dict[str, Any] | Refusal:
    """Return the body; one of more than ``largest`` bytes is a picture, which is one long text, and few members."""
    if len(raw) > largest and any(len(raw.split(sign, MOST_MEMBERS)) > MOST_MEMBERS for sign in (b",", b"{", b"[")):
        return Refusal(Reason.UNREADABLE, f"it has more than {MOST_MEMBERS} members")
    text = raw.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        return Refusal(Reason.UNREADABLE, "it is empty")
    try:
        body = _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Refusal(Reason.UNREADABLE, str(error))
    if not isinstance(body, dict):
        return Refusal(Reason.UNREADABLE, "the outermost value is not an object")
    if len(raw) > largest and not _carries_picture(body):
        return Refusal(Reason.UNREADABLE, f"without a picture it has at most {largest} bytes")
    return body


def _carries_picture(body: dict[str, Any]) -> bool:
    task = body.get("task")
    if not isinstance(task, dict) or kind_of(task):
        return False
    return isinstance(task.get("type"), str) and isinstance(task.get("body"), str)


def _address(scope: dict[str, Any]) -> str:
    client = scope.get("client")
    return canonical_address(client[0]) if client else ""


def _refused(refusal: Refusal) -> WireError:
    note_refusal(refusal.reason)
    return wire_error(refusal)


async def _reply(send: Any, reply: Any, status: int = 200) -> None:
    is_page = isinstance(reply, str)
    body = reply.encode() if is_page else _encode(reply)
    headers = [
        (b"content-type", b"text/html; charset=utf-8" if is_page else b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status != 200 or (isinstance(reply, WireError) and reply.errorId == 2):
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_AWAY = WireError(2, "ERROR_NO_SLOT_AVAILABLE", "The service cannot answer right now; ask again in a few seconds")
