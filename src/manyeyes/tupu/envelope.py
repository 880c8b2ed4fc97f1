"""The outside of the contract, a raw ASGI app: paths, credentials, signed answers (docs/contracts/tupu.md#envelope)."""

import time
from collections.abc import Sequence
from typing import Any

from manyeyes.accounts.rules import canonical_address
from manyeyes.db.pool import is_lost
from manyeyes.logs.request_note import note_fault, note_refusal
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.tupu.admission import check_triple, find_app
from manyeyes.tupu.body import Incoming, read_parameters
from manyeyes.tupu.call import SignedCall
from manyeyes.tupu.memory_budget import HeldMemory, Room
from manyeyes.tupu.operations import VERSIONS, Target, parts_of, target_of
from manyeyes.tupu.parameter_names import check_query
from manyeyes.tupu.public_key import public_key
from manyeyes.tupu.rate_limit import Pace
from manyeyes.tupu.response_json import error_answer, fault_answer
from manyeyes.tupu.unsupported import elsewhere, family_of
from manyeyes.values.refusals import Reason, Refusal

_JSON = (b"content-type", b"application/json")


def is_tupus(path: str) -> bool:
    """Tell whether a path is this contract's."""
    return "v3" in path and next(iter(parts_of(path)), "") in VERSIONS


class Tupu:
    """Serves everything under /v3 and /v3.1; every answer but the public key is signed, the refusals too."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pace, self._room = Pace(), Room()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        parts = parts_of(scope["path"])
        if parts == ["v3", "public-key"] and scope["method"] in ("GET", "HEAD"):
            body, headers = public_key(self._context.signer, _header(scope, b"accept"))
            return await _send(send, 200, headers, body if scope["method"] == "GET" else b"", len(body))
        family = family_of(parts[1:])
        status = 200
        try:
            answer = await self._answer(scope, receive, parts)
        except Exception as error:
            if isinstance(error, Unavailable) or is_lost(error):
                status = 503
                note_refusal("away")
            else:
                note_fault(error, "call_failed")
            answer = fault_answer(family, time.time())
        if isinstance(answer, Refusal):
            note_refusal(answer.reason)
            status = 503 if answer.reason is Reason.NO_ROOM else status
            answer = error_answer(answer, family, time.time())
        headers = [_JSON, (b"x-content-type-options", b"nosniff")]
        headers += [(b"retry-after", b"5")] if status == 503 else []
        body = self._context.signer.signed(answer)
        await _send(send, status, headers, body, len(body))

    async def _answer(self, scope: dict[str, Any], receive: Any, parts: Sequence[str]) -> str | Refusal:
        target, incoming = target_of(parts), Incoming(receive)
        if target is None or scope["method"] != "POST":
            await incoming.drain()
            if target is None:
                return elsewhere(parts[1:])
            return Refusal(Reason.UNKNOWN_METHOD, "calls are made with POST")
        with HeldMemory(self._room) as share:
            call = await self._admitted(scope, incoming, target, share)
            return call if isinstance(call, Refusal) else await target.operation(call)

    async def _admitted(
        self, scope: dict[str, Any], incoming: Incoming, target: Target, share: HeldMemory
    ) -> SignedCall | Refusal:
        """Return the call when it may be made. The body of one that may not is read and dropped."""
        address, api_key = _address(scope), _header(scope, b"x-api-key")
        app = await find_app(self._context, target.secret_id, api_key, address)
        if isinstance(app, Refusal):
            await incoming.drain()
            return app
        parameters = await read_parameters(incoming, _header(scope, b"content-type"), share)
        if isinstance(parameters, Refusal):
            return parameters
        try:
            check_query(scope["query_string"].decode("latin-1"))
        except ValueError as error:
            return Refusal(Reason.BAD_PARAMETER, str(error))
        now, window = time.time(), self._context.settings.timestamp_window_seconds
        triple = check_triple(app, parameters, has_api_key=bool(api_key), now=now, window=window)
        if isinstance(triple, Refusal):
            return triple
        return SignedCall(
            context=self._context,
            pace=self._pace,
            share=share,
            app=app,
            parameters=parameters,
            triple=triple,
            at=now,
            arrived=time.monotonic(),
        )


def _header(scope: dict[str, Any], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _address(scope: dict[str, Any]) -> str:
    client = scope.get("client")
    return canonical_address(client[0]) if client else ""


async def _send(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes, length: int) -> None:
    headers = [*headers, (b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
