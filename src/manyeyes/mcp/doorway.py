"""The way in over HTTP, `/mcp`: who may call is seen before anything of the `mcp` package is loaded.

The package takes a second and 26 MB to load (docs/decisions/0053), so a serving process has it from its first call on.
"""

import asyncio
import contextlib
import importlib
from http import HTTPStatus
from typing import Any, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.logs.request_note import note_refusal
from manyeyes.mcp.in_process import Asgi
from manyeyes.roles.sign_in import caller_address, is_from_own_page
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal

PATH = "/mcp"
BEHIND = "manyeyes.mcp.streamable"  # by its name: an import at the top would load the package with every process
INVALID_REQUEST = -32600  # JSON-RPC 2.0, 5.1


class Served(Protocol):
    """What is behind the door once it was opened: `streamable.Streamable`."""

    async def start(self) -> None:
        """Begin to serve."""

    async def handle(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer a request."""

    async def stop(self) -> None:
        """End what is under way."""


class Doorway:
    """Serves `PATH`; ``calls`` is the application behind /v1, which everything asked here comes down to."""

    def __init__(self, context: Context, calls: Asgi) -> None:
        self._context, self._calls = context, calls
        self._opening: asyncio.Future[Served] | None = None

    def __contains__(self, path: str) -> bool:
        return path == PATH

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        request = Request(scope, receive, send)
        refused = await self._refused(request)
        if refused is not None:
            return await refused(scope, receive, send)
        served = await asyncio.shield(self._opened())
        await served.handle(scope, receive, send)

    async def close(self) -> None:
        """End what is under way, if anybody ever called."""
        if self._opening is not None:
            with contextlib.suppress(Exception):  # what could not be opened was told to its callers
                await (await self._opening).stop()

    async def _refused(self, request: Request) -> Response | None:
        """Return why a request is not served; None when it is.

        Only client keys open this door, no cookies, so that no page of another site can use a signed-in browser; and
        a page of another site that has a key is turned away by its Origin, as MCP's transport asks for.
        """
        if request.method != "POST":  # nothing is kept between calls: no stream to open, no session to end
            return refusal_of(HTTPStatus.METHOD_NOT_ALLOWED, "it is called with POST", {"allow": "POST"})
        if "origin" in request.headers and not is_from_own_page(self._context, request):
            return refusal_of(HTTPStatus.FORBIDDEN, "the call came from a page of another origin")
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        key = key.strip() if scheme.lower() == "bearer" else ""
        owner = await self._context.lookups.owner(key, caller_address(request))
        if not isinstance(owner, Refusal):
            return None
        note_refusal(owner.reason)
        if owner.reason is Reason.UNKNOWN_KEY:
            words = "send a valid client key as Authorization: Bearer <key>"
            return refusal_of(HTTPStatus.UNAUTHORIZED, words, {"www-authenticate": "Bearer"})
        return refusal_of(HTTPStatus.FORBIDDEN, owner.detail or str(owner.reason))

    def _opened(self) -> asyncio.Future[Served]:
        """Return what serves; it is loaded once, and again after a failure."""
        if self._opening is None or (self._opening.done() and self._opening.exception()):
            self._opening = asyncio.ensure_future(self._open())
        return self._opening

    async def _open(self) -> Served:
        behind = await asyncio.to_thread(importlib.import_module, BEHIND)
        served: Served = behind.Streamable(self._calls, self._context.settings.mcp_wait_seconds)
        await served.start()
        return served


def refusal_of(status: HTTPStatus, words: str, headers: dict[str, str] | None = None) -> Response:
    """Return a response that says why nothing is done, as JSON-RPC says it."""
    return Response(error_body(words), status, headers, "application/json")


def error_body(words: str, code: int = INVALID_REQUEST) -> bytes:
    """Return a JSON-RPC error that answers no request in particular."""
    return msgspec.json.encode({"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": words}})
