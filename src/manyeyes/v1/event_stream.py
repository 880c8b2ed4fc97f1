"""Server-sent events (WHATWG HTML, 9.2): one task for a stream, which waits for nothing but what it tells of."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.responses import Response

from manyeyes.v1.operations import EVENTS


class EventStream(Response):
    """Sends each event as it is yielded.

    The server says a comment after ``silent_seconds`` without one, and ends the task when the client goes
    (server/exchange.py), so ``events`` waits for neither.
    """

    media_type = EVENTS

    def __init__(self, events: AsyncGenerator[bytes, None], silent_seconds: float, comment: bytes) -> None:
        self.status_code, self.background = 200, None
        self._events, self._silence = events, (silent_seconds, comment)
        self.init_headers({"cache-control": "no-cache", "x-accel-buffering": "no"})

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send the head, the events, and the end."""
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        async with aclosing(self._events) as events:
            await send({**start, "silence": self._silence})
            async for event in events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
