"""This process's own /v1, called on behalf of whoever sent a request: the same rights, limits and refusals."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from manyeyes.mcp.installation import ToldTask, read_problem

Asgi = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
SentHeaders = tuple[tuple[bytes, bytes], ...]
KEPT = {b"authorization", b"host"}  # of the caller's headers: who they are, and under which name they reach us


class OwnInstallation:
    """An `Installation`: ``calls`` is the application behind /v1, ``request`` the one that is being answered."""

    def __init__(self, calls: Asgi, request: Request) -> None:
        self._calls, self._request = calls, request

    @property
    def secret(self) -> bytes:
        """Return the client key."""
        return self._request.headers["authorization"].partition(" ")[2].strip().encode()

    async def make(self, body: bytes, key: str) -> ToldTask:
        """Make a task, once for each key."""
        headers = ((b"content-type", b"application/json"), (b"idempotency-key", key.encode()))
        return _task(await self._call("POST", "/v1/tasks", body=body, headers=headers))

    async def newest(self, external_id: str) -> ToldTask | None:
        """Return the newest task with this `external_id`."""
        query = urlencode({"external_id": external_id, "order": "newest", "limit": 1}).encode()
        items = msgspec.json.decode(await self._call("GET", "/v1/tasks", query=query), type=_Page).items
        return items[0] if items else None

    async def task(self, task_id: int, wait_seconds: float) -> ToldTask:
        """Return a task, having waited for its end."""
        wait = ((b"prefer", b"wait=%d" % wait_seconds),) if wait_seconds >= 1 else ()
        return _task(await self._call("GET", f"/v1/tasks/{task_id}", headers=wait))

    async def cancel(self, task_id: int) -> None:
        """Cancel a task that waits."""
        await self._call("DELETE", f"/v1/tasks/{task_id}")

    async def _call(
        self, method: str, path: str, *, query: bytes = b"", headers: SentHeaders = (), body: bytes = b""
    ) -> bytes:
        """Return the body of a reply. Raises `Problem` for a status that is no success."""
        caller = self._request.scope
        kept = [header for header in caller["headers"] if header[0] in KEPT]
        scope = {
            **{name: caller.get(name) for name in ("asgi", "http_version", "scheme", "client", "server")},
            **{"type": "http", "method": method, "path": path, "raw_path": path.encode(), "root_path": ""},
            **{"query_string": query, "headers": [*kept, *headers]},
        }
        replied = _Exchange(body)
        await self._calls(scope, replied.receive, replied.send)
        if not 200 <= replied.status < 300:
            raise read_problem(replied.status, bytes(replied.body))
        return bytes(replied.body)


class _Page(msgspec.Struct):
    items: list[ToldTask]


def _task(body: bytes) -> ToldTask:
    return msgspec.json.decode(body, type=ToldTask)


class _Exchange:
    """The two ends of one call: the caller stays for the whole reply."""

    def __init__(self, body: bytes) -> None:
        self._sent: bytes | None = body
        self.status, self.body = 0, bytearray()

    async def receive(self) -> dict[str, Any]:
        if self._sent is None:
            await asyncio.Event().wait()  # nobody hangs up; whoever stops waiting cancels the whole call
        body, self._sent = self._sent, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body += message.get("body", b"")
