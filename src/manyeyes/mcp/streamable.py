"""MCP over HTTP ("Streamable HTTP"), without sessions: each request may come to another serving process."""

import asyncio
import logging
from typing import Any, cast

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request

from manyeyes.mcp.in_process import Asgi, OwnInstallation
from manyeyes.mcp.tools_server import ServedCall, ToolsServer

LARGEST_BODY = 800_000  # a picture of 500,000 bytes is 667 kB of base64
logging.getLogger("mcp").setLevel(logging.WARNING)  # it tells of every request


class Streamable:
    """Serves the tools to whoever came through the doorway; ``calls`` is the application behind /v1."""

    def __init__(self, calls: Asgi, longest_wait: float) -> None:
        def installation_of(call: ServedCall) -> OwnInstallation:
            return OwnInstallation(calls, cast(Request, call.request))

        tools = ToolsServer(installation_of, longest_wait=longest_wait, may_read_files=False)
        self._manager = StreamableHTTPSessionManager(tools.server, stateless=True, max_request_body_size=LARGEST_BODY)
        self._is_ready, self._is_over = asyncio.Event(), asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to serve: the package's group of tasks wants one task to open and close it. Raises what it raises."""
        self._running = asyncio.create_task(self._run())
        ready = asyncio.create_task(self._is_ready.wait())
        await asyncio.wait((self._running, ready), return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():  # it never was ready: callers are told, and the next one tries again
            ready.cancel()
            self._running.result()

    async def _run(self) -> None:
        async with self._manager.run():
            self._is_ready.set()
            await self._is_over.wait()

    async def handle(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer a request."""
        await self._manager.handle_request(scope, receive, send)

    async def stop(self) -> None:
        """End what is under way."""
        self._is_over.set()
        if self._running is not None:
            await self._running
