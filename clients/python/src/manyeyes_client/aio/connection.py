"""One server over HTTP: a call is tried again as long as that is safe and the client is patient."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

import httpx

from manyeyes_client.errors import NotReached, problem
from manyeyes_client.requests import Request
from manyeyes_client.retries import Tries
from manyeyes_client.settings import caller

T = TypeVar("T")


class AsyncConnection:
    """What the client's verbs send with.

    ``url`` and ``key`` are MANYEYES_URL and MANYEYES_KEY where they are not given. ``timeout``: the seconds in which
    something must come when something is due. ``patience``: how many seconds in all a call is paused and tried again,
    when the connection breaks or the server says 429, 502, 503 or 504.
    """

    def __init__(
        self, url: str | None = None, key: str | None = None, *, timeout: float = 30.0, patience: float = 60.0
    ) -> None:
        self.caller = caller(url, key)
        self._timeout, self._patience = timeout, patience
        headers = {"Authorization": f"Bearer {self.caller.key}", "User-Agent": "manyeyes-client"}
        self._http = httpx.AsyncClient(base_url=self.caller.url, headers=headers, timeout=timeout, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *details: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(self, request: Request[T]) -> T:
        """Return the reply. Raises `NotReached`, or the `ProblemError` that the server's no is."""
        tries = self.tries()
        while True:
            try:
                reply = await self._http.request(
                    request.method,
                    request.target,
                    content=request.body or None,
                    headers=dict(request.headers),
                    timeout=httpx.Timeout(self._timeout, read=self._timeout + request.wait),
                )
            except httpx.TransportError as error:
                await self.pause_after(error, tries)
                continue
            pause = tries.after_reply(reply.status_code, reply.headers.get("retry-after"))
            if pause is None:
                return request.parse(reply.status_code, reply.content)
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def stream(
        self, request: Request[Any], tries: Tries, content: AsyncIterator[bytes] | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Yield the reply while its body comes. Raises as `send`, and httpx.TransportError when it breaks off."""
        while True:
            async with self._http.stream(
                request.method, request.target, content=content, headers=dict(request.headers)
            ) as reply:
                if reply.is_success:
                    yield reply
                    return
                body = await reply.aread()
                pause = None if content else tries.after_reply(reply.status_code, reply.headers.get("retry-after"))
                if pause is None:
                    raise problem(reply.status_code, body)
            await asyncio.sleep(pause)

    def tries(self) -> Tries:
        """Return the tries of one call."""
        return Tries(self._patience)

    async def pause_after(self, error: httpx.TransportError, tries: Tries) -> None:
        """Wait until the next try after a connection that broke. Raises `NotReached` when there is to be none."""
        pause = None if isinstance(error, httpx.UnsupportedProtocol) else tries.after_break()
        if pause is None:
            told = str(error) or type(error).__name__
            raise NotReached(f"{self.caller.url} does not answer: {told}") from error
        await asyncio.sleep(pause)
